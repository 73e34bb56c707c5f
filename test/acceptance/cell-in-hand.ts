import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { apiClient, atCurrentVersion, type ApiClient } from '../../local/client/api-client.ts'
import { developmentTokens } from '../../local/client/development-tokens.ts'
import { closeConnections } from '../../local/client/put-object.ts'
import { completeUpload, openUpload, sendUpload, type StudyFile } from '../../local/client/upload-study.ts'
import { startEmbeddedCell, type EmbeddedCellOptions } from '../../local/embedded-cell.ts'
import { cellFunctions } from '../../local/functions.ts'
import { demoUsers } from '../../local/seed/demo-network.ts'
import type { CaseStatus, SubmitReferral } from '../../shared/contracts/http/referrals.ts'
import { createLog } from '../../shared/runtime/log.ts'
import type { AwsRun } from './target.ts'

export interface CellInHand {
  readonly as: (sub: string) => ApiClient
  readonly stop: () => Promise<void>
}

type Seed = NonNullable<EmbeddedCellOptions['seed']>

/** A cell with another network or policy than the demo's: one of its own, or the deployed one that the run has given them to. */
export const cellInHand = (seed: Seed): Promise<CellInHand> => {
  const runFile = process.env['OVERREAD_AWS_RUN']
  return runFile === undefined ? embeddedInHand(seed) : deployedInHand(runFile)
}

async function deployedInHand(runFile: string): Promise<CellInHand> {
  const { issuer, cells } = JSON.parse(await readFile(runFile, 'utf8')) as AwsRun
  const [cell] = cells
  if (cell === undefined) throw new Error('the run has no cell')
  const tokenFor = developmentTokens(issuer)
  return {
    as: (sub) => apiClient(cell.baseUrl, tokenFor(sub), { seconds: 30 }),
    stop: () => {
      closeConnections()
      return Promise.resolve()
    },
  }
}

async function embeddedInHand(seed: Seed): Promise<CellInHand> {
  const dataDir = await mkdtemp(join(tmpdir(), 'overread-in-hand-'))
  const cell = await startEmbeddedCell({
    dataDir,
    port: 0,
    cell: { cellId: 'eu-central-1', region: 'eu-central-1', residencyFindings: 0 },
    functions: cellFunctions,
    identity: { kind: 'development', users: demoUsers },
    seed,
    log: createLog(() => undefined),
    sweepIntervalMs: 1000,
  })
  const tokenFor = developmentTokens(cell.baseUrl)
  return {
    as: (sub) => apiClient(cell.baseUrl, tokenFor(sub)),
    stop: async () => {
      closeConnections()
      await cell.stop()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

/** The referral with its whole study, as the site's clerk sends it. */
export async function sendReferral(
  { as }: CellInHand,
  body: SubmitReferral,
  studyInstanceUid: string,
  files: readonly StudyFile[],
): Promise<string> {
  const clerk = as('p-clerk-vienna')
  const { referralId } = await clerk.call('submitReferral', { body })
  const { uploadId } = await openUpload(clerk, referralId, studyInstanceUid, files)
  await sendUpload(clerk, { referralId, uploadId }, files, { parallel: 2 })
  await completeUpload(clerk, { referralId, uploadId })
  return referralId
}

const PATIENCE_MS = 60_000

/** Asks until the answer is as it must become; what a cell does by itself, nobody is told the end of. */
export async function untilSo<T>(ask: () => Promise<T>, isSo: (answer: T) => boolean): Promise<T> {
  const end = Date.now() + PATIENCE_MS
  for (;;) {
    const answer = await ask()
    if (isSo(answer)) return answer
    if (Date.now() > end) throw new Error(`still ${JSON.stringify(answer).slice(0, 400)} after ${PATIENCE_MS} ms`)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

export const untilState = (who: ApiClient, referralId: string, state: CaseStatus['state']): Promise<CaseStatus> =>
  untilSo(
    () => who.call('readStatus', { params: { referralId } }),
    (status) => status.state === state,
  )

export const claim = (reader: ApiClient, referralId: string) =>
  atCurrentVersion(reader, referralId, (version) =>
    reader.call('claimCase', { params: { referralId }, body: {}, version }),
  )
