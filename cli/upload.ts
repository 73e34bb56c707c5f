import { relative, resolve } from 'node:path'
import { SingleBar } from 'cli-progress'
import type { Command } from 'commander'
import { apiClient, type ApiClient } from '../local/client/api-client.ts'
import { developmentTokens } from '../local/client/development-tokens.ts'
import { closeConnections } from '../local/client/put-object.ts'
import { completeUpload, sendUpload } from '../local/client/upload-study.ts'
import { isEmpty, listFolder } from '../local/demo/scan-folder.ts'
import { openUploads, type OpenedUpload } from './open-uploads.ts'
import { MEMORY_FOLDER } from './upload-memory.ts'
import { MOST_AT_A_TIME, wholeNumber } from './whole-number.ts'

interface UploadOptions {
  readonly referral: string
  readonly url: string
  readonly as?: string
  readonly token?: string
  readonly parallel: number
  readonly json?: true
}

const clientFor = (options: UploadOptions, command: Command): ApiClient => {
  const { token, as } = options
  if (token !== undefined) return apiClient(options.url, () => Promise.resolve(token))
  if (as !== undefined) return apiClient(options.url, developmentTokens(options.url)(as))
  return command.error('error: say who uploads: --token TOKEN, or --as PERSON on a development cell')
}

async function sendAll(client: ApiClient, uploads: readonly OpenedUpload[], options: UploadOptions): Promise<void> {
  const bar = new SingleBar({ format: 'Uploading {bar} {value}/{total}', stream: process.stderr, noTTYOutput: false })
  bar.start(
    uploads.reduce((sum, { files }) => sum + files.length, 0),
    0,
  )
  let before = 0
  try {
    for (const { uploadId, files } of uploads) {
      const onProgress = ({ heldObjects }: { heldObjects: number }) => bar.update(before + heldObjects)
      const place = { referralId: options.referral, uploadId }
      await sendUpload(client, place, files, { parallel: options.parallel, onProgress })
      before += files.length
      bar.update(before)
    }
  } finally {
    bar.stop()
  }
}

interface Failed {
  readonly file: string
  readonly reason: string
}

/** What the cell says it holds is what counts, not what was sent. */
async function failedObjects(
  client: ApiClient,
  referralId: string,
  { uploadId, files }: OpenedUpload,
): Promise<Failed[]> {
  const failed: Failed[] = []
  let cursor: string | undefined
  do {
    const query = { state: 'failed' as const, limit: 200, ...(cursor === undefined ? {} : { cursor }) }
    const page = await client.call('listUploadObjects', { params: { referralId, uploadId }, query })
    for (const { index, reason = '' } of page.objects)
      failed.push({ file: relative('.', files[index]?.path ?? String(index)), reason })
    cursor = page.cursor
  } while (cursor !== undefined)
  return failed
}

async function upload(folder: string, options: UploadOptions, command: Command): Promise<void> {
  const client = clientFor(options, command)
  const { referral: referralId } = options
  const listed = await listFolder(resolve(folder))
  const uploads = await openUploads(client, referralId, listed)
  await sendAll(client, uploads, options)
  const failed = listed.filter(isEmpty).map(({ path }) => ({ file: relative('.', path), reason: 'empty-file' }))
  let stored = 0
  for (const one of uploads) {
    stored += (await completeUpload(client, { referralId, uploadId: one.uploadId })).stored
    failed.push(...(await failedObjects(client, referralId, one)))
  }
  closeConnections()
  report({ referralId, stored, failed }, options)
}

function report(result: { referralId: string; stored: number; failed: readonly Failed[] }, options: UploadOptions) {
  const text = `${result.stored} stored, ${result.failed.length} failed\n${result.failed.map(({ file, reason }) => `  ${reason.padEnd(28)} ${file}\n`).join('')}`
  process.stdout.write(options.json === true ? `${JSON.stringify(result)}\n` : text)
  if (result.failed.length > 0) process.exitCode = 1
}

const after = `
Run the same command again after it was stopped or killed: it goes on where it was, and sends nothing that the cell holds.
For that it remembers the upload in ${MEMORY_FOLDER} of the folder it is started in. Files that came into the folder
meanwhile are sent too.

Exit status: 0 every file is stored; 1 something failed, each such file being named with its reason; 2 wrong usage.
`

export function registerUpload(program: Command): void {
  program
    .command('upload')
    .description('Send the DICOM files of a folder, one study, to a referral')
    .argument('<folder>', 'every file in it and below it is sent')
    .requiredOption('--referral <id>', 'the referral they belong to')
    .option('--url <url>', 'base URL of the cell', 'http://127.0.0.1:8080')
    .option('--token <token>', 'access token of whoever uploads')
    .option('--as <person>', 'on a development cell, instead of a token: whose token to get')
    .option(
      '--parallel <number>',
      `objects sent at a time, at most ${MOST_AT_A_TIME}`,
      wholeNumber(1, MOST_AT_A_TIME),
      8,
    )
    .option('--json', 'print one JSON object: referralId, stored, failed')
    .addHelpText('after', after)
    .action(upload)
}
