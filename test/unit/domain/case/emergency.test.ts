import { describe, expect, it } from 'vitest'
import { CaseEventV1Schema, CaseEventV2Schema, CaseEventV3Schema } from '../../../../shared/domain/case/events.ts'
import { type Case } from '../../../../shared/domain/case/case.ts'
import { StoredCaseEventSchema, StoredCaseSchema } from '../../../../shared/domain/case/stored-case.ts'
import type { CaseCommand } from '../../../../shared/domain/case/commands.ts'
import { decideCase } from '../../../../shared/domain/case/decide.ts'
import { nextDueAt } from '../../../../shared/domain/case/due.ts'
import { breakGlassOf } from '../../../../shared/domain/case/emergency-access.ts'
import { addMinutes } from '../../../../shared/domain/instant.ts'
import { asWritten } from '../../../builders/earlier-case.ts'
import {
  contextAt,
  course,
  images,
  offer,
  report,
  START,
  submit,
  untilAvailable,
  upload,
} from '../../../builders/case-builder.ts'

const emergencyId = 'e-1'
const costa = { readerId: 'r-costa', groupOrgId: 'tejo-reads', decisionId: 'd-2' }
const declare: CaseCommand = {
  command: 'declare-emergency',
  emergencyId,
  reason: 'no-permitted-reader-in-time',
  readerId: 'r-costa',
  readerPersonId: 'p-costa',
  personId: 'p-coordinator-vienna',
  minutes: 60,
  reviewMinutes: 72 * 60,
}
const confirm: CaseCommand = { command: 'confirm-emergency', emergencyId, personId: 'p-duty-vienna' }
const claimIt: CaseCommand = { command: 'claim', claim: costa, emergencyId }
const review: CaseCommand = {
  command: 'review-emergency',
  emergencyId,
  personId: 'p-privacy-vienna',
  outcome: 'inappropriate',
}

/** What comes of a command so many minutes after the story began: the code of a refusal, or the case. */
const after = (c: Case, minutes: number, command: CaseCommand): Case | string => {
  const at = addMinutes(START, minutes)
  const timed = command.command === 'fire-due' ? { ...command, now: at } : command
  const decision = decideCase(c, timed, contextAt(at))
  return decision.kind === 'refused' ? decision.code : decision.case
}
const then = (c: Case, minutes: number, command: CaseCommand): Case => {
  const came = after(c, minutes, command)
  if (typeof came === 'string') throw new Error(came)
  return came
}
const sweep: CaseCommand = { command: 'fire-due', now: START }
const declared = course([...untilAvailable, declare]).case
const open = course([...untilAvailable, declare, confirm]).case
const claimed = course([...untilAvailable, declare, confirm, claimIt]).case
const declaredMinute = untilAvailable.length

