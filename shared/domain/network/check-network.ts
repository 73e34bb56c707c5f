import * as z from 'zod'
import type { NetworkDefinition } from './network-definition.ts'
import {
  EarlierNetworkSchema,
  NetworkDefinitionSchema,
  NetworkDefinitionV1Schema,
  NetworkDefinitionV2Schema,
} from './network-definition.ts'
import type { PersonRole } from './parties.ts'
import type { IdentifiedList } from './references.ts'
import { entriesOf, idFields, referencesOf } from './references.ts'
import type { Validity } from './validity.ts'

/** What is wrong, and where: a person reviews the file, so the path names entries by id. */
export interface NetworkProblem {
  readonly path: string
  readonly message: string
}

type Check = (network: NetworkDefinition) => NetworkProblem[]

const lists = Object.keys(idFields) as IdentifiedList[]
const problemIf = (wrong: boolean, path: string, message: string): NetworkProblem[] =>
  wrong ? [{ path, message }] : []

const repeated = (values: readonly string[]): string[] => [
  ...new Set(values.filter((value, at) => values.indexOf(value) !== at)),
]

const idsAreUnique: Check = (network) =>
  lists.flatMap((list) =>
    repeated(entriesOf(network, list).map(([, id]) => id)).map((id) => ({
      path: `${list}[${id}]`,
      message: `${idFields[list]} ${id} is used more than once`,
    })),
  )

const idsResolve: Check = (network) => {
  const known = new Map(lists.map((list) => [list, new Set(entriesOf(network, list).map(([, id]) => id))]))
  return referencesOf(network).flatMap(([path, target, id]) =>
    problemIf(known.get(target)?.has(id) !== true, path, `${id} is not in ${target}`),
  )
}

const windowsOf = (network: NetworkDefinition): [path: string, window: Validity][] => [
  ...entriesOf(network, 'agreements').map(([path, , agreement]): [string, Validity] => [path, agreement]),
  ...entriesOf(network, 'evidence').map(([path, , evidence]): [string, Validity] => [path, evidence]),
  ...entriesOf(network, 'machineClients').map(([path, , client]): [string, Validity] => [path, client]),
  ...entriesOf(network, 'readers').flatMap(([path, , reader]) =>
    (['registrations', 'certifications', 'privileges', 'indemnities'] as const).flatMap((field) =>
      reader[field].map((window, at): [string, Validity] => [`${path}.${field}[${at}]`, window]),
    ),
  ),
]

const windowsRunForwards: Check = (network) => [
  ...windowsOf(network).flatMap(([path, { validFrom, validTo }]) =>
    problemIf(Date.parse(validFrom) >= Date.parse(validTo), `${path}.validTo`, 'must be after validFrom'),
  ),
  ...entriesOf(network, 'shifts').flatMap(([path, , shift]) =>
    problemIf(shift.effectiveFrom >= shift.effectiveTo, `${path}.effectiveTo`, 'must be after effectiveFrom'),
  ),
]

/** The people a case is handed to must have the role that lets them act, or the owner could not do the work. */
const ownersHaveTheirRole: Check = (network) => {
  const roles = new Map(network.people.map((person) => [person.personId, person.roles]))
  const needs: [path: string, personId: NetworkDefinition['people'][number]['personId'], role: PersonRole][] = [
    ...entriesOf(network, 'sites').flatMap(([path, , site]): typeof needs => [
      [`${path}.coordinator`, site.coordinator, 'coordinator'],
      [`${path}.triageClinician`, site.triageClinician, 'triage-clinician'],
      [`${path}.dutyClinician`, site.dutyClinician, 'duty-clinician'],
    ]),
    ...entriesOf(network, 'pools').map(([path, , pool]): (typeof needs)[number] => [
      `${path}.leadPersonId`,
      pool.leadPersonId,
      'reading-group-lead',
    ]),
    ...entriesOf(network, 'readers').map(([path, , reader]): (typeof needs)[number] => [
      `${path}.personId`,
      reader.personId,
      'reader',
    ]),
    ['operations.desk', network.operations.desk, 'operations'],
    ['operations.executive', network.operations.executive, 'executive'],
  ]
  return needs.flatMap(([path, personId, role]) =>
    problemIf(roles.get(personId)?.includes(role) === false, path, `${personId} does not have the role ${role}`),
  )
}

const pathwaysAreWhole: Check = (network) =>
  entriesOf(network, 'pathways').flatMap(([path, , { clocks, ladder }]) => [
    ...problemIf(repeated(ladder).length > 0, `${path}.ladder`, 'names a rung twice'),
    ...problemIf(
      ladder.at(-1) === 'reader',
      `${path}.ladder`,
      'must not end with the reader: a case nobody has claimed has none',
    ),
    ...problemIf(
      clocks.prelimMinutes !== null && clocks.prelimMinutes > clocks.finalMinutes,
      `${path}.clocks.prelimMinutes`,
      'must not be later than finalMinutes',
    ),
    ...problemIf(
      clocks.unclaimedMinutes >= clocks.finalMinutes,
      `${path}.clocks.unclaimedMinutes`,
      'must be earlier than finalMinutes, or nobody is asked in time',
    ),
    ...problemIf(
      clocks.offerMinutes > clocks.unclaimedMinutes,
      `${path}.clocks.offerMinutes`,
      'must not be longer than unclaimedMinutes',
    ),
  ])

