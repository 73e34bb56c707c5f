import type { HolidayCalendar, Shift } from './calendar.ts'
import type {
  AgreementId,
  CellId,
  ClientId,
  HolidayCalendarId,
  OrgId,
  PathwayId,
  PersonId,
  PoolId,
  ReaderId,
  SiteId,
} from './ids.ts'
import type { MachineClient } from './machine-client.ts'
import type { NetworkDefinition, PoolOrder } from './network-definition.ts'
import type { Agreement, Cell, Organisation, Person, Site } from './parties.ts'
import type { Pathway } from './pathway.ts'
import type { Pool, Reader } from './reader.ts'

/** The definition with every look-up that routing makes already made. Built once, when the definition is loaded. */
export interface NetworkIndex {
  readonly definition: NetworkDefinition
  readonly version: string
  readonly cells: ReadonlyMap<CellId, Cell>
  readonly organisations: ReadonlyMap<OrgId, Organisation>
  readonly sites: ReadonlyMap<SiteId, Site>
  readonly people: ReadonlyMap<PersonId, Person>
  readonly machineClients: ReadonlyMap<ClientId, MachineClient>
  readonly pools: ReadonlyMap<PoolId, Pool>
  readonly readers: ReadonlyMap<ReaderId, Reader>
  readonly readersByPool: ReadonlyMap<PoolId, readonly Reader[]>
  readonly readerByPerson: ReadonlyMap<PersonId, Reader>
  readonly agreements: ReadonlyMap<AgreementId, Agreement>
  readonly pathways: ReadonlyMap<PathwayId, Pathway>
  readonly holidayCalendars: ReadonlyMap<HolidayCalendarId, HolidayCalendar>
  readonly shiftsByReader: ReadonlyMap<ReaderId, readonly Shift[]>
  readonly agreementsByParties: ReadonlyMap<string, readonly Agreement[]>
}

const mapBy = <Key, Entry>(entries: readonly Entry[], keyOf: (entry: Entry) => Key): Map<Key, Entry> =>
  new Map(entries.map((entry) => [keyOf(entry), entry]))

const groupBy = <Key, Entry>(
  entries: readonly Entry[],
  keysOf: (entry: Entry) => readonly Key[],
): Map<Key, Entry[]> => {
  const groups = new Map<Key, Entry[]>()
  for (const entry of entries) {
    for (const key of new Set(keysOf(entry))) groups.set(key, [...(groups.get(key) ?? []), entry])
  }
  return groups
}

const pairKey = (one: OrgId, other: OrgId): string => (one < other ? `${one} ${other}` : `${other} ${one}`)

const pairsOf = (parties: readonly OrgId[]): string[] =>
  parties.flatMap((one, at) => parties.slice(at + 1).map((other) => pairKey(one, other)))

/** Builds the look-ups. The definition must be one that `readNetwork` found sound. */
export const indexNetwork = (definition: NetworkDefinition): NetworkIndex => ({
  definition,
  version: definition.version,
  cells: mapBy(definition.cells, ({ cellId }) => cellId),
  organisations: mapBy(definition.organisations, ({ orgId }) => orgId),
  sites: mapBy(definition.sites, ({ siteId }) => siteId),
  people: mapBy(definition.people, ({ personId }) => personId),
  machineClients: mapBy(definition.machineClients, ({ clientId }) => clientId),
  pools: mapBy(definition.pools, ({ poolId }) => poolId),
  readers: mapBy(definition.readers, ({ readerId }) => readerId),
  readersByPool: groupBy(definition.readers, ({ poolIds }) => poolIds),
  readerByPerson: mapBy(definition.readers, ({ personId }) => personId),
  agreements: mapBy(definition.agreements, ({ agreementId }) => agreementId),
  pathways: mapBy(definition.pathways, ({ pathwayId }) => pathwayId),
  holidayCalendars: mapBy(definition.holidayCalendars, ({ holidayCalendarId }) => holidayCalendarId),
  shiftsByReader: groupBy(definition.shifts, ({ readerIds }) => readerIds),
  agreementsByParties: groupBy(definition.agreements, ({ parties }) => pairsOf(parties)),
})

/** Agreements to which both organisations are party, whether they run now or not. */
export const agreementsBetween = (network: NetworkIndex, one: OrgId, other: OrgId): readonly Agreement[] =>
  network.agreementsByParties.get(pairKey(one, other)) ?? []

/** The order of pools for a site and pathway: the pathway's own entry, or the site's general one. */
export const poolOrderFor = (network: NetworkIndex, siteId: SiteId, pathwayId: PathwayId): PoolOrder | undefined => {
  const ofSite = network.definition.overflow.filter((order) => order.siteId === siteId)
  return ofSite.find((order) => order.pathwayId === pathwayId) ?? ofSite.find((order) => order.pathwayId === undefined)
}
