import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CaseSchema, type Case } from '../../../../shared/domain/case/case.ts'
import type { CaseCommand } from '../../../../shared/domain/case/commands.ts'
import { decideCase } from '../../../../shared/domain/case/decide.ts'
import { isUnderWay } from '../../../../shared/domain/case/emergency.ts'
import { nextDueAt } from '../../../../shared/domain/case/due.ts'
import { CaseEventSchema, eventRules, type CaseEvent, type EventRule } from '../../../../shared/domain/case/events.ts'
import { evolve, replay } from '../../../../shared/domain/case/evolve.ts'
import { isTerminal, mayFollow, stateRules, type CaseState } from '../../../../shared/domain/case/states.ts'
import { addMinutes } from '../../../../shared/domain/instant.ts'
import {
  claim,
  contextAt,
  course,
  images,
  offer,
  report,
  START,
  submit,
  untilAvailable,
  untilClaimed,
  untilDelivered,
  untilFinal,
  upload,
} from '../../../builders/case-builder.ts'

type Step = { readonly kind: 'command'; readonly command: CaseCommand } | { readonly kind: 'wait-until-due' }

const newest = 'newest'
const emergencyFor = (readerId: string): CaseCommand => ({
  command: 'declare-emergency',
  emergencyId: newest,
  reason: 'threat-to-life',
  readerId,
  readerPersonId: readerId.replace('r-', 'p-'),
  personId: 'p-coordinator-vienna',
  minutes: 60,
  reviewMinutes: 72 * 60,
})

/** A command of the story with the id that its emergency has there; a claim says an emergency where the reader has one. */
function named(command: CaseCommand, c: Case | undefined): CaseCommand {
  const emergencies = c?.emergencies ?? []
  switch (command.command) {
    case 'declare-emergency':
      return { ...command, emergencyId: `e-${emergencies.length}` }
    case 'confirm-emergency':
    case 'review-emergency':
      return { ...command, emergencyId: `e-${emergencies.length - 1}` }
    case 'claim': {
      const { emergencyId: _, ...plain } = command
      const mine = emergencies.findLast((one) => one.readerId === command.claim.readerId && isUnderWay(one))
      return mine === undefined || command.emergencyId === undefined
        ? plain
        : { ...plain, emergencyId: mine.emergencyId }
    }
    default:
      return command
  }
}

const readers = fc.constantFrom('r-weber', 'r-costa')
const command: fc.Arbitrary<CaseCommand> = fc.oneof(
  fc.constantFrom<CaseCommand>(
    { command: 'start-triage' },
    { command: 'accept' },
    { command: 'reject', reason: 'not-indicated' },
    { command: 'request-information', item: 'consent' },
    { command: 'provide-information' },
    { command: 'cancel', reason: 'duplicate' },
    upload,
    images(false),
    images(true),
    images(true),
    offer,
    offer,
    { command: 'enter-overflow' },
    { command: 'claim', claim },
    { command: 'claim', claim },
    { command: 'deliver', recipientOrgId: 'donau-klinikum' },
    { command: 'fail-delivery' },
    { command: 'acknowledge' },
    { command: 'raise-exception', code: 'processing-failed' },
    { command: 'resolve-exception', resolution: 'retry' },
    { command: 'nothing' },
  ),
  readers.map(emergencyFor),
  fc.constantFrom<CaseCommand>(
    { command: 'confirm-emergency', emergencyId: newest, personId: 'p-duty-vienna' },
    { command: 'confirm-emergency', emergencyId: newest, personId: 'p-duty-vienna' },
    { command: 'confirm-emergency', emergencyId: newest, personId: 'p-coordinator-vienna' },
    { command: 'confirm-emergency', emergencyId: newest, personId: 'p-weber' },
    { command: 'review-emergency', emergencyId: newest, personId: 'p-privacy-vienna', outcome: 'appropriate' },
    { command: 'review-emergency', emergencyId: newest, personId: 'p-costa', outcome: 'appropriate' },
    { command: 'claim', claim, emergencyId: newest },
    {
      command: 'claim',
      claim: { readerId: 'r-costa', groupOrgId: 'tejo-reads', decisionId: 'd-2' },
      emergencyId: newest,
    },
  ),
  readers.map((readerId): CaseCommand => ({ command: 'renew-claim', readerId })),
  readers.map((readerId): CaseCommand => ({ command: 'decline-offer', readerId })),
  readers.map((readerId): CaseCommand => ({ command: 'release-claim', readerId, because: 'returned' })),
  fc.constantFrom('preliminary', 'final', 'final', 'addendum').map((kind) => report(kind as 'final')),
)
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: command.map((one): Step => ({ kind: 'command', command: one })) },
  { weight: 2, arbitrary: fc.constant<Step>({ kind: 'wait-until-due' }) },
)
const pathways = fc.constantFrom('stroke', 'urgent-inpatient', 'oncology-follow-up', 'routine-orthopaedic')
type Vetting = 'waived' | 'manual' | { readonly rejectedBy: string }
const vettings = fc.constantFrom<Vetting>('waived', 'manual', 'manual', {
  rejectedBy: 'test',
})

