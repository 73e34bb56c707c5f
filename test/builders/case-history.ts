import fc from 'fast-check'
import type { CaseCommand } from '../../shared/domain/case/commands.ts'
import type { CaseDirectory } from '../../shared/domain/case/consequences.ts'
import { decideCase } from '../../shared/domain/case/decide.ts'
import type { CaseBirth, CaseEvent } from '../../shared/domain/case/events.ts'
import type { Case } from '../../shared/domain/case/case.ts'
import { addMinutes } from '../../shared/domain/instant.ts'

/** Who owns what in a network of one referring organisation, one desk and whatever group holds the case. */
export const plainDirectory: CaseDirectory = {
  ownerFor: (role, c) => {
    if (['router', 'delivery', 'operations'].includes(role)) return { role, orgId: 'network-desk' }
    if (['reader', 'final-reader', 'pool-lead'].includes(role)) {
      const held = c.phase.state === 'offered' ? c.phase.offer : 'claim' in c.phase ? c.phase.claim : undefined
      return { role, orgId: held?.groupOrgId ?? 'network-desk' }
    }
    return { role, orgId: c.referringOrgId }
  },
  emergencyOwner: (role, c) => ({ role, orgId: c.referringOrgId }),
  rung: (_c, rung) => ({ rungName: `rung-${rung}`, orgId: 'network-desk', personId: 'p-desk' }),
  rungCount: () => 3,
  overflowTiers: () => 2,
  nextShiftAt: () => undefined,
}

export const birthOf = (changes: Partial<CaseBirth> = {}): CaseBirth => ({
  schema: 'overread/case@4',
  referralId: 'alder-hospital.00000000000000000000000001',
  referringOrgId: 'alder-hospital',
  siteId: 'alder-main',
  cellId: 'eu-central',
  origin: 'AT',
  pathwayId: 'stroke',
  serviceLine: 'stroke',
  urgency: 'stat',
  clocks: {
    acceptMinutes: 10,
    prelimMinutes: 20,
    finalMinutes: 60,
    unclaimedMinutes: 5,
    offerMinutes: 3,
    acknowledgeMinutes: 60,
  },
  prelimFrom: 'study-available',
  order: { modality: 'CT', bodyPart: 'HEAD' },
  priority: 'stat',
  subspecialty: 'neuro',
  bodyRegion: 'head',
  subspecialtyDecidedBy: 'body-part',
  referrerPersonId: 'p-referrer',
  patient: { ciphertext: 'c2VhbGVk', keyId: 'k', context: {} },
  milestones: { pausedAcceptanceMinutes: 0, pausedReadingMinutes: 0 },
  images: { expected: 0, stored: 0, failed: 0, complete: false },
  routing: { tier: 0, asked: [], round: 0 },
  readingGroups: [],
  reports: [],
  escalations: [],
  exceptions: [],
  emergencies: [],
  missingHistory: [],
  criticalResults: [],
  ...changes,
})

/** Applies commands with the minutes that pass before each; what the case refuses is left out. */
export function historyOf(
  start: string,
  steps: readonly (readonly [afterMinutes: number, command: CaseCommand])[],
): CaseEvent[] {
  const events: CaseEvent[] = []
  let current: Case | undefined
  let at = start
  let drawn = 0
  const newId = () => String(++drawn).padStart(26, '0')
  for (const [afterMinutes, command] of steps) {
    at = addMinutes(at, afterMinutes)
    const timed = command.command === 'fire-due' ? { ...command, now: at } : command
    const by = { kind: 'person', id: 'p-somebody' } as const
    const decision = decideCase(current, timed, { at, by, directory: plainDirectory, newId })
    if (decision.kind === 'refused') continue
    events.push(...decision.events)
    current = decision.case
  }
  return events
}

const readers = [
  ['r-one', 'alpine-reading'],
  ['r-two', 'baltic-reading'],
] as const

