import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { SingleBar } from 'cli-progress'
import type { Command } from 'commander'
import * as z from 'zod'
import { apiClient, type ApiClient } from '../local/client/api-client.ts'
import { developmentTokens } from '../local/client/development-tokens.ts'
import { closeConnections } from '../local/client/put-object.ts'
import { completeUpload, manifestsOf, openUpload, sendUpload } from '../local/client/upload-study.ts'
import { scanFolder, type ScannedFile } from '../local/demo/scan-folder.ts'
import type { UploadState } from '../shared/contracts/http/uploads.ts'

/** What is remembered of an upload under way, so that a run after a kill goes on with the same one. */
const MemorySchema = z.strictObject({
  uploads: z.array(
    z.strictObject({
      uploadId: z.string(),
      files: z.array(
        z.strictObject({
          path: z.string(),
          bytes: z.number(),
          sha256: z.string(),
          sopInstanceUid: z.string().optional(),
        }),
      ),
    }),
  ),
})
type Memory = z.infer<typeof MemorySchema>

const memoryPath = (referralId: string): string => join('.overread', 'uploads', `${referralId}.json`)

async function recall(referralId: string): Promise<Memory | undefined> {
  try {
    return MemorySchema.parse(JSON.parse(await readFile(memoryPath(referralId), 'utf8')))
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT') return undefined
    throw thrown
  }
}

/** Written beside and renamed: a kill leaves the old memory or the new one, never half of it. */
async function keep(referralId: string, memory: Memory): Promise<void> {
  const path = memoryPath(referralId)
  await mkdir(join('.overread', 'uploads'), { recursive: true })
  await writeFile(`${path}.new`, JSON.stringify(memory))
  await rename(`${path}.new`, path)
}

const studyOf = (files: readonly ScannedFile[]): string => {
  const studies = new Set(files.flatMap(({ facts }) => facts?.studyInstanceUid ?? []))
  const [study] = studies
  if (study === undefined) throw new Error('no file of the folder is a DICOM instance')
  if (studies.size > 1) throw new Error(`the folder holds ${studies.size} studies; a referral takes one`)
  return study
}

async function openAll(client: ApiClient, referralId: string, files: readonly ScannedFile[]): Promise<Memory> {
  const study = studyOf(files)
  const memory: Memory = { uploads: [] }
  for (const manifest of manifestsOf(files)) {
    const { uploadId } = await openUpload(client, referralId, study, manifest)
    const kept = manifest.map(({ path, bytes, sha256, sopInstanceUid }) => ({
      path,
      bytes,
      sha256,
      ...(sopInstanceUid === undefined ? {} : { sopInstanceUid }),
    }))
    memory.uploads.push({ uploadId, files: kept })
    await keep(referralId, memory)
  }
  return memory
}

interface UploadOptions {
  readonly referral: string
  readonly url: string
  readonly as?: string
  readonly token?: string
  readonly parallel: string
  readonly json?: true
}

const clientFor = (options: UploadOptions): ApiClient => {
  const { token, as } = options
  if (token !== undefined) return apiClient(options.url, () => Promise.resolve(token))
  if (as !== undefined) return apiClient(options.url, developmentTokens(options.url)(as))
  throw new Error('say who uploads: --token TOKEN, or --as PERSON on a development cell')
}

async function upload(folder: string, options: UploadOptions): Promise<void> {
  const client = clientFor(options)
  const { referral: referralId } = options
  const memory = (await recall(referralId)) ?? (await openAll(client, referralId, await scanFolder(folder)))
  const bar = new SingleBar({ format: 'Uploading {bar} {value}/{total}', stream: process.stderr, noTTYOutput: false })
  const total = memory.uploads.reduce((sum, { files }) => sum + files.length, 0)
  bar.start(total, 0)
  const states: UploadState[] = []
  let before = 0
  for (const { uploadId, files } of memory.uploads) {
    const onProgress = ({ sentObjects }: { sentObjects: number }) => bar.update(before + sentObjects)
    states.push(
      await sendUpload(client, { referralId, uploadId }, files, {
        parallel: Number(options.parallel),
        onProgress,
      }),
    )
    before += files.length
    bar.update(before)
  }
  bar.stop()
  const completed = await Promise.all(states.map(({ uploadId }) => completeUpload(client, { referralId, uploadId })))
  const failed = await failedObjects(client, referralId, memory)
  closeConnections()
  report({ referralId, stored: completed.reduce((sum, one) => sum + one.stored, 0), failed }, options)
}

interface Failed {
  readonly file: string
  readonly reason: string
}

/** What the cell says it holds is what counts, not what was sent. */
async function failedObjects(client: ApiClient, referralId: string, memory: Memory): Promise<Failed[]> {
  const failed: Failed[] = []
  for (const { uploadId, files } of memory.uploads) {
    let cursor: string | undefined
    do {
      const query = { state: 'failed' as const, limit: 200, ...(cursor === undefined ? {} : { cursor }) }
      const page = await client.call('listUploadObjects', { params: { referralId, uploadId }, query })
      failed.push(
        ...page.objects.map(({ index, reason }) => ({
          file: files[index]?.path ?? String(index),
          reason: reason ?? '',
        })),
      )
      cursor = page.cursor
    } while (cursor !== undefined)
  }
  return failed
}

function report(result: { referralId: string; stored: number; failed: Failed[] }, options: UploadOptions): void {
  const text = `${result.stored} stored, ${result.failed.length} failed\n${result.failed.map(({ file, reason }) => `  ${reason.padEnd(28)} ${file}\n`).join('')}`
  process.stdout.write(options.json === true ? `${JSON.stringify(result)}\n` : text)
  if (result.failed.length > 0) process.exitCode = 1
}

export function registerUpload(program: Command): void {
  program
    .command('upload')
    .description('Send the DICOM files of a folder to a referral; run again after a kill, it goes on where it was')
    .argument('<folder>')
    .requiredOption('--referral <id>', 'the referral they belong to')
    .option('--url <url>', 'base URL of the cell', 'http://127.0.0.1:8080')
    .option('--token <token>', 'access token')
    .option('--as <person>', 'on a development cell: whose token to get')
    .option('--parallel <number>', 'requests at a time', '8')
    .option('--json', 'print one JSON object')
    .action(upload)
}
