import { PersonRoleSchema, type PersonRole } from '../../shared/domain/network/parties.ts'
import { isPartyTo } from './access-stories.ts'
import { rightsWithoutCase } from './access-table.ts'
import { people, type Person } from './access-probes.ts'
import { codeOf, type Found } from './access-answers.ts'
import { bearer, send, type AccessWorld, type KnownCase } from './access-world.ts'
import type { WireAnswer } from './wire.ts'

type ListProbe = (found: Found) => Promise<void>
type Operation = keyof typeof rightsWithoutCase

interface Caller extends Person {
  readonly role: PersonRole
}

const callers: readonly Caller[] = people.flatMap((person) =>
  PersonRoleSchema.options.map((role) => ({ ...person, role })),
)

/** Who has a reader's profile; whoever else is named one in a token has no licence to show. */
export const readers: ReadonlySet<string> = new Set(['p-weber', 'p-kaya', 'p-costa', 'p-almeida'])
const sites: Readonly<Record<string, string>> = { 'donau-klinikum': 'donau-vienna', 'liffey-hospital': 'liffey-dublin' }

const mayAsk = (operation: Operation, { role, only, personId }: Caller): boolean =>
  (only ?? role) === role &&
  (rightsWithoutCase[operation]?.includes(role) ?? false) &&
  // A worklist is a reader's: a role without the reader has none.
  (operation !== 'listWorklist' || readers.has(personId))

const asCaller = ({ mint }: AccessWorld, caller: Caller): string => bearer(mint, { ...caller, roles: [caller.role] })

interface Asked {
  readonly operation: Operation
  readonly method: string
  readonly path: string
  readonly body?: object
  /** What a permitted caller is told; 200 and what `wrong` finds nothing in unless named. */
  readonly told?: string
  readonly wrong?: (answer: WireAnswer, caller: Caller) => readonly string[]
}

const judging =
  (world: AccessWorld, caller: Caller, { operation, told, wrong, ...request }: Asked): ListProbe =>
  async (found) => {
    const answer = await send(world.cell, asCaller(world, caller), request)
    found.sent += 1
    const name = `${operation} by ${caller.personId} as ${caller.role}: ${answer.status} ${answer.body.slice(0, 90)}`
    if (!mayAsk(operation, caller)) {
      if (codeOf(answer) !== 'not-permitted') found.escapes.push(name)
    } else if (told === undefined ? answer.status !== 200 : codeOf(answer) !== told) found.refused.push(name)
    else for (const row of wrong?.(answer, caller) ?? []) found.escapes.push(`${name}: shows ${row}`)
  }

const rowsIn = ({ body }: WireAnswer, list: string): readonly { referralId: string }[] =>
  (JSON.parse(body) as Record<string, { referralId: string }[]>)[list] ?? []

const shownWithoutRight = (
  cases: readonly KnownCase[],
  rows: readonly { referralId: string }[],
  may: (c: KnownCase) => boolean,
): readonly string[] =>
  rows.flatMap(({ referralId }) => {
    const known = cases.find((one) => one.referralId === referralId)
    return known !== undefined && may(known) ? [] : [known?.name ?? referralId]
  })

const notShown = (cases: readonly KnownCase[], rows: readonly { referralId: string }[], { orgId }: Caller) =>
  cases
    .filter((c) => sites[orgId] === c.siteId && !rows.some(({ referralId }) => referralId === c.referralId))
    .map(({ name }) => `not ${name}`)

const referralTo = (siteId: string) => ({
  siteId,
  // Refused as the last thing before a case would be made of it.
  pathwayId: 'no-such-pathway',
  patient: { patientId: 'MRN-9', name: { family: 'Muster' } },
  clinical: { question: 'Occlusion?' },
  order: { modality: 'CT' },
})

const submissions = ({ orgId }: Caller): readonly Asked[] =>
  ['donau-vienna', 'liffey-dublin', 'no-such-site'].map((siteId) => ({
    operation: 'submitReferral',
    method: 'POST',
    path: '/v1/referrals',
    body: referralTo(siteId),
    told: sites[orgId] === siteId ? 'unknown-pathway' : 'unknown-organisation',
  }))

const lists = ({ cases }: AccessWorld): readonly Asked[] => [
  {
    operation: 'listReferrals',
    method: 'GET',
    path: '/v1/referrals?limit=200',
    wrong: (answer, caller) => {
      const rows = rowsIn(answer, 'referrals')
      const shown = shownWithoutRight(cases, rows, (c) => isPartyTo(c, caller.orgId))
      return [...shown, ...notShown(cases, rows, caller)]
    },
  },
  {
    operation: 'listReferrals',
    method: 'GET',
    path: '/v1/referrals?limit=200&siteId=liffey-dublin',
    wrong: (answer, { orgId }) =>
      shownWithoutRight(cases, rowsIn(answer, 'referrals'), (c) => c.siteId === 'liffey-dublin' && isPartyTo(c, orgId)),
  },
  {
    operation: 'listWorklist',
    method: 'GET',
    path: '/v1/worklist',
    wrong: (answer, { personId }) =>
      shownWithoutRight(cases, rowsIn(answer, 'items'), (c) => [c.offeredTo, c.heldBy].includes(personId)),
  },
  {
    operation: 'listEscalations',
    method: 'GET',
    path: '/v1/escalations?limit=200',
    wrong: (answer, { personId }) => {
      const rows = rowsIn(answer, 'referrals')
      const isCalled = (c: KnownCase) => c.escalations.some((one) => one.personId === personId)
      const unseen = cases.filter((c) => isCalled(c) && !rows.some(({ referralId }) => referralId === c.referralId))
      return [...shownWithoutRight(cases, rows, isCalled), ...unseen.map(({ name }) => `not ${name}`)]
    },
  },
  { operation: 'readKpis', method: 'GET', path: '/v1/kpis?from=2026-11-01&to=2026-11-30' },
]

/** A place in another organisation's list: not one row of it, and not the answer of a cursor that is one's own. */
const cursorProbe =
  (world: AccessWorld, caller: Caller): ListProbe =>
  async (found) => {
    const owner = callers.find(({ personId, role }) => personId === 'p-coordinator-vienna' && role === 'coordinator')
    if (owner === undefined || caller.orgId === owner.orgId) return
    const first = await send(world.cell, asCaller(world, owner), { method: 'GET', path: '/v1/referrals?limit=1' })
    const { cursor } = JSON.parse(first.body) as { cursor: string }
    const asked = { operation: 'listReferrals', method: 'GET', path: `/v1/referrals?limit=1&cursor=${cursor}` } as const
    await judging(world, caller, { ...asked, told: 'invalid-cursor' })(found)
  }

/** Requests about no one case: who may ask, and whose rows come back. */
export const listProbes = (world: AccessWorld): readonly ListProbe[] =>
  callers.flatMap((caller) => [
    ...[...lists(world), ...submissions(caller)].map((asked) => judging(world, caller, asked)),
    ...(caller.role === 'coordinator' || caller.role === 'platform-engineer' ? [cursorProbe(world, caller)] : []),
  ])
