import { demoNetwork } from '../../local/seed/demo-network.ts'
import { instantFromEpochMs } from '../../shared/domain/instant.ts'
import { indexNetwork } from '../../shared/domain/network/index-network.ts'
import type { NetworkIndex } from '../../shared/domain/network/index-network.ts'
import { PathwayIdSchema, PoolIdSchema, ReaderIdSchema, ShiftIdSchema } from '../../shared/domain/network/ids.ts'
import type { PoolId, ReaderId } from '../../shared/domain/network/ids.ts'
import type { Reader } from '../../shared/domain/network/reader.ts'
import type { Subspecialty } from '../../shared/domain/network/vocabulary.ts'
import { SubspecialtySchema } from '../../shared/domain/network/vocabulary.ts'
import type { CaseFacts, ResidencyMode } from '../../shared/domain/routing/case-facts.ts'
import { chooseReader } from '../../shared/domain/routing/choose-reader.ts'
import { evaluateReader } from '../../shared/domain/routing/eligibility.ts'

export interface RouterRow {
  readonly router: string
  readonly readers: number
  readonly decisionsPerSecond: number
  /** Median over the rounds of this router's rate divided by the bare filter + sort's in the same round. */
  readonly ratioToFilterAndSort: number
}

const READERS = 500
const POOLS = 10
const START = Date.parse('2026-11-24T08:00:00.000Z')

const subspecialties = SubspecialtySchema.options
const at = <T>(list: readonly T[], index: number): T => {
  const entry = list[index % list.length]
  if (entry === undefined) throw new Error('the list is empty')
  return entry
}

const poolIds: readonly PoolId[] = Array.from({ length: POOLS }, (_, index) => PoolIdSchema.parse(`pool-${index}`))

/** Readers of the demo multiplied: three subspecialties each, fifty to a pool, one registration in eight expired. */
const readers: readonly Reader[] = Array.from({ length: READERS }, (_, index) => ({
  ...at(demoNetwork.readers.slice(0, 3), index),
  readerId: ReaderIdSchema.parse(`r-${String(index).padStart(3, '0')}`),
  capacity: 8,
  subspecialties: [0, 5, 9].map((step) => at(subspecialties, index + step)),
  poolIds: [at(poolIds, Math.floor(index / (READERS / POOLS)))],
  registrations: at(demoNetwork.readers, index % 8 === 0 ? 3 : 0).registrations,
}))

const network: NetworkIndex = indexNetwork({
  ...demoNetwork,
  readers: [...readers],
  pools: poolIds.map((poolId) => ({ ...at(demoNetwork.pools, 0), poolId })),
  shifts: readers.map((reader, index) => ({
    ...at(demoNetwork.shifts, 0),
    shiftId: ShiftIdSchema.parse(`s-${reader.readerId}`),
    poolId: at(reader.poolIds, 0),
    readerIds: [reader.readerId],
    startLocal: index % 3 === 0 ? '16:00' : '00:00',
    endLocal: index % 3 === 0 ? '23:00' : '00:00',
    capacity: 8,
  })),
})

const mode: ResidencyMode = { mode: 'read_identifiable' }
const decisions = new Map(readers.map(({ readerId }) => [readerId, mode]))

interface Arrival {
  readonly facts: CaseFacts
  readonly pools: readonly PoolId[]
  readonly atMs: number
  readonly instant: string
}

/** Cases a second apart: every subspecialty, two modalities, both sites, three pools asked. */
const arrivals: readonly Arrival[] = Array.from({ length: 1_000 }, (_, index) => ({
  facts: {
    siteId: at(demoNetwork.sites, index).siteId,
    pathwayId: PathwayIdSchema.parse('stroke'),
    priority: 'stat',
    subspecialty: at(subspecialties, index * 7),
    modalities: [index % 2 === 0 ? 'CT' : 'MR'],
    region: 'head',
    ageYears: 40,
    reportType: 'final',
  },
  pools: [0, 1, 2].map((step) => at(poolIds, index + step)),
  atMs: START + index * 1_000,
  instant: instantFromEpochMs(START + index * 1_000),
}))

interface BareReader {
  readonly readerId: ReaderId
  readonly subspecialties: ReadonlySet<Subspecialty>
  readonly poolId: PoolId
  readonly registeredUntilMs: number
  readonly shiftFromMs: number
  readonly shiftToMs: number
  readonly capacity: number
}

