import { routes, type OperationId } from '../../shared/contracts/routes.ts'
import { type Route } from '../../shared/contracts/routes/route.ts'
import { PersonRoleSchema, type PersonRole } from '../../shared/domain/network/parties.ts'
import type { SeededRandom } from '../fixtures/seeded-random.ts'
import { standingsOf } from './access-stories.ts'
import { rightsOn, type Standing } from './access-table.ts'
import type { KnownCase } from './access-world.ts'

export interface Person {
  readonly personId: string
  readonly orgId: string
  readonly country: string
  /** The only role the network grants; every role unless named. */
  readonly only?: PersonRole
}

const at = (personId: string, orgId: string, country = 'AT'): Person => ({ personId, orgId, country })

/** At least two of each organisation that a case can have to do with, so that a colleague is not taken for the person. */
export const people: readonly Person[] = [
  at('p-coordinator-vienna', 'donau-klinikum'),
  { ...at('p-clerk-vienna', 'donau-klinikum'), only: 'site-clerk' },
  at('p-coordinator-dublin', 'liffey-hospital', 'IE'),
  at('p-triage-hub', 'triage-hub'),
  at('p-duty-night', 'night-cover'),
  at('p-colleague-night', 'night-cover'),
  at('p-weber', 'rheinblick-radiology', 'DE'),
  at('p-kaya', 'rheinblick-radiology', 'DE'),
  at('p-lead-rheinblick', 'rheinblick-radiology', 'DE'),
  at('p-costa', 'tejo-reads', 'PT'),
  at('p-almeida', 'tejo-reads', 'PT'),
  at('p-operations', 'overread-operations'),
  at('p-administrator', 'overread-operations'),
]

/**
 * Where the ids of a request come from: all of the case itself; the case itself with an upload, image or escalation of
 * another case, or of none; an id of the right form that names nothing; something else in the place of an id.
 */
export const idSources = [
  'own',
  'part of another case',
  'part of none',
  'unknown',
  'unknown organisation',
  'mangled',
] as const
export type IdSource = (typeof idSources)[number]

export interface Probe {
  readonly route: Route
  readonly operation: OperationId
  readonly person: Person
  readonly role: PersonRole
  readonly case: KnownCase
  readonly ids: IdSource
  readonly path: string
  readonly standings: readonly Standing[]
  /** What the written table lets this role do to this case: none at all makes a stranger. */
  readonly rights: ReadonlySet<OperationId>
}

const UNKNOWN = '0'.repeat(26)

const mangled = (c: KnownCase): readonly string[] => [
  c.referralId.toUpperCase(),
  `${c.referralId}0`,
  c.referralId.slice(0, -1),
  `${c.referralId}%00`,
  `${c.referralId}%2F..%2F${c.referralId}`,
  `..%2F${c.referralId}`,
  c.uploadId,
  c.sopInstanceUid,
  `org%23donau-klinikum%23case%23${c.referralId}`,
  '*',
  '%25',
]

const referralIn = (c: KnownCase, ids: IdSource, draw: number): string => {
  const forms = mangled(c)
  switch (ids) {
    case 'unknown':
      return `${c.referralId.split('.')[0] ?? ''}.${UNKNOWN}`
    case 'unknown organisation':
      return `nobody-knows.${c.referralId.split('.')[1] ?? ''}`
    case 'mangled':
      return forms[draw % forms.length] ?? '*'
    case 'own':
    case 'part of another case':
    case 'part of none':
      return c.referralId
  }
}

interface Parts {
  readonly uploadId: string
  readonly sopInstanceUid: string
  readonly escalationId: string
}

const nothing: Parts = { uploadId: UNKNOWN, sopInstanceUid: '1.2.3.999.1', escalationId: UNKNOWN }

