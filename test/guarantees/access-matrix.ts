import { scopes } from '../../shared/contracts/routes/route.ts'
import { seededRandom } from '../fixtures/seeded-random.ts'
import { rowOf, type GuaranteeRow } from './guarantee-row.ts'
import { codeOf, isInside, isRefusal, seenAs, type Found } from './access-answers.ts'
import { listProbes, readers } from './access-lists.ts'
import { asked, caseRoutes, probesFor, type Probe } from './access-probes.ts'
import { bearer, exampleFor, send, withAccessWorld, type AccessWorld } from './access-world.ts'
import { closeWire, type WireAnswer } from './wire.ts'

const AT_ONCE = 16

interface Attempt {
  readonly path?: string
  readonly claims?: Record<string, unknown>
}

/** With the right of the version where it should be refused, so that nothing else can be the reason. */
function attempt({ cell, mint }: AccessWorld, probe: Probe, { path = probe.path, claims }: Attempt = {}) {
  const { route, role, person, case: c, ids } = probe
  const spared = ids === 'own' && isGranted(probe)
  const version = route.command === 'versioned' ? { version: c.version + (spared ? 7 : 0) } : {}
  const body = exampleFor(route)
  return send(cell, bearer(mint, { ...person, roles: [role] }, claims), {
    method: route.method,
    path,
    ...(body === undefined ? {} : { body }),
    ...version,
  })
}

const isGranted = ({ rights, operation }: Probe): boolean => rights.has(operation)

/** The policy forbids a reader without a licence, and whom it forbids is told what a stranger is told. */
const isForbidden = ({ role, standings, person }: Probe, answer: WireAnswer): boolean =>
  role === 'reader' &&
  !readers.has(person.personId) &&
  standings.every((standing) => standing === 'reading group') &&
  codeOf(answer) === 'not-found'

const nameOf = ({ operation, role, person, case: c, ids }: Probe, what: string, { status, body }: WireAnswer): string =>
  `${what}: ${operation} by ${person.personId} as ${role} on the case ${c.name} (${ids}): ${status} ${body.slice(0, 90)}`

/** A stranger's answer must be the one to an id that names nothing; a wrong part must be answered like no part. */
const twinOf = (probe: Probe): Probe['ids'] | undefined => {
  if (probe.ids === 'own' || probe.ids === 'part of another case') {
    if (probe.rights.size === 0) return 'unknown'
    if (probe.ids === 'part of another case') return 'part of none'
  }
  return undefined
}

async function judge(world: AccessWorld, probe: Probe, found: Found): Promise<void> {
  const answer = await attempt(world, probe)
  found.sent += 1
  if (probe.ids === 'own' && isGranted(probe)) {
    if (!isInside(answer) && !isForbidden(probe, answer))
      found.refused.push(nameOf(probe, 'granted and refused', answer))
    return
  }
  const noPart = isGranted(probe) && probe.ids.startsWith('part') && answer.status === 404
  if (!noPart && !isRefusal(answer, probe.ids)) found.escapes.push(nameOf(probe, 'not granted', answer))
  const ids = twinOf(probe)
  if (ids === undefined) return
  const twin = await attempt(world, probe, { path: asked(probe, ids, world.cases) })
  found.sent += 1
  if (seenAs(twin) !== seenAs(answer)) found.told.push(nameOf(probe, `not what is said ${ids}`, answer))
}

const every = Object.keys(scopes)

/** The same request with a token that should not carry the right: each must be refused although the table grants the role. */
const tokenFacts = (probe: Probe): readonly (readonly [name: string, claims: Record<string, unknown>])[] => [
  [
    'without the scope',
    { scope: every.filter((one) => !(probe.route.scopes as readonly string[]).includes(one)).join(' ') },
  ],
  ['without a role', { roles: [] }],
  ['with a role nobody knows', { roles: ['superuser'] }],
  ['with the roles of systems', { roles: ['sending-system', 'report-receiver'] }],
  ['of another organisation', { org_id: probe.person.orgId === 'tejo-reads' ? 'donau-klinikum' : 'tejo-reads' }],
]

