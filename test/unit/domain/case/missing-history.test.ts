import { describe, expect, test } from 'vitest'
import type { CaseCommand } from '../../../../shared/domain/case/commands.ts'
import { decideCase } from '../../../../shared/domain/case/decide.ts'
import { nextDueAt } from '../../../../shared/domain/case/due.ts'
import {
  claim,
  contextAt,
  course,
  images,
  offer,
  report,
  START,
  submitWith,
  upload,
  type Vetting,
} from '../../../builders/case-builder.ts'

const lacking = (vetting: Vetting = 'waived'): CaseCommand =>
  submitWith({ missingHistory: ['last-known-well'] }, vetting)
const answer: CaseCommand = { command: 'provide-information' }
const coordinator = { role: 'coordinator', orgId: 'donau-klinikum', personId: 'p-coordinator-vienna' }
const codesOpen = (commands: readonly CaseCommand[]) =>
  course(commands).case.exceptions.flatMap(({ code, resolvedAt }) => (resolvedAt === undefined ? [code] : []))

describe('a referral that lacks what its pathway asks of the history', () => {
  test('goes on, and the site is asked from its submission on, before anybody accepts it', () => {
    expect(course([lacking()]).case).toMatchObject({
      phase: { state: 'accepted' },
      exceptions: [{ code: 'history-missing', raisedAt: START, owner: coordinator }],
    })
    expect(course([lacking('manual')]).case).toMatchObject({
      phase: { state: 'triage' },
      exceptions: [{ code: 'history-missing' }],
    })
    expect(course([lacking(), upload, images(true)]).case.phase.state).toBe('study-available')
  })

  test('is complete once the site has answered, wherever the case is by then', () => {
    for (const before of [
      [lacking()],
      [lacking(), upload, images(true), offer, { command: 'claim', claim } as const],
    ]) {
      expect(codesOpen([...before, answer])).toEqual([])
      expect(course([...before, answer]).case.phase).toEqual(course(before).case.phase)
    }
    const twice = decideCase(course([lacking(), answer]).case, answer, contextAt(START))
    expect(twice).toMatchObject({ code: 'illegal-transition' })
  })

  test('still lacks it when a question about something else was answered', () => {
    const asked: CaseCommand[] = [lacking('manual'), { command: 'request-information', item: 'consent' }, answer]
    expect(codesOpen(asked)).toEqual(['history-missing'])
    expect(codesOpen([...asked, answer])).toEqual([])
  })

  test('has its coordinator called in the time of an exception', () => {
    const { case: c } = course([lacking(), upload, images(true), offer, { command: 'claim', claim }])
    const now = '2026-11-24T03:15:00.000Z'
    const decision = decideCase(c, { command: 'fire-due', now }, contextAt(now))
    if (decision.kind === 'refused') throw new Error(decision.code)
    const called = decision.events.flatMap((e) => (e.type === 'escalated' ? [e.escalation] : []))
    expect(called.map(({ clock, personId }) => [clock, personId])).toContainEqual([
      'aside:history-missing',
      'p-coordinator-vienna',
    ])
  })

  test('owes it no longer when the final report is signed, or the case is closed', () => {
    const read: CaseCommand[] = [upload, images(true), offer, { command: 'claim', claim }]
    expect(codesOpen([lacking(), ...read, report('preliminary')])).toEqual(['history-missing'])
    expect(codesOpen([lacking(), ...read, report('final')])).toEqual([])
    const cancelled = course([lacking(), { command: 'cancel', reason: 'other' }]).case
    expect(nextDueAt(cancelled)).toBeNull()
    expect(course([lacking({ rejectedBy: 'whole-slide' })]).case.exceptions).toEqual([])
  })

  test('is one of several things beside the path, each of which is resolved by its name', () => {
    const both = submitWith({ missingHistory: ['last-known-well'], subspecialtyDecidedBy: 'fallback' })
    const resolve = (code?: 'unmapped'): CaseCommand => ({
      command: 'resolve-exception',
      resolution: 'other',
      ...(code === undefined ? {} : { code }),
    })
    expect(codesOpen([both, resolve('unmapped')])).toEqual(['history-missing'])
    expect(codesOpen([both, resolve()])).toEqual([])
  })
})