/** An escalation of a person's own where there is one: the strongest claim to acknowledge it. */
const partsOf = (c: KnownCase, { personId }: Person): Parts => {
  const mine = c.escalations.find((one) => one.personId === personId) ?? c.escalations[0]
  return { uploadId: c.uploadId, sopInstanceUid: c.sopInstanceUid, escalationId: mine?.escalationId ?? UNKNOWN }
}

const pathOf = (route: Route, referralId: string, parts: Parts): string =>
  route.path
    .replace('{referralId}', referralId)
    .replace('{uploadId}', parts.uploadId)
    .replace('{sopInstanceUid}', parts.sopInstanceUid)
    .replace('{escalationId}', parts.escalationId)
    .replace('{holdId}', UNKNOWN)
    .replace('{emergencyId}', UNKNOWN)
    .replace('{index}', '1')
    .replace('{frame}', '1')

/** The routes about one case, and those that name a part of it. */
export const caseRoutes: readonly Route[] = routes.filter(({ path }) => path.includes('{referralId}'))
const namesPart = ({ path }: Route): boolean => /\{(uploadId|sopInstanceUid|escalationId)\}/.test(path)

export const asked = (
  probe: Pick<Probe, 'route' | 'case' | 'person'>,
  ids: IdSource,
  others: readonly KnownCase[],
  draw = 0,
) => {
  const other = others.find(({ referralId }) => referralId !== probe.case.referralId)
  const parts = partsOf(ids === 'part of another case' && other !== undefined ? other : probe.case, probe.person)
  return pathOf(probe.route, referralIn(probe.case, ids, draw), ids === 'part of none' ? nothing : parts)
}

/** Only the token's role counts of those that the network grants. */
const heldRole = ({ only }: Person, role: PersonRole): boolean => only === undefined || only === role

const rightsOf = (person: Person, role: PersonRole, standings: readonly Standing[]) =>
  heldRole(person, role) ? rightsOn(role, standings) : new Set<OperationId>()

/** Every route about a case, for every role of every person, on every case, with ids from every source. */
function* everyProbe(cases: readonly KnownCase[], random: SeededRandom): Generator<Probe> {
  for (const c of cases) {
    const others = cases
      .filter((one) => one.uploadId !== c.uploadId)
      .sort((a, b) => b.escalations.length - a.escalations.length)
    for (const person of people) {
      for (const role of PersonRoleSchema.options) {
        const standings = standingsOf(c, person, role === 'reader' && heldRole(person, role))
        const rights = rightsOf(person, role, standings)
        for (const route of caseRoutes) {
          for (const ids of idSources) {
            if (!namesPart(route) && ids.startsWith('part')) continue
            const path = asked({ route, case: c, person }, ids, others, random.int(0, 99))
            const operation = route.operationId as OperationId
            yield { route, operation, person, role, case: c, ids, path, standings, rights }
          }
        }
      }
    }
  }
}

const isOfNoCase = (ids: IdSource): boolean => ids === 'unknown' || ids === 'unknown organisation' || ids === 'mangled'

/** Route, role, relation, id source: each combination once, with a person, a case and a state that the seed chooses. */
const classOf = ({ operation, role, standings, ids, person }: Probe): string =>
  [operation, role, ids, ...(isOfNoCase(ids) ? [] : [standings.join('+'), person.only ?? ''])].join(' ')

export function probesFor(cases: readonly KnownCase[], random: SeededRandom): readonly Probe[] {
  const chosen = new Map<string, { probe: Probe; seen: number }>()
  for (const probe of everyProbe(cases, random)) {
    const key = classOf(probe)
    const before = chosen.get(key)
    const seen = (before?.seen ?? 0) + 1
    chosen.set(key, { probe: before === undefined || random.chance(1 / seen) ? probe : before.probe, seen })
  }
  const ordered = [...chosen.values()].map(({ probe }) => ({ probe, turn: random.next() }))
  return ordered.sort((a, b) => a.turn - b.turn).map(({ probe }) => probe)
}
