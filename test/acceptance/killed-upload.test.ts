import { randomInt } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { ChildProcess } from 'node:child_process'
import { apiClient } from '../../local/client/api-client.ts'
import { developmentTokens } from '../../local/client/development-tokens.ts'
import type { CaseStatus } from '../../shared/contracts/http/referrals.ts'
import type { UploadState } from '../../shared/contracts/http/uploads.ts'
import { scratchFolder } from '../builders/scratch-folder.ts'
import { answers, digestsOf, freePorts, kill, startCellProcess, storedDigests, type Ports } from './cell-process.ts'
import { referralBody, studyInHand } from './study-in-hand.ts'
import { runUpload, type UploadWords } from './upload-command.ts'

const SLICES = 300
const scratch = scratchFolder('killed-upload')
const dataDir = join(scratch, 'cell')

let ports: Ports
let cell: ChildProcess
let baseUrl: string

interface Errand extends UploadWords {
  readonly files: Readonly<Record<string, Uint8Array>>
  readonly status: () => Promise<CaseStatus>
  /** Of the one upload of the first manifest; none before it was opened. */
  readonly upload: () => Promise<UploadState | undefined>
}

/** A referral and its study in a folder; a file that is there twice asks for two manifests. */
async function errand(slices: number, extra: (files: Record<string, Uint8Array>) => void = () => undefined) {
  const study = studyInHand(slices)
  const files = Object.fromEntries(study.objects.map(({ content }, at) => [`${at}.dcm`, content]))
  extra(files)
  const cwd = join(scratch, study.studyInstanceUid)
  await mkdir(join(cwd, 'study'), { recursive: true })
  for (const [name, bytes] of Object.entries(files)) await writeFile(join(cwd, 'study', name), bytes)
  const clerk = apiClient(baseUrl, developmentTokens(baseUrl)('p-clerk-vienna'))
  const { referralId } = await clerk.call('submitReferral', { body: referralBody(study) })
  const status = () => clerk.call('readStatus', { params: { referralId } })
  const upload = async () => {
    const memory = await readFile(join(cwd, '.overread', 'uploads', `${referralId}.json`), 'utf8')
    const [, uploadId] = /"uploadId":"(\w+)"/.exec(memory) ?? []
    return uploadId === undefined ? undefined : clerk.call('readUpload', { params: { referralId, uploadId } })
  }
  return { folder: 'study', referralId, baseUrl, cwd, files, status, upload } satisfies Errand
}

/** Until the cell has looked at all that it was sent. */
async function heldOf({ upload }: Errand): Promise<number> {
  for (let last = -1; ;) {
    const held = (await upload())?.stored ?? 0
    if (held === last) return held
    last = held
    await delay(400)
  }
}

/** The case hears of its images a little later than the sender. */
const expectComplete = ({ files, status }: Errand): Promise<void> =>
  vi.waitFor(
    async () => {
      const { images } = await status()
      expect(images).toMatchObject({ expected: Object.keys(files).length, failed: 0, complete: true })
    },
    { timeout: 30_000, interval: 200 },
  )

async function expectWhole(asked: Errand): Promise<void> {
  const { files, referralId } = asked
  await expectComplete(asked)
  await kill(cell)
  try {
    const digests = await storedDigests(dataDir, [referralId])
    expect(digests.filter(({ announced, found }) => announced !== found)).toEqual([])
    expect(digests.map(({ found }) => found).sort()).toEqual(digestsOf(files).sort())
  } finally {
    cell = startCellProcess(ports, dataDir)
    await answers(ports)
  }
}

describe.skipIf(process.env['OVERREAD_TARGET'] === 'aws')('an upload that is killed in the middle', () => {
  beforeAll(async () => {
    ports = await freePorts()
    baseUrl = `http://127.0.0.1:${ports.api}`
    cell = startCellProcess(ports, dataDir)
    await answers(ports)
  })
  afterAll(() => kill(cell))

  it('goes on where it was, opens nothing twice and sends nothing again', { timeout: 300_000 }, async () => {
    const asked = await errand(SLICES)
    const moments = ['opening 1', 'opened 1', ...[1, 60, 40, 80].map((most) => `put ${randomInt(1, most + 1)}`)]
    const answered: string[] = []
    for (const moment of moments) {
      const run = await runUpload(asked, moment, moment.startsWith('put') ? randomInt(30) : 0)
      expect(run.signal, `${moment}: ${run.err}`).toBe('SIGKILL')
      answered.push(...run.puts)
      await heldOf(asked)
    }
    const held = await heldOf(asked)
    const last = await runUpload(asked)
    expect(last).toMatchObject({ exit: 0, out: `${SLICES} stored, 0 failed\n` })
    expect(last.puts).toHaveLength(SLICES - held)
    answered.push(...last.puts)
    expect(new Set(answered).size).toBe(answered.length)
    expect(answered.filter((put) => !put.startsWith('200 '))).toEqual([])
    await expectWhole(asked)
    expect((await runUpload(asked)).puts).toEqual([])
  })

  it.each(['opening 1', 'opened 1', 'opening 2', 'opened 2'])(
    'announces every file where the folder needs two manifests and the kill came at "%s"',
    async (moment) => {
      const asked = await errand(3, (files) => void (files['copy.dcm'] = files['0.dcm'] ?? new Uint8Array()))
      expect((await runUpload(asked, moment)).signal).toBe('SIGKILL')
      expect(await runUpload(asked)).toMatchObject({ exit: 0, out: '4 stored, 0 failed\n' })
      await expectComplete(asked)
    },
  )

  it('is not forgotten when somebody takes it up who may not', async () => {
    const asked = await errand(3)
    expect((await runUpload(asked, 'opened 1')).signal).toBe('SIGKILL')
    expect((await runUpload({ ...asked, as: 'p-weber' })).exit).not.toBe(0)
    expect(await runUpload(asked)).toMatchObject({ exit: 0, out: '3 stored, 0 failed\n' })
    await expectComplete(asked)
  })

  it('goes on by itself when it is the cell that is killed, again and again', { timeout: 300_000 }, async () => {
    const asked = await errand(SLICES)
    let under: { readonly over: boolean } = { over: false }
    const upload = runUpload(asked).finally(() => (under = { over: true }))
    let kills = 0
    while (!under.over && kills < 6) {
      await delay(300 + Math.random() * 500)
      await kill(cell)
      kills++
      cell = startCellProcess(ports, dataDir)
      await answers(ports)
    }
    expect(await upload).toMatchObject({ exit: 0, out: `${SLICES} stored, 0 failed\n` })
    expect(kills).toBeGreaterThan(1)
    await expectWhole(asked)
  })
})
