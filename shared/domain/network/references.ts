import type { NetworkDefinition } from './network-definition.ts'

/** A list of the definition, and the field that holds the id of its entries. */
export const idFields = {
  cells: 'cellId',
  organisations: 'orgId',
  sites: 'siteId',
  people: 'personId',
  pools: 'poolId',
  readers: 'readerId',
  agreements: 'agreementId',
  holidayCalendars: 'holidayCalendarId',
  shifts: 'shiftId',
  pathways: 'pathwayId',
  evidence: 'id',
  machineClients: 'clientId',
} as const satisfies Partial<Record<keyof NetworkDefinition, string>>

export type IdentifiedList = keyof typeof idFields
type Entry<List extends IdentifiedList> = NetworkDefinition[List][number]

/** An id used somewhere: the path that uses it, the list it must be found in, the id. */
export type Reference = readonly [path: string, target: IdentifiedList, id: string]

type Fields = [field: string, target: IdentifiedList, ids: readonly string[]][]

const present = (id: string | null | undefined): string[] => (id === null || id === undefined ? [] : [id])

/** The entries of one list as `[path, id, entry]`; a path names the entry by its id, which survives a reordering. */
export const entriesOf = <List extends IdentifiedList>(
  network: NetworkDefinition,
  list: List,
): [path: string, id: string, entry: Entry<List>][] =>
  (network[list] as Entry<List>[]).map((entry) => {
    const id = String((entry as Record<string, unknown>)[idFields[list]])
    return [`${list}[${id}]`, id, entry]
  })

const fieldsOf =
  <List extends IdentifiedList>(list: List, fields: (entry: Entry<List>) => Fields) =>
  (network: NetworkDefinition): Reference[] =>
    entriesOf(network, list).flatMap(([path, , entry]) =>
      fields(entry).flatMap(([field, target, ids]) => ids.map((id): Reference => [`${path}.${field}`, target, id])),
    )

const tables = [
  fieldsOf('sites', (site) => [
    ['orgId', 'organisations', [site.orgId]],
    ['cellId', 'cells', [site.cellId]],
    ['holidayCalendarId', 'holidayCalendars', [site.holidayCalendarId]],
    ['coordinator', 'people', [site.coordinator]],
    ['triageClinician', 'people', [site.triageClinician]],
    ['dutyClinician', 'people', [site.dutyClinician]],
  ]),
  fieldsOf('people', (person) => [['orgId', 'organisations', [person.orgId]]]),
  fieldsOf('pools', (pool) => [
    ['orgId', 'organisations', [pool.orgId]],
    ['leadPersonId', 'people', [pool.leadPersonId]],
    ['overflowTo', 'pools', pool.overflowTo],
  ]),
  fieldsOf('readers', (reader) => [
    ['orgId', 'organisations', [reader.orgId]],
    ['personId', 'people', [reader.personId]],
    ['poolIds', 'pools', reader.poolIds],
    ['privileges.siteId', 'sites', reader.privileges.map(({ siteId }) => siteId)],
    ['privileges.agreementId', 'agreements', reader.privileges.flatMap(({ agreementId }) => present(agreementId))],
    ['conflictsOfInterest.orgId', 'organisations', reader.conflictsOfInterest.map(({ orgId }) => orgId)],
  ]),
  fieldsOf('agreements', (agreement) => [['parties', 'organisations', agreement.parties]]),
  fieldsOf('shifts', (shift) => [
    ['poolId', 'pools', [shift.poolId]],
    ['readerIds', 'readers', shift.readerIds],
    ['holidayCalendarId', 'holidayCalendars', present(shift.holidayCalendarId)],
    ['overflowTo', 'pools', shift.overflowTo],
  ]),
  fieldsOf('machineClients', (client) => [['orgId', 'organisations', [client.orgId]]]),
  fieldsOf('evidence', (evidence) => [
    ['scope.organisationIds', 'organisations', evidence.scope.organisationIds ?? []],
    ['scope.readerIds', 'readers', evidence.scope.readerIds ?? []],
  ]),
]

/** Every id the definition uses, with the place that uses it. */
export const referencesOf = (network: NetworkDefinition): Reference[] => [
  ...tables.flatMap((references) => references(network)),
  ...network.overflow.flatMap((order, at): Reference[] => [
    [`overflow[${at}].siteId`, 'sites', order.siteId],
    ...present(order.pathwayId).map((id): Reference => [`overflow[${at}].pathwayId`, 'pathways', id]),
    ...order.homePools.map((id): Reference => [`overflow[${at}].homePools`, 'pools', id]),
    ...order.partnerPools.map((id): Reference => [`overflow[${at}].partnerPools`, 'pools', id]),
  ]),
  ...network.rates.organisations.map(({ orgId }, at): Reference => [
    `rates.organisations[${at}].orgId`,
    'organisations',
    orgId,
  ]),
  ['operations.desk', 'people', network.operations.desk],
  ['operations.executive', 'people', network.operations.executive],
]