const readersFitTheirPools: Check = (network) => {
  const pools = new Map(network.pools.map((pool) => [pool.poolId, pool]))
  const people = new Map(network.people.map((person) => [person.personId, person]))
  const readers = new Map(network.readers.map((reader) => [reader.readerId, reader]))
  return [
    ...entriesOf(network, 'readers').flatMap(([path, , reader]) => [
      ...reader.poolIds.flatMap((poolId) =>
        problemIf(
          pools.has(poolId) && pools.get(poolId)?.orgId !== reader.orgId,
          `${path}.poolIds`,
          `${poolId} belongs to another organisation`,
        ),
      ),
      ...problemIf(
        people.has(reader.personId) && people.get(reader.personId)?.orgId !== reader.orgId,
        `${path}.personId`,
        `${reader.personId} belongs to another organisation`,
      ),
      ...reader.privileges.flatMap((privilege, at) =>
        problemIf(
          privilege.grantedUnder === 'proxy' && privilege.agreementId === null,
          `${path}.privileges[${at}].agreementId`,
          'a proxy privilege rests on an agreement and must name it',
        ),
      ),
    ]),
    ...entriesOf(network, 'shifts').flatMap(([path, , shift]) =>
      shift.readerIds.flatMap((readerId) =>
        problemIf(
          readers.has(readerId) && readers.get(readerId)?.poolIds.includes(shift.poolId) === false,
          `${path}.readerIds`,
          `${readerId} is not in the pool ${shift.poolId}`,
        ),
      ),
    ),
  ]
}

const everyCaseHasAPool: Check = (network) => {
  const key = (siteId: string, pathwayId?: string) => `${siteId} ${pathwayId ?? '*'}`
  const orders = new Map(network.overflow.map((order) => [key(order.siteId, order.pathwayId), order]))
  return [
    ...repeated(network.overflow.map((order) => key(order.siteId, order.pathwayId))).map((twice) => ({
      path: 'overflow',
      message: `${twice} has two entries`,
    })),
    ...network.sites.flatMap(({ siteId }) =>
      network.pathways.flatMap(({ pathwayId }) => {
        const order = orders.get(key(siteId, pathwayId)) ?? orders.get(key(siteId))
        return problemIf(
          order === undefined || order.homePools.length + order.partnerPools.length === 0,
          `overflow`,
          `${siteId} has no pool for ${pathwayId}: nobody would ever be asked`,
        )
      }),
    ),
  ]
}

/** Events and audit name a system by its client id alone, and an assertion must point to one client. */
const machinesAreDistinct: Check = (network) => {
  const people = new Set<string>(network.people.map(({ personId }) => personId))
  const keys = network.machineClients.flatMap(({ jwks }) => jwks.keys)
  return [
    ...entriesOf(network, 'machineClients').flatMap(([path, id]) =>
      problemIf(people.has(id), path, `${id} is the id of a person`),
    ),
    ...repeated(keys.map(({ kid }) => kid)).map((kid) => ({
      path: 'machineClients',
      message: `the key id ${kid} is used more than once`,
    })),
    ...problemIf(
      repeated(keys.map((key) => (key.kty === 'RSA' ? key.n : key.x))).length > 0,
      'machineClients',
      'one key is registered twice: whoever holds it could pass for both',
    ),
    ...repeated(network.rates.organisations.map(({ orgId }) => orgId)).map((orgId) => ({
      path: 'rates.organisations',
      message: `${orgId} has two entries`,
    })),
  ]
}

const checks: readonly Check[] = [
  idsAreUnique,
  idsResolve,
  windowsRunForwards,
  ownersHaveTheirRole,
  pathwaysAreWhole,
  readersFitTheirPools,
  everyCaseHasAPool,
  machinesAreDistinct,
]

/** Everything the schema cannot see: ids that lead nowhere, windows that run backwards, cases nobody would own. */
export const checkNetwork = (network: NetworkDefinition): NetworkProblem[] => checks.flatMap((check) => check(network))

export type NetworkReading =
  | { readonly outcome: 'sound'; readonly network: NetworkDefinition }
  | { readonly outcome: 'unsound'; readonly problems: readonly NetworkProblem[] }

/** Reads a network definition from parsed JSON. An unsound one is never used, not even in part. */
export const readNetwork = (json: unknown): NetworkReading => {
  const schema = z.union([NetworkDefinitionV1Schema, NetworkDefinitionV2Schema].map((one) => one.shape.schema))
  const isEarlier = z.object({ schema }).safeParse(json).success
  const parsed = (isEarlier ? EarlierNetworkSchema : NetworkDefinitionSchema).safeParse(json)
  const problems = parsed.success
    ? checkNetwork(parsed.data)
    : parsed.error.issues.map(({ path, message }) => ({ path: path.map(String).join('.'), message }))
  return parsed.success && problems.length === 0
    ? { outcome: 'sound', network: parsed.data }
    : { outcome: 'unsound', problems }
}
