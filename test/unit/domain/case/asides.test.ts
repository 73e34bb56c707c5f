import { describe, expect, test } from 'vitest'
import { partiesOf } from '../../../../shared/domain/access/relations.ts'
import type { Case } from '../../../../shared/domain/case/case.ts'
import type { CaseCommand } from '../../../../shared/domain/case/commands.ts'
import { decideCase } from '../../../../shared/domain/case/decide.ts'
import { nextDueAt } from '../../../../shared/domain/case/due.ts'
import { replay } from '../../../../shared/domain/case/evolve.ts'
import { addMinutes, minutesBetween } from '../../../../shared/domain/instant.ts'
import {
  claim,
  contextAt,
  course,
  images,
  offer,
  report,
  START,
  submit,
  submitWith,
  upload,
  type Vetting,
} from '../../../builders/case-builder.ts'

const unmapped = (vetting: Vetting = 'waived'): CaseCommand =>
  submitWith({ subspecialty: 'general', subspecialtyDecidedBy: 'fallback' }, vetting)
const read: CaseCommand[] = [upload, images(true), offer, { command: 'claim', claim }, report('final')]
const ended: CaseCommand[] = [...read, { command: 'deliver', recipientOrgId: 'o' }, { command: 'acknowledge' }]
const resolve: CaseCommand = { command: 'resolve-exception', resolution: 'other' }
const exceptionsOf = (commands: readonly CaseCommand[]) => course(commands).case.exceptions

describe('an order that the map of subspecialties has no row for', () => {
  test('is the desk’s to look at from its acceptance on, and is read as general meanwhile', () => {
    const { case: c, events } = course([unmapped()])
    const owner = { role: 'operations', orgId: 'overread-operations', personId: 'p-operations' }
    expect(c.exceptions).toEqual([{ code: 'unmapped', raisedAt: START, owner }])
    expect(c.phase.state).toBe('accepted')
    expect(partiesOf(c)).toContain('overread-operations')
    expect(course([unmapped(), ...read]).case.phase.state).toBe('final-signed')
    expect(replay(events)).toEqual(c)
  })

  test('that somebody vets is raised once they have accepted it, and not again', () => {
    const accepted: CaseCommand[] = [unmapped('manual'), { command: 'accept' }]
    expect(exceptionsOf(accepted.slice(0, 1))).toEqual([])
    expect(exceptionsOf(accepted)).toHaveLength(1)
    expect(exceptionsOf([...accepted, resolve, ...ended])).toHaveLength(1)
    expect(exceptionsOf([submit()])).toEqual([])
  })

  test('has the desk called until somebody resolves it, and then whoever stands above', () => {
    let current: Case = course([unmapped(), ...read.slice(0, 2)]).case
    const called: [number, string][] = []
    for (let fired = 0; called.length < 5 && fired < 200; fired++) {
      const now = nextDueAt(current) ?? ''
      const decision = decideCase(current, { command: 'fire-due', now }, contextAt(now))
      if (decision.kind === 'refused') throw new Error(decision.code)
      for (const e of decision.events)
        if (e.type === 'escalated' && e.escalation.clock === 'aside:unmapped')
          called.push([minutesBetween(START, e.at), e.escalation.personId])
      current = decision.case
    }
    expect(called.map(([, person]) => person)).toEqual([
      ...['p-operations', 'p-operations', 'p-operations'],
      ...['p-duty-vienna', 'p-executive'],
    ])
    expect(called[0]?.[0]).toBe(15)
    const at = addMinutes(nextDueAt(current) ?? '', -1)
    const resolved = decideCase(current, resolve, contextAt(at))
    if (resolved.kind === 'refused') throw new Error(resolved.code)
    expect(resolved.case.exceptions).toMatchObject([{ code: 'unmapped', resolvedAt: at }])
    expect(resolved.case.phase).toEqual(current.phase)
    expect(decideCase(resolved.case, resolve, contextAt(at))).toMatchObject({ code: 'illegal-transition' })
  })

  test('waits behind what holds the case, which is resolved first', () => {
    const held: CaseCommand[] = [unmapped(), { command: 'raise-exception', code: 'processing-failed' }]
    const codesOpen = (commands: readonly CaseCommand[]) =>
      exceptionsOf(commands).flatMap(({ code, resolvedAt }) => (resolvedAt === undefined ? [code] : []))
    expect(codesOpen(held)).toEqual(['unmapped', 'processing-failed'])
    expect(codesOpen([...held, resolve])).toEqual(['unmapped'])
    expect(codesOpen([...held, resolve, resolve])).toEqual([])
  })

  test.each([
    ['is acknowledged', ended],
    ['is cancelled', [{ command: 'cancel', reason: 'other' } as const]],
  ])('is closed with a case that %s: nobody is called for it any more', (_, commands) => {
    const { case: c } = course([unmapped(), ...commands])
    expect(c.exceptions.map(({ resolvedAt }) => resolvedAt)).toEqual([expect.any(String)])
    expect(nextDueAt(c)).toBeNull()
  })
})
