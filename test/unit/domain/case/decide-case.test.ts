import { describe, expect, it } from 'vitest'
import type { Case } from '../../../../shared/domain/case/case.ts'
import type { CaseCommand } from '../../../../shared/domain/case/commands.ts'
import { decideCase, type CaseDecision } from '../../../../shared/domain/case/decide.ts'
import { nextDueAt } from '../../../../shared/domain/case/due.ts'
import type { CaseEvent } from '../../../../shared/domain/case/events.ts'
import { addMinutes, minutesBetween } from '../../../../shared/domain/instant.ts'
import {
  claim,
  contextAt,
  course,
  offer,
  report,
  START,
  submit,
  untilAvailable,
  untilClaimed,
  untilDelivered,
  untilFinal,
} from '../../../builders/case-builder.ts'

const decideAt = (c: Case, at: string, command: CaseCommand): CaseDecision =>
  decideCase(c, command.command === 'fire-due' ? { ...command, now: at } : command, contextAt(at))

const codeOf = (decision: CaseDecision): string => (decision.kind === 'refused' ? decision.code : 'accepted')

const accepted = (decision: CaseDecision): Extract<CaseDecision, { kind: 'accepted' }> => {
  if (decision.kind === 'refused') throw new Error(decision.code)
  return decision
}

const after = (c: Case, at: string, command: CaseCommand): Case => accepted(decideAt(c, at, command)).case
const sweep: CaseCommand = { command: 'fire-due', now: START }
const LATER = '2026-11-24T03:10:00.000Z'

/** Carries out commands with the minutes that pass before each. */
const timed = (steps: readonly (readonly [afterMinutes: number, command: CaseCommand])[]): Case => {
  const [[, first] = [0, submit()], ...rest] = steps
  return rest.reduce<{ at: string; case: Case }>(
    (told, [minutes, command]) => {
      const at = addMinutes(told.at, minutes)
      return { at, case: after(told.case, at, command) }
    },
    { at: START, case: course([first]).case },
  ).case
}

describe('what a reader holds', () => {
  const claimed = course(untilClaimed).case
  const offered = course([...untilAvailable, offer]).case
  const another = { readerId: 'r-costa', groupOrgId: 'tejo-reads', decisionId: 'd-2' }

  it.each<[string, Case, CaseCommand, string]>([
    ['renew the claim', claimed, { command: 'renew-claim', readerId: 'r-costa' }, 'claim-lost'],
    [
      'release the claim',
      claimed,
      { command: 'release-claim', readerId: 'r-costa', because: 'returned' },
      'claim-lost',
    ],
    ['file a preliminary report', claimed, report('preliminary', 'r-costa'), 'claim-lost'],
    ['sign a final report', claimed, report('final', 'r-costa'), 'claim-lost'],
    ['add an addendum', course(untilDelivered).case, report('addendum', 'r-costa'), 'claim-lost'],
    ['claim what is claimed', claimed, { command: 'claim', claim: another }, 'claim-held'],
    ['claim what the holder was offered', offered, { command: 'claim', claim: another }, 'claim-held'],
    ['claim without an offer', course(untilAvailable).case, { command: 'claim', claim: another }, 'illegal-transition'],
    ['decline what another was offered', offered, { command: 'decline-offer', readerId: 'r-costa' }, 'claim-lost'],
  ])('nobody else can %s', (_, c, command, code) => {
    expect(codeOf(decideAt(c, LATER, command))).toBe(code)
  })

  it.each<[string, Case, CaseCommand]>([
    ['renews the claim', claimed, { command: 'renew-claim', readerId: 'r-weber' }],
    ['releases the claim', claimed, { command: 'release-claim', readerId: 'r-weber', because: 'returned' }],
    ['signs', claimed, report('final')],
    ['adds an addendum', course(untilDelivered).case, report('addendum')],
    ['declines', offered, { command: 'decline-offer', readerId: 'r-weber' }],
  ])('the holder %s', (_, c, command) => {
    expect(codeOf(decideAt(c, LATER, command))).toBe('accepted')
  })

  it('is held for as long again from each renewal, and no longer', () => {
    const { dueAt } = claimed.timer ?? { dueAt: '' }
    const justBefore = addMinutes(dueAt, -1)
    const renewed = after(claimed, justBefore, { command: 'renew-claim', readerId: 'r-weber' })
    const span = minutesBetween(claimed.timer?.startedAt ?? '', dueAt)
    expect(renewed.timer?.dueAt).toBe(addMinutes(justBefore, span))
    expect(after(renewed, dueAt, sweep).phase.state).toBe('claimed')
    expect(after(renewed, addMinutes(justBefore, span), sweep).phase.state).toBe('study-available')
  })
})