interface Told {
  readonly case: Case
  readonly events: readonly CaseEvent[]
}

/** Tells a whole story and hands each accepted decision to `look`. */
function tell(
  pathwayId: string,
  vetting: Vetting,
  steps: readonly Step[],
  look: (before: Case | undefined, told: Told) => void,
): Told {
  let at = START
  let current: Case | undefined
  const events: CaseEvent[] = []
  const carryOut = (one: CaseCommand) => {
    const decision = decideCase(current, named(one, current), contextAt(at))
    if (decision.kind === 'refused') return
    look(current, { case: decision.case, events: decision.events })
    current = decision.case
    events.push(...decision.events)
  }
  carryOut({ ...submit(pathwayId), vetting } as CaseCommand)
  for (const one of steps) {
    const due = current === undefined ? null : nextDueAt(current)
    at =
      one.kind === 'wait-until-due' && due !== null && due > at ? due : new Date(Date.parse(at) + 30_000).toISOString()
    carryOut(one.kind === 'command' ? one.command : { command: 'fire-due', now: at })
  }
  if (current === undefined) throw new Error('the story has a case')
  return { case: current, events }
}

const stories = (look: (before: Case | undefined, told: Told) => void, after: (told: Told) => void = () => undefined) =>
  fc.assert(
    fc.property(pathways, vettings, fc.array(step, { minLength: 1, maxLength: 60 }), (pathwayId, vetting, steps) => {
      after(tell(pathwayId, vetting, steps, look))
    }),
    { numRuns: 400 },
  )

describe('over random courses of a case', () => {
  it('no state is reached that the table does not let follow', () => {
    stories((before, told) => {
      let current = before
      for (const event of told.events) {
        const next = evolve(current, event)
        const from: CaseState | undefined = current?.phase.state
        if (from !== undefined && from !== next.phase.state) expect(mayFollow(from, next.phase.state)).toBe(true)
        const rule: EventRule = eventRules[event.type]
        if (from !== undefined && Array.isArray(rule.from)) expect(rule.from).toContain(from)
        current = next
      }
    })
  })

  it('no open case is without an owner and a timer, and no closed one has either', () => {
    stories((_, told) => {
      const { owner, timer, phase, target } = told.case
      if (isTerminal(phase.state)) {
        expect([owner, timer, target]).toEqual([null, null, null])
        return
      }
      expect(owner?.orgId).toBeTruthy()
      expect(timer?.dueAt).toBeTruthy()
      expect(nextDueAt(told.case)).not.toBeNull()
    })
  })

  it('an emergency has two people and a reader who is neither, an owner until it is reviewed, and no claim outlives it', () => {
    stories((_, { case: c }) => {
      for (const one of c.emergencies) {
        const part = [one.declaredBy, one.readerPersonId, ...(one.confirmedBy === undefined ? [] : [one.confirmedBy])]
        expect(new Set(part).size).toBe(part.length)
        if (one.reviewed !== undefined) expect(part).not.toContain(one.reviewed.by)
        const isDone = one.reviewed !== undefined || (one.endedAt !== undefined && one.confirmedAt === undefined)
        expect(one.owner === null).toBe(isDone)
        if (!isDone) expect(nextDueAt(c)).not.toBeNull()
      }
      if (c.phase.state !== 'claimed') return
      const { readerId, claimedAt } = c.phase.claim
      const mine = c.emergencies.filter((one) => one.readerId === readerId)
      if (mine.some((one) => one.claimedAt === claimedAt))
        expect(mine.some(({ endedAt }) => endedAt === undefined)).toBe(true)
    })
  })

  it('no cancelled or expired case holds a report, whatever happened after it was filed', () => {
    const reported = fc.constantFrom([...untilClaimed, report('preliminary')], untilFinal, untilDelivered)
    const detours = fc.constantFrom<CaseCommand>(
      { command: 'raise-exception', code: 'processing-failed' },
      { command: 'cancel', reason: 'duplicate' },
    )
    fc.assert(
      fc.property(
        reported,
        fc.array(fc.oneof(command, detours), { minLength: 1, maxLength: 20 }),
        (before, commands) => {
          let current = course(before).case
          for (const one of commands) {
            const decision = decideCase(current, one, contextAt('2026-11-24T04:00:00.000Z'))
            if (decision.kind === 'accepted') current = decision.case
            expect(['cancelled', 'expired']).not.toContain(current.phase.state)
          }
        },
      ),
      { numRuns: 400 },
    )
  })

  it('the events replay to the very same case, through their stored form', () => {
    stories(
      () => undefined,
      (told) => {
        const stored = told.events.map((event) => CaseEventSchema.parse(JSON.parse(JSON.stringify(event))))
        expect(replay(stored)).toEqual(told.case)
        expect(CaseSchema.parse(JSON.parse(JSON.stringify(told.case)))).toEqual(told.case)
        expect(told.case.eventCount).toBe(told.events.length)
      },
    )
  })

  it('what is due moves on when it is fired: the sweep never fires the same minute for ever', () => {
    stories(
      () => undefined,
      (told) => {
        let current = told.case
        for (let fired = 0; fired < 200; fired++) {
          const due = nextDueAt(current)
          if (due === null) return
          const decision = decideCase(current, { command: 'fire-due', now: due }, contextAt(due))
          if (decision.kind === 'refused') throw new Error(`a due timer was refused: ${decision.code}`)
          expect(decision.events.length).toBeGreaterThan(0)
          const next = nextDueAt(decision.case)
          if (next !== null) expect(next > due).toBe(true)
          current = decision.case
        }
      },
    )
  })
})