/** A colleague's token that names the holder wherever it may: who somebody is stands in the network alone. */
const asHolder = { reader_id: 'r-weber', readerId: 'r-weber', sub: 'p-weber', org: 'rheinblick-radiology' }

async function judgeToken(world: AccessWorld, probe: Probe, found: Found): Promise<void> {
  for (const [name, claims] of tokenFacts(probe)) {
    const answer = await attempt(world, probe, { claims })
    found.sent += 1
    if (![401, 403, 404].includes(answer.status)) found.escapes.push(nameOf(probe, name, answer))
  }
}

async function judgeColleague(world: AccessWorld, probe: Probe, found: Found): Promise<void> {
  const answer = await attempt(world, probe, { claims: asHolder })
  found.sent += 1
  if (!isRefusal(answer, 'own')) found.escapes.push(nameOf(probe, "with the holder's name", answer))
}

async function inTurn<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const left = [...items]
  const worker = async (): Promise<void> => {
    for (let item = left.pop(); item !== undefined; item = left.pop()) await work(item)
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
}

async function changedCases({ cell, mint, cases }: AccessWorld): Promise<string[]> {
  const changed: string[] = []
  for (const c of cases) {
    const person =
      c.siteId === 'donau-vienna'
        ? { personId: 'p-coordinator-vienna', orgId: 'donau-klinikum', roles: ['coordinator'] }
        : { personId: 'p-coordinator-dublin', orgId: 'liffey-hospital', roles: ['coordinator'] }
    const answer = await send(cell, bearer(mint, person), {
      method: 'GET',
      path: `/v1/referrals/${c.referralId}/status`,
    })
    if (!answer.body.includes(`"version":${c.version},`)) changed.push(`${c.name}: ${answer.status}`)
  }
  return changed
}

export interface MatrixAsked {
  readonly seed: number
  /** Of the combinations of route, role, relation and id source that the table refuses; every one unless told otherwise. */
  readonly share?: number
}

/** Generated requests over HTTP to a cell with a case in every state, held against the second reading of the table. */
export const runAccessMatrix = ({ seed, share = 1 }: MatrixAsked): Promise<readonly GuaranteeRow[]> =>
  withAccessWorld(async (world) => {
    const random = seededRandom(seed)
    const probes = probesFor(world.cases, random).filter(
      (probe) => (probe.ids === 'own' && isGranted(probe)) || random.chance(share),
    )
    const found: Found = { sent: 0, escapes: [], refused: [], told: [] }
    await inTurn(probes, (probe) => judge(world, probe, found))
    const own = probes.filter(({ ids }) => ids === 'own')
    await inTurn(own.filter(isGranted), (probe) => judgeToken(world, probe, found))
    const kaya = own.filter((probe) => probe.person.personId === 'p-kaya' && !isGranted(probe))
    await inTurn(kaya, (probe) => judgeColleague(world, probe, found))
    await inTurn(listProbes(world), (probe) => probe(found))
    const changed = await changedCases(world)
    closeWire()
    const granted = new Set<string>(own.filter(isGranted).map(({ operation }) => operation))
    const toNobody = caseRoutes.flatMap(({ operationId }) => (granted.has(operationId) ? [] : [operationId]))
    return [
      rowOf(
        'requests by route, role, relation and id: no access that the table does not give',
        found.sent,
        found.escapes,
      ),
      rowOf('granted by the table and not refused for want of permission', own.filter(isGranted).length, found.refused),
      rowOf('strangers told what they would be told of nothing', probes.filter(twinOf).length, found.told),
      rowOf('operations on a case that somebody was let in to', caseRoutes.length, toNobody),
      rowOf('cases left as they were by all of it', world.cases.length, changed),
    ]
  })