describe('what a case waits for', () => {
  const ask: CaseCommand = { command: 'request-information', item: 'consent' }
  const answer: CaseCommand = { command: 'provide-information' }
  const claimIt: CaseCommand = { command: 'claim', claim }
  const untilRead = untilClaimed.map((command) => [1, command] as const)

  it('is the sum of all its waits for an answer, before acceptance and after it apart', () => {
    const vetted: CaseCommand = { ...submit('oncology-follow-up'), vetting: 'manual' } as CaseCommand
    const [, ...images] = untilAvailable
    const { milestones } = timed([
      [0, vetted],
      [1, ask],
      [10, answer],
      [1, ask],
      [20, answer],
      [1, { command: 'accept' }],
      ...images.map((command) => [1, command] as const),
      [1, offer],
      [1, claimIt],
      [1, ask],
      [3, answer],
      [1, ask],
      [4, answer],
    ])
    expect(milestones).toMatchObject({ pausedAcceptanceMinutes: 30, pausedReadingMinutes: 7 })
    expect(milestones.pausedAt).toBeUndefined()
  })

  it('puts the target of the reading off by as much', () => {
    const unpaused = timed(untilRead).target?.dueAt ?? ''
    const paused = timed([...untilRead, [1, ask], [3, answer], [1, ask], [4, answer]]).target?.dueAt
    expect(paused).toBe(addMinutes(unpaused, 7))
  })
})

describe('the readers who were asked', () => {
  const decline: CaseCommand = { command: 'decline-offer', readerId: 'r-weber' }
  const declined = course([...untilAvailable, offer, decline]).case
  const overflow = (c: Case): Case => after(c, LATER, { command: 'enter-overflow' })

  it('are not asked again while another tier is left, and all of them once there is none', () => {
    let current = overflow(declined)
    expect(current.routing).toEqual({ tier: 1, asked: ['r-weber'], round: 0 })
    for (let tier = current.routing.tier; current.routing.round === 0; tier = current.routing.tier) {
      current = overflow(current)
      if (current.routing.tier > tier) expect(current.routing.asked).toEqual(['r-weber'])
    }
    expect(current.routing).toMatchObject({ asked: [], round: 1 })
    expect(current.routing.tier).toBeGreaterThan(1)
  })

  it('stay in the order of their last offer, each once', () => {
    const costa = { ...offer, readerId: 'r-costa' } as CaseCommand
    const told = course([
      ...untilAvailable,
      offer,
      decline,
      costa,
      { command: 'decline-offer', readerId: 'r-costa' },
      offer,
      decline,
    ])
    expect(told.case.routing.asked).toEqual(['r-costa', 'r-weber'])
  })
})