/** What the bare filter works on: windows already numbers, one registration, one shift, no reasons kept. */
const bareReaders: readonly BareReader[] = readers.map((reader, index) => ({
  readerId: reader.readerId,
  subspecialties: new Set(reader.subspecialties),
  poolId: at(reader.poolIds, 0),
  registeredUntilMs: Date.parse(at(reader.registrations, 0).validTo),
  shiftFromMs: index % 3 === 0 ? START + 7 * 3_600_000 : START - 9 * 3_600_000,
  shiftToMs: START + 14 * 3_600_000,
  capacity: reader.capacity,
}))

type Loads = Map<ReaderId, number>
type Router = (arrival: Arrival, loads: Loads) => ReaderId | undefined

const filterAndSort: Router = ({ facts, pools, atMs }, loads) =>
  bareReaders
    .filter(
      (reader) =>
        reader.subspecialties.has(facts.subspecialty) &&
        pools.includes(reader.poolId) &&
        atMs < reader.registeredUntilMs &&
        reader.shiftFromMs <= atMs &&
        atMs < reader.shiftToMs &&
        decisions.get(reader.readerId)?.mode !== 'forbidden' &&
        (loads.get(reader.readerId) ?? 0) < reader.capacity,
    )
    .sort(
      (a, b) => (loads.get(a.readerId) ?? 0) - (loads.get(b.readerId) ?? 0) || (a.readerId < b.readerId ? -1 : 1),
    )[0]?.readerId

const ruleByRule: Router = ({ facts, pools, instant }, loads) => {
  return readers
    .map((reader) => ({
      reader,
      verdict: evaluateReader(
        facts,
        reader,
        network,
        instant,
        'offer',
        {
          decision: decisions.get(reader.readerId),
          openCases: loads.get(reader.readerId) ?? 0,
        },
        pools,
      ),
    }))
    .filter(({ verdict }) => verdict.eligible)
    .sort(
      ({ reader: a }, { reader: b }) =>
        (loads.get(a.readerId) ?? 0) - (loads.get(b.readerId) ?? 0) || (a.readerId < b.readerId ? -1 : 1),
    )[0]?.reader.readerId
}

const ours: Router = ({ facts, pools, instant }, loads) => {
  const choice = chooseReader({
    facts,
    pools,
    network,
    loads,
    decisions,
    instant,
    alreadyAsked: new Set(),
    declined: new Map(),
  })
  if (choice.evaluations.length !== READERS) throw new Error('the decision record is not whole')
  return choice.outcome === 'offer' ? choice.readerId : undefined
}

const routers: readonly (readonly [name: string, route: Router, cases: number])[] = [
  ['filter + sort, bare, no reasons kept', filterAndSort, 20_000],
  ['every rule for every reader, filter + sort', ruleByRule, 200],
  ['overread, with the whole decision record', ours, 20_000],
]

/** Routes a stream of cases; a reader closes a case some arrivals later. Returns what was chosen and how fast. */
const run = (route: Router, cases: number): { readonly chosen: readonly string[]; readonly perSecond: number } => {
  const loads: Loads = new Map()
  const open: ReaderId[] = []
  const chosen: string[] = []
  const started = process.hrtime.bigint()
  for (let index = 0; index < cases; index += 1) {
    const readerId = route(at(arrivals, index), loads)
    chosen.push(readerId ?? 'nobody')
    if (readerId === undefined) continue
    loads.set(readerId, (loads.get(readerId) ?? 0) + 1)
    open.push(readerId)
    const closed = open.length > 300 ? open.shift() : undefined
    if (closed !== undefined) loads.set(closed, (loads.get(closed) ?? 1) - 1)
  }
  const seconds = Number(process.hrtime.bigint() - started) / 1e9
  return { chosen, perSecond: cases / seconds }
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN

/**
 * Decisions a second for 500 readers, in interleaved rounds. The bare filter checks half of the rules and keeps no
 * reasons; all three must choose the same readers, or the figures would compare different things.
 */
export const benchRouter = (rounds = 5): readonly RouterRow[] => {
  const first = routers.map(([, route]) => run(route, 200).chosen.join())
  if (new Set(first).size !== 1) throw new Error('the routers do not choose the same readers')
  const rates: number[][] = routers.map(() => [])
  for (let round = 0; round < rounds; round += 1) {
    routers.forEach(([, route, cases], index) => rates[index]?.push(run(route, cases).perSecond))
  }
  const bare = rates[0] ?? []
  return routers.map(([router], index) => ({
    router,
    readers: READERS,
    decisionsPerSecond: Math.round(median(rates[index] ?? [])),
    ratioToFilterAndSort: median((rates[index] ?? []).map((rate, round) => rate / (bare[round] ?? Number.NaN))),
  }))
}
