import { apiClient, type ApiClient } from '../../local/client/api-client.ts'
import { cellFunctions } from '../../local/functions.ts'
import { referralBody, studyInHand } from '../acceptance/study-in-hand.ts'
import { rowOf, type GuaranteeRow } from './guarantee-row.ts'
import { withScratchCell } from './scratch-cell.ts'
import { timeToOffer, timeToStored } from './one-image.ts'

type Upload = Readonly<Record<'referralId' | 'uploadId', string>>

const AT_ONCE = 16

/** Sends a routine study of so many images while nothing of it is looked at. */
async function sendBacklog(clerk: ApiClient, images: number): Promise<Upload> {
  const { studyInstanceUid, objects } = studyInHand(images)
  const body = referralBody({ studyInstanceUid }, 'oncology-follow-up', 'liffey-dublin')
  const { referralId, version } = await clerk.call('submitReferral', { body })
  const announced = objects.map(({ sopInstanceUid, bytes, sha256 }) => ({ sopInstanceUid, bytes, sha256 }))
  const manifest = { studyInstanceUid, objects: announced }
  const { uploadId } = await clerk.call('openUpload', { params: { referralId }, version, body: manifest })
  for (let cursor: string | undefined, more = true; more; more = cursor !== undefined) {
    const query = cursor === undefined ? {} : { cursor }
    const page = await clerk.call('pageUploadUrls', { params: { referralId, uploadId }, query })
    const puts = page.urls.flatMap(({ index, put }) => (put === undefined ? [] : [{ ...put, index }]))
    const lanes = Array.from({ length: AT_ONCE }, async () => {
      for (let next = puts.pop(); next !== undefined; next = puts.pop()) {
        const content = objects[next.index]?.content as Uint8Array<ArrayBuffer>
        const { status } = await fetch(next.url, { method: 'PUT', headers: next.headers, body: content })
        if (status !== 200) throw new Error(`an image was answered ${status}`)
      }
    })
    await Promise.all(lanes)
    cursor = page.cursor
  }
  return { referralId, uploadId }
}

/** The functions of the product; arrivals are held while the gate is shut. */
function gated() {
  let gate = Promise.resolve()
  let open = (): void => undefined
  const arrival = cellFunctions.queue['study-arrival']
  if (arrival === undefined) throw new Error('nobody receives objects')
  const held: typeof arrival = (ports) => {
    const handle = arrival(ports)
    return async (event, context) => {
      await gate
      return handle(event, context)
    }
  }
  return {
    functions: { ...cellFunctions, queue: { ...cellFunctions.queue, 'study-arrival': held } },
    shut: () => {
      const { promise, resolve } = Promise.withResolvers<undefined>()
      gate = promise.then(() => undefined)
      open = () => resolve(undefined)
    },
    open: () => open(),
  }
}

/** How one case came through. */
interface Passed {
  readonly waiting: number
  readonly ms: number
  /** Images of the backlog that were looked at meanwhile. */
  readonly before: number
}

const ROUTINE = 'oncology-follow-up'

const cases = {
  'a stat case of another organisation is offered': ({ vienna }: Clerks) => timeToOffer(vienna),
  'a routine case of another organisation is stored': ({ vienna }: Clerks) =>
    timeToStored(vienna, ROUTINE, 'donau-vienna'),
  'a stat case of its own sender is stored': ({ dublin }: Clerks) => timeToStored(dublin, 'stroke', 'liffey-dublin'),
} as const
type CaseName = keyof typeof cases

interface Clerks {
  readonly vienna: ApiClient
  readonly dublin: ApiClient
}

interface Beside {
  readonly passed: ReadonlyMap<CaseName, Passed>
  readonly stored: number
}

/** One organisation's images wait, and cases with one image come to them. */
function besideBacklog(images: number): Promise<Beside> {
  const { functions, shut, open } = gated()
  return withScratchCell({ functions }, async (cell) => {
    const clerkOf = async (who: string) => {
      const token = await cell.tokenFor(who)
      return apiClient(cell.baseUrl, () => Promise.resolve(token))
    }
    const clerks = { vienna: await clerkOf('p-clerk-vienna'), dublin: await clerkOf('p-clerk-dublin') }
    await timeToOffer(clerks.vienna)
    shut()
    const upload = await sendBacklog(clerks.dublin, images)
    const storedNow = async () => (await clerks.dublin.call('readUpload', { params: upload })).stored
    open()
    const passBy = async (name: CaseName): Promise<[CaseName, Passed]> => {
      const ms = Math.round(await cases[name](clerks))
      return [name, { waiting: images, ms, before: await storedNow() }]
    }
    // All at once, as the backlog begins to move: one after the other, the last would find a fast machine's gone.
    const passed = new Map(await Promise.all((Object.keys(cases) as CaseName[]).map(passBy)))
    await cell.settle(120_000)
    return { passed, stored: await storedNow() }
  })
}

/** A laptop's share of noise, and what is in hand when a case comes: four batches, and as many again while it is on its way. */
const FACTOR = 2
const ALLOWANCE = { ms: 1000, before: 150 }

function grown(few: Passed, many: Passed): string[] {
  const most = (measure: 'ms' | 'before'): number => FACTOR * few[measure] + ALLOWANCE[measure]
  if (many.waiting <= most('before')) return [`only ${many.waiting} waited: nothing is shown`]
  return (['ms', 'before'] as const)
    .filter((measure) => many[measure] > most(measure))
    .map((measure) => `${measure}: ${few[measure]} with ${few.waiting} waiting, ${many[measure]} with ${many.waiting}`)
}

/**
 * A second backlog is several times the first, and what a case meets with behind it is not: the images that go before it, the same
 * on any machine, and the time.
 */
export async function runBacklog(sizes: { readonly few: number; readonly many: number }): Promise<GuaranteeRow[]> {
  const few = await besideBacklog(sizes.few)
  const many = await besideBacklog(sizes.many)
  const rows = [...few.passed].map(([name, one]) => {
    const other = many.passed.get(name) ?? one
    const said = [one, other].map(({ waiting, ms, before }) => `${waiting} waiting: ${ms} ms, ${before} before it`)
    return rowOf(`${name} behind images that wait (${said.join('; ')})`, 2, grown(one, other))
  })
  const sent = sizes.few + sizes.many
  const lost = sent - few.stored - many.stored
  return [...rows, rowOf('images of the backlog lost', sent, lost === 0 ? [] : [String(lost)])]
}
