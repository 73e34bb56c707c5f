import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { apiClient, atCurrentVersion, type ApiClient } from '../../local/client/api-client.ts'
import { developmentTokens } from '../../local/client/development-tokens.ts'
import { closeConnections } from '../../local/client/put-object.ts'
import { completeUpload, openUpload, sendUpload, type StudyFile } from '../../local/client/upload-study.ts'
import { startEmbeddedCell, type EmbeddedCell, type EmbeddedCellOptions } from '../../local/embedded-cell.ts'
import { cellFunctions } from '../../local/functions.ts'
import { demoUsers } from '../../local/seed/demo-network.ts'
import type { SubmitReferral } from '../../shared/contracts/http/referrals.ts'
import { createLog } from '../../shared/runtime/log.ts'

export interface CellInHand {
  readonly cell: EmbeddedCell
  readonly tokenFor: (sub: string) => () => Promise<string>
  readonly as: (sub: string) => ApiClient
  readonly stop: () => Promise<void>
}

/** An embedded cell of its own, with another network or policy than the demo's. */
export async function cellInHand(seed: NonNullable<EmbeddedCellOptions['seed']>): Promise<CellInHand> {
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
    cell,
    tokenFor,
    as: (sub) => apiClient(cell.baseUrl, tokenFor(sub)),
    stop: async () => {
      closeConnections()
      await cell.stop()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

/** The referral with its whole study, as the site's clerk sends it, and everything that sets in motion. */
export async function sendReferral(
  { cell, as }: CellInHand,
  body: SubmitReferral,
  studyInstanceUid: string,
  files: readonly StudyFile[],
): Promise<string> {
  const clerk = as('p-clerk-vienna')
  const { referralId } = await clerk.call('submitReferral', { body })
  const { uploadId } = await openUpload(clerk, referralId, studyInstanceUid, files)
  await sendUpload(clerk, { referralId, uploadId }, files, { parallel: 2 })
  await completeUpload(clerk, { referralId, uploadId })
  await cell.settle()
  return referralId
}

export const claim = (reader: ApiClient, referralId: string) =>
  atCurrentVersion(reader, referralId, (version) =>
    reader.call('claimCase', { params: { referralId }, body: {}, version }),
  )