describe('a preliminary report', () => {
  const costa = { readerId: 'r-costa', groupOrgId: 'tejo-reads', decisionId: 'd-2' }
  const byWeber: CaseCommand = { command: 'release-claim', readerId: 'r-weber', because: 'returned' }
  const handedOver = [...untilClaimed, report('preliminary'), byWeber]
  const taken: CaseCommand[] = [
    { command: 'offer', ...costa, poolId: 'tejo-main', tier: 0 },
    { command: 'claim', claim: costa },
  ]

  it('outlives its reader: another signs the final, and the first one no more', () => {
    const { case: c } = course([...handedOver, ...taken])
    expect(c.reports.map(({ kind }) => kind)).toEqual(['preliminary'])
    expect(decideCase(c, report('final', 'r-weber'), contextAt(START))).toMatchObject({ code: 'claim-lost' })
    const signed = decideCase(c, report('final', 'r-costa'), contextAt(START))
    expect(signed).toMatchObject({ kind: 'accepted', case: { phase: { state: 'final-signed' } } })
  })

  it('is not unsaid by a cancellation, wherever its case waits', () => {
    for (const steps of [handedOver, [...handedOver, ...taken]]) {
      const cancelled = decideCase(course(steps).case, { command: 'cancel', reason: 'other' }, contextAt(START))
      expect(cancelled).toMatchObject({ kind: 'refused', code: 'illegal-transition' })
    }
  })

  it('does not expire with a question that nobody answers', () => {
    const ask: CaseCommand = { command: 'request-information', item: 'consent' }
    const [first, ...rest] = [...handedOver, ...taken, ask]
    let { case: c } = course([{ ...first, ...submit('oncology-follow-up') }, ...rest] as CaseCommand[])
    for (let fired = 0; fired < 5; fired++) {
      const now = nextDueAt(c) ?? START
      const decision = decideCase(c, { command: 'fire-due', now }, contextAt(now))
      if (decision.kind === 'refused') throw new Error(decision.code)
      c = decision.case
    }
    expect(c.phase.state).toBe('needs-information')
    expect(c.escalations.length).toBeGreaterThan(1)
  })

  it('leaves one clock, which began when the study was there, and one end, whatever happens', () => {
    const told = fc.array(step, { maxLength: 30 })
    const toBeHandedOver = [upload, images(true), ...handedOver.slice(untilAvailable.length)]
    fc.assert(
      fc.property(pathways, told, fc.boolean(), told, (pathwayId, early, isTaken, late) => {
        const between = [...toBeHandedOver, ...(isTaken ? taken : [])]
        const steps = [
          ...early.slice(0, 3),
          ...between.map((one): Step => ({ kind: 'command', command: one })),
          ...late,
        ]
        let filed = false
        tell(pathwayId, 'waived', steps, (_, { case: c }) => {
          filed ||= c.milestones.preliminaryAt !== undefined
          if (!filed) return
          expect(['cancelled', 'expired', 'rejected']).not.toContain(c.phase.state)
          const { availableAt, pausedReadingMinutes } = c.milestones
          if (c.target !== null)
            expect(c.target).toMatchObject({
              clock: 'final',
              startedAt: addMinutes(availableAt!, pausedReadingMinutes),
            })
        })
      }),
      { numRuns: 300 },
    )
  })
})

describe('the state table', () => {
  it('names only states that exist, and only terminal states have neither owner nor timer', () => {
    for (const [state, rule] of Object.entries(stateRules)) {
      for (const next of rule.next) expect(Object.keys(stateRules)).toContain(next)
      expect(rule.owner === null).toBe(rule.timer === null)
      expect(isTerminal(state as CaseState)).toBe(['acknowledged', 'rejected', 'cancelled', 'expired'].includes(state))
    }
  })

  it('lets every state be left and every state be reached', () => {
    const reachable = new Set<string>(['draft'])
    for (const state of reachable) for (const next of stateRules[state as CaseState].next) reachable.add(next)
    expect([...reachable].sort()).toEqual(Object.keys(stateRules).sort())
  })
})