const follow = (readerId: string, groupOrgId: string): fc.Arbitrary<CaseCommand>[] => [
  fc.constant({ command: 'offer', readerId, groupOrgId, poolId: 'pool', decisionId: 'd', tier: 0 }),
  fc.constant({ command: 'claim', claim: { readerId, groupOrgId, decisionId: 'd' } }),
  fc.constant({ command: 'release-claim', readerId, because: 'returned' }),
  ...(['preliminary', 'final', 'addendum'] as const).map((kind) =>
    fc.constant<CaseCommand>({ command: 'file-report', kind, reportId: 'r', readerId, sha256: '0'.repeat(64) }),
  ),
]

const anyCommand: fc.Arbitrary<CaseCommand> = fc.oneof(
  ...readers.flatMap(([readerId, groupOrgId]) => follow(readerId, groupOrgId)),
  fc.constant<CaseCommand>({ command: 'accept' }),
  fc.constant<CaseCommand>({ command: 'request-information', item: 'prior-study' }),
  fc.constant<CaseCommand>({ command: 'provide-information' }),
  fc.constant<CaseCommand>({ command: 'open-upload', uploadId: 'u', objects: 2 }),
  fc.constant<CaseCommand>({ command: 'count-images', expected: 2, stored: 2, failed: 0, complete: true }),
  fc.constant<CaseCommand>({ command: 'deliver', recipientOrgId: 'alder-hospital' }),
  fc.constant<CaseCommand>({ command: 'acknowledge' }),
  fc.constant<CaseCommand>({ command: 'fire-due', now: '' }),
  fc.constant<CaseCommand>({ command: 'raise-exception', code: 'processing-failed' }),
  fc.constant<CaseCommand>({ command: 'resolve-exception', resolution: 'retry' }),
  fc.integer({ min: 1, max: 3 }).map((n): CaseCommand => ({
    command: 'acknowledge-escalation',
    escalationId: String(n).padStart(26, '0'),
  })),
)

/** Mostly the main job, with detours: uniformly random commands would hardly ever reach a signed report. */
const mainJob: readonly CaseCommand[] = [
  { command: 'accept' },
  { command: 'open-upload', uploadId: 'u', objects: 2 },
  { command: 'count-images', expected: 2, stored: 2, failed: 0, complete: true },
  { command: 'offer', readerId: 'r-one', groupOrgId: 'alpine-reading', poolId: 'pool', decisionId: 'd', tier: 0 },
  { command: 'claim', claim: { readerId: 'r-one', groupOrgId: 'alpine-reading', decisionId: 'd' } },
  { command: 'file-report', kind: 'preliminary', reportId: 'r', readerId: 'r-one', sha256: '0'.repeat(64) },
  { command: 'file-report', kind: 'final', reportId: 'r', readerId: 'r-one', sha256: '0'.repeat(64) },
  { command: 'deliver', recipientOrgId: 'alder-hospital' },
  { command: 'acknowledge' },
]

const detour = fc.array(fc.tuple(fc.integer({ min: 0, max: 900 }), anyCommand), { maxLength: 3 })
const minutes = fc.oneof(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 4000 }))

const vetting = fc.constantFrom('waived' as const, 'manual' as const, { rejectedBy: 'rule' })
const ending = fc.option(
  fc.constantFrom<CaseCommand>(
    { command: 'cancel', reason: 'patient-declined' },
    { command: 'cancel', reason: 'entered-in-error' },
  ),
)

/** Histories of one case each, as the domain itself makes them. */
export const anyHistory = (birth: fc.Arbitrary<CaseBirth>): fc.Arbitrary<CaseEvent[]> =>
  fc
    .tuple(
      birth,
      fc.integer({ min: 0, max: 60 * 24 * 40 }),
      vetting,
      fc.array(fc.tuple(minutes, detour), { minLength: mainJob.length, maxLength: mainJob.length }),
      fc.integer({ min: 0, max: mainJob.length }),
      ending,
    )
    .map(([born, offset, vetted, pace, cut, end]) => {
      const steps: [number, CaseCommand][] = [[0, { command: 'submit', birth: born, vetting: vetted, rule: 'r' }]]
      for (const [at, command] of mainJob.slice(0, cut).entries()) {
        const [wait, detours] = pace[at]!
        steps.push(...detours, [wait, command])
      }
      if (end !== null) steps.push([5, end])
      return historyOf(addMinutes('2026-10-20T00:00:00.000Z', offset), steps)
    })
