import { statSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { openCellKeys } from '../../shared/adapters/embedded/key-file.ts'
import { rowOf, type GuaranteeRow } from './guarantee-row.ts'
import { tamperings } from './presigned-attack-list.ts'
import { forgeries } from './presigned-forgeries.ts'
import { partsOfUrl, written, type PresignedAttempt } from './presigned-request.ts'
import { respellings } from './presigned-respellings.ts'
import { presignedUrls, type PresignedUrl } from './presigned-urls.ts'
import { withScratchCell, type ScratchCell } from './scratch-cell.ts'
import { ask, closeWire, type WireAnswer } from './wire.ts'

/** Answers that say that the signature was found good: whatever they refuse, they refuse it to its holder. */
const PAST_THE_SIGNATURE = /<Code>(NoSuchKey|NoSuchUpload|PreconditionFailed|InvalidRange|InternalError)<\/Code>/

const isRefused = ({ status, body }: WireAnswer, signatureHolds = false): boolean =>
  status >= 400 && status < 500 && (signatureHolds || !PAST_THE_SIGNATURE.test(body))

const holds = (body: string, content: Uint8Array): boolean => body.includes(Buffer.from(content).toString('latin1'))

/** Every file with bytes in it: an upload that was taken, even for a moment, left one. */
async function storedFiles({ dataDir }: ScratchCell): Promise<ReadonlySet<string>> {
  const folder = join(dataDir, 'objects')
  const names = await readdir(folder, { recursive: true })
  return new Set(
    names.flatMap((name) => {
      // Ingest may have taken it away meanwhile.
      const found = statSync(join(folder, name), { throwIfNoEntry: false })
      return found?.isFile() === true && found.size > 0 ? [`${name}:${found.size}`] : []
    }),
  )
}

/** Sends each attempt; names those that were not refused, gave anything out, or left a byte on the disk. */
async function escapes(cell: ScratchCell, url: PresignedUrl, attempts: readonly PresignedAttempt[]): Promise<string[]> {
  const escaped: string[] = []
  let before = await storedFiles(cell)
  for (const { name, request, signatureHolds } of attempts) {
    const answer = await ask(request)
    const after = await storedFiles(cell)
    if (!isRefused(answer, signatureHolds)) escaped.push(`${url.kind}, ${name}: ${answer.status}`)
    else if (holds(answer.body, url.content)) escaped.push(`${url.kind}, ${name}: the object was given out`)
    else if ([...after].some((file) => !before.has(file))) escaped.push(`${url.kind}, ${name}: bytes were stored`)
    before = after
  }
  return escaped
}

/** A second upload is refused while the object stands; ingest takes an image away, and the same bytes may then come again. */
const isGood = (url: PresignedUrl, { status, body }: WireAnswer, again: boolean): boolean =>
  (status === 200 && (url.signed.method === 'PUT' || holds(body, url.content))) ||
  (status === 412 && again && url.bindsBody)

/** The same request written otherwise may be refused; taken, it must do what the signed one does and nothing else. */
async function misread(url: PresignedUrl): Promise<Count> {
  const attempts = respellings(url)
  const escaped: string[] = []
  for (const { name, request } of attempts) {
    const answer = await ask(request)
    if (!isRefused(answer) && !isGood(url, answer, true)) escaped.push(`${url.kind}, ${name}: ${answer.status}`)
  }
  return [attempts.length, escaped]
}

type Count = readonly [tried: number, escaped: string[]]
type Outcome = Readonly<Record<'tampered' | 'forged' | 'respelt' | 'controls', Count>>

/** Before the object stands and after: the second time an upload that is taken would replace it. */
async function attack(cell: ScratchCell, url: PresignedUrl, everyNth: number): Promise<Outcome> {
  const credentials = openCellKeys(join(cell.dataDir, 'keys.json')).objectAccess
  const { good, bad: forged } = forgeries(url, credentials, cell.ports.cell.region)
  const tampered = tamperings(url).filter((_, at) => at % everyNth === 0)
  const early = [await escapes(cell, url, tampered), await escapes(cell, url, forged)] as const
  const controls = [written(partsOfUrl(url)), written(partsOfUrl(url)), good.request]
  const failed: string[] = []
  for (const [at, request] of controls.entries()) {
    const answer = await ask(request)
    if (!isGood(url, answer, at > 0)) failed.push(`${url.kind}, control ${at}: ${answer.status}`)
  }
  await cell.settle()
  // What a GET gives out stood there before.
  const rounds = url.signed.method === 'PUT' ? 2 : 1
  const late = rounds === 2 ? [await escapes(cell, url, tampered), await escapes(cell, url, forged)] : []
  return {
    tampered: [rounds * tampered.length, [...early[0], ...(late[0] ?? [])]],
    forged: [rounds * forged.length, [...early[1], ...(late[1] ?? [])]],
    respelt: await misread(url),
    controls: [controls.length, failed],
  }
}

/** Each URL that the cell hands out, as somebody would bend it who has found it, over HTTP. */
export const runPresignedAttacks = ({ everyNth = 1 } = {}): Promise<readonly GuaranteeRow[]> =>
  // No sweep meanwhile: what it writes would look like an upload that was taken.
  withScratchCell({ sweepIntervalMs: 3_600_000 }, async (cell) => {
    const outcomes: Outcome[] = []
    for (const url of await presignedUrls(cell)) outcomes.push(await attack(cell, url, everyNth))
    closeWire()
    const row = (what: string, of: keyof Outcome) =>
      rowOf(
        what,
        outcomes.reduce((sum, outcome) => sum + outcome[of][0], 0),
        outcomes.flatMap((outcome) => outcome[of][1]),
      )
    return [
      row('presigned requests that were changed, refused with nothing given out or stored', 'tampered'),
      row("requests that our signer would not sign, signed with the cell's key, refused", 'forged'),
      row('presigned requests written otherwise, refused or the same', 'respelt'),
      row('untouched presigned requests, taken, and never to overwrite', 'controls'),
    ]
  })