describe('an emergency', () => {
  it('opens nothing until a second person has confirmed it', () => {
    expect(breakGlassOf(declared, 'r-costa', addMinutes(START, 4))).toBeUndefined()
    expect(after(declared, 4, claimIt)).toBe('illegal-transition')
    expect(breakGlassOf(open, 'r-costa', addMinutes(START, 5))).toMatchObject({
      invokedBy: 'p-coordinator-vienna',
      approvedBy: 'p-duty-vienna',
      narrativeId: emergencyId,
    })
    expect(breakGlassOf(open, 'r-weber', addMinutes(START, 5))).toBeUndefined()
  })

  it.each([
    [
      'declared by its reader',
      course(untilAvailable).case,
      { ...declare, personId: 'p-costa' },
      'second-person-needed',
    ],
    ['declared twice', declared, { ...declare, emergencyId: 'e-2' }, 'illegal-transition'],
    [
      'confirmed by who declared it',
      declared,
      { ...confirm, personId: 'p-coordinator-vienna' },
      'second-person-needed',
    ],
    ['confirmed by its reader', declared, { ...confirm, personId: 'p-costa' }, 'second-person-needed'],
    ['confirmed twice', open, { ...confirm, personId: 'p-triage-vienna' }, 'illegal-transition'],
    ['one that nobody knows', open, { ...confirm, emergencyId: 'e-9' }, 'not-found'],
    ['reviewed before it was confirmed', declared, review, 'illegal-transition'],
    ['reviewed by who confirmed it', open, { ...review, personId: 'p-duty-vienna' }, 'second-person-needed'],
    ['reviewed by its reader', open, { ...review, personId: 'p-costa' }, 'second-person-needed'],
    ['before there are images', course([submit()]).case, declare, 'illegal-transition'],
    [
      'on a signed case',
      course([
        ...untilAvailable,
        offer,
        { command: 'claim', claim: { ...costa, readerId: 'r-weber' } },
        report('final'),
      ]).case,
      declare,
      'illegal-transition',
    ],
    [
      'on a cancelled case',
      course([...untilAvailable, { command: 'cancel', reason: 'duplicate' }]).case,
      declare,
      'illegal-transition',
    ],
  ] as [string, Case, CaseCommand, string][])('is refused: %s', (_, c, command, code) => {
    expect(after(c, 5, command)).toBe(code)
  })

  it('cannot be confirmed after its window, and then needs no review', () => {
    expect(after(declared, declaredMinute + 60, confirm)).toBe('illegal-transition')
    const lapsed = then(declared, declaredMinute + 60, sweep)
    expect(lapsed.emergencies[0]).toMatchObject({ owner: null })
    expect(lapsed.emergencies[0]?.endedAt).toBeDefined()
    expect(after(lapsed, 70, review)).toBe('illegal-transition')
    expect(typeof after(lapsed, 70, { ...declare, emergencyId: 'e-2' })).not.toBe('string')
  })

  it('calls whoever must confirm, then whoever must review, each with an owner and a clock', () => {
    expect(declared.emergencies[0]?.owner).toMatchObject({ role: 'confirmer', personId: 'p-duty-vienna' })
    expect(open.emergencies[0]?.owner).toMatchObject({ role: 'reviewer', personId: 'p-privacy-vienna' })
    const calls = open.escalations.filter(({ clock }) => clock === `emergency:${emergencyId}`)
    expect(calls.map(({ rung, personId }) => [rung, personId])).toEqual([
      [1, 'p-duty-vienna'],
      [2, 'p-privacy-vienna'],
    ])
  })

  it('takes the case from whoever has been offered it, and from nobody who reads it', () => {
    const offered = course([...untilAvailable, declare, confirm, offer]).case
    expect(then(offered, 7, claimIt).phase).toMatchObject({ state: 'claimed', claim: { readerId: 'r-costa' } })
    const weber = { readerId: 'r-weber', groupOrgId: 'rheinblick-radiology', decisionId: 'd-1' }
    const held = then(offered, 7, { command: 'claim', claim: weber })
    expect(after(held, 8, claimIt)).toBe('claim-held')
  })

  it('ends with its window, and the claim that rests on it with it', () => {
    expect(after(open, declaredMinute + 60, claimIt)).toBe('illegal-transition')
    const renewed = then(claimed, 50, { command: 'renew-claim', readerId: 'r-costa' })
    const over = then(renewed, declaredMinute + 60, sweep)
    expect(over.phase.state).toBe('study-available')
    expect(breakGlassOf(over, 'r-costa', addMinutes(START, declaredMinute + 30))).toBeUndefined()
  })

  it('ends in the very minute in which the claim goes stale: what is due twice happens once', () => {
    const minute = declaredMinute + 60
    const renewed = then(claimed, minute - 15, { command: 'renew-claim', readerId: 'r-costa' })
    expect(renewed.timer?.dueAt).toBe(renewed.emergencies[0]?.expiresAt)
    const over = then(renewed, minute, sweep)
    expect(over.phase.state).toBe('study-available')
    expect(over.emergencies[0]?.endedAt).toBe(addMinutes(START, minute))
  })

  it('leaves a claim that never needed it, and one that another emergency carries', () => {
    const { emergencyId: _, ...plainly } = claimIt
    const plain = course([...untilAvailable, declare, confirm, plainly]).case
    const renewed = then(plain, 55, { command: 'renew-claim', readerId: 'r-costa' })
    expect(then(renewed, declaredMinute + 60, sweep).phase.state).toBe('claimed')
    const again = then(then(claimed, 50, { ...declare, emergencyId: 'e-2' }), 51, { ...confirm, emergencyId: 'e-2' })
    const carried = then(then(again, 55, { command: 'renew-claim', readerId: 'r-costa' }), declaredMinute + 60, sweep)
    expect(carried.phase.state).toBe('claimed')
    expect(then(carried, 100, { command: 'renew-claim', readerId: 'r-costa' }).phase.state).toBe('claimed')
    expect(then(then(carried, 100, { command: 'renew-claim', readerId: 'r-costa' }), 110, sweep).phase.state).toBe(
      'study-available',
    )
  })

  it('finds somebody for the final report where a preliminary one stands when it ends', () => {
    const preliminary = then(claimed, 10, report('preliminary', 'r-costa'))
    const over = then(preliminary, declaredMinute + 60, sweep)
    expect(over.phase.state).toBe('study-available')
    expect(over.target).toMatchObject({ clock: 'final', startedAt: preliminary.milestones.availableAt })
    expect(then(over, declaredMinute + 61, offer).phase.state).toBe('offered')
  })

  it('is judged by somebody else, which ends it at once', () => {
    const judged = then(claimed, 20, review)
    expect(judged.phase.state).toBe('study-available')
    expect(judged.emergencies[0]).toMatchObject({ owner: null, reviewed: { outcome: 'inappropriate' } })
    expect(after(judged, 21, review)).toBe('illegal-transition')
  })

  it('is called for every day past its date, in a closed case too, until it is reviewed', () => {
    let c = then(open, 10, { command: 'cancel', reason: 'no-longer-needed' })
    c = then(c, declaredMinute + 60, sweep)
    expect(c.phase.state).toBe('cancelled')
    expect(nextDueAt(c)).toBe(open.emergencies[0]?.reviewDueAt)
    for (const day of [3, 4, 5]) {
      c = then(c, declaredMinute + day * 24 * 60, sweep)
      expect(nextDueAt(c)).toBe(addMinutes(START, declaredMinute + (day + 1) * 24 * 60))
    }
    const late = c.escalations.filter(({ rung, clock }) => rung > 2 && clock === `emergency:${emergencyId}`)
    expect(late.map(({ personId }) => personId)).toEqual(['p-operations', 'p-operations', 'p-operations'])
    expect(nextDueAt(then(c, 8000, review))).toBeNull()
  })
})

describe('what earlier releases wrote', () => {
  it('is read as a case and as events of today', () => {
    const { events, case: c } = course([...untilAvailable, upload, images(true)].slice(0, 3))
    for (const schema of ['overread/case@1', 'overread/case@2', 'overread/case@3'] as const)
      expect(StoredCaseSchema.parse(asWritten(schema, c))).toEqual(c)
    const [first, ...rest] = events
    if (first?.type !== 'referral-drafted') throw new Error('no birth')
    for (const [schema, written] of [
      ['overread/case@1', CaseEventV1Schema],
      ['overread/case@2', CaseEventV2Schema],
      ['overread/case@3', CaseEventV3Schema],
    ] as const) {
      const drafted = { ...first, birth: asWritten(schema, first.birth) }
      expect(written.safeParse(drafted).success).toBe(true)
      expect([drafted, ...rest].map((one) => StoredCaseEventSchema.parse(one))).toEqual(events)
    }
  })
})