describe('what is due', () => {
  it('is due at its very minute and not before', () => {
    const c = course(untilAvailable).case
    const dueAt = nextDueAt(c) ?? ''
    const early = new Date(Date.parse(dueAt) - 1).toISOString()
    expect(accepted(decideAt(c, early, sweep)).events).toEqual([])
    expect(accepted(decideAt(c, dueAt, sweep)).events).not.toEqual([])
  })

  it('climbs the ladder at the very minute of the target, and the next rung a quarter of the target later', () => {
    const claimed = course(untilClaimed).case
    const { dueAt = '' } = claimed.target ?? {}
    const c = after(claimed, addMinutes(dueAt, -5), { command: 'renew-claim', readerId: 'r-weber' })
    const early = new Date(Date.parse(dueAt) - 1).toISOString()
    const typesAt = (at: string) => accepted(decideAt(c, at, sweep)).events.map(({ type }) => type)
    expect(typesAt(early)).not.toContain('escalated')
    expect(typesAt(dueAt)).toContain('escalated')
    const escalated = after(c, dueAt, sweep)
    expect(escalated.escalations.map(({ clock, rung }) => [clock, rung])).toEqual([['prelim', 1]])
    expect(escalated.target).toMatchObject({ rungsClimbed: 1 })
    expect(minutesBetween(dueAt, escalated.target?.dueAt ?? '')).toBe((c.clocks.prelimMinutes ?? 0) / 4)
  })

  it('comes back before half of the first wait has passed again, when a call was not heard', () => {
    const vetted = { ...submit('oncology-follow-up'), vetting: 'manual' } as CaseCommand
    const c = course([vetted]).case
    const first = nextDueAt(c) ?? ''
    const called = after(c, first, sweep)
    expect(called.escalations).toHaveLength(1)
    const again = minutesBetween(first, nextDueAt(called) ?? '')
    expect(again).toBeGreaterThanOrEqual(1)
    expect(again).toBeLessThan(minutesBetween(START, first) / 2)
    expect(after(called, nextDueAt(called) ?? '', sweep).escalations).toHaveLength(2)
  })

  it('hands a report that cannot be delivered to somebody by name at the fifth attempt, not later', () => {
    let current = course(untilFinal).case
    const events: CaseEvent[] = []
    for (let fired = 0; fired < 8 && current.phase.state === 'final-signed'; fired++) {
      const told = accepted(decideAt(current, nextDueAt(current) ?? '', sweep))
      events.push(...told.events)
      current = told.case
    }
    const four = Array.from({ length: 4 }, () => 'delivery-failed')
    expect(events.map(({ type }) => type)).toEqual([...four, 'exception-raised'])
    expect(current.phase).toMatchObject({ state: 'exception', code: 'delivery-failed' })
    expect(current.owner?.personId).toBe('p-operations')
  })

  it('says what is wrong when no images came: none at all, or not all of them', () => {
    const [submitted, opened] = [submit('urgent-inpatient'), untilAvailable[1]!]
    const fired = (commands: readonly CaseCommand[]) => {
      const c = course(commands).case
      return after(c, nextDueAt(c) ?? '', sweep).phase
    }
    const counted: CaseCommand = { command: 'count-images', expected: 2, stored: 0, failed: 0, complete: false }
    expect(fired([submitted])).toMatchObject({ state: 'exception', code: 'no-upload-opened' })
    expect(fired([submitted, opened])).toMatchObject({ state: 'exception', code: 'no-images' })
    expect(fired([submitted, opened, { ...counted, failed: 1 }])).toMatchObject({ code: 'images-incomplete' })
    expect(fired([submitted, opened, { ...counted, stored: 1 }])).toMatchObject({ code: 'images-incomplete' })
  })
})

describe('an escalation', () => {
  const claimed = course(untilClaimed).case
  const called = after(claimed, claimed.target?.dueAt ?? '', sweep)
  const escalationId = called.escalations[0]?.escalationId ?? ''

  it('is acknowledged once, and one that nobody knows is not found', () => {
    const acknowledged = after(called, LATER, { command: 'acknowledge-escalation', escalationId })
    expect(acknowledged.escalations[0]).toMatchObject({ acknowledgedAt: LATER, acknowledgedBy: 'test' })
    expect(codeOf(decideAt(acknowledged, LATER, { command: 'acknowledge-escalation', escalationId }))).toBe('not-found')
    expect(codeOf(decideAt(called, LATER, { command: 'acknowledge-escalation', escalationId: 'e' }))).toBe('not-found')
  })
})
