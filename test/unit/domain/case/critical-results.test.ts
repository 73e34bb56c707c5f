import { describe, expect, test } from 'vitest'
import type { Case, Escalation } from '../../../../shared/domain/case/case.ts'
import type { CaseCommand } from '../../../../shared/domain/case/commands.ts'
import type { CriticalCategory } from '../../../../shared/domain/case/critical-result.ts'
import { decideCase } from '../../../../shared/domain/case/decide.ts'
import { nextDueAt } from '../../../../shared/domain/case/due.ts'
import { replay } from '../../../../shared/domain/case/evolve.ts'
import { addMinutes, minutesBetween } from '../../../../shared/domain/instant.ts'
import { contextAt, course, report, submit, untilClaimed } from '../../../builders/case-builder.ts'

const filed = (kind: 'preliminary' | 'final', critical: CriticalCategory): CaseCommand =>
  ({ ...report(kind), critical }) as CaseCommand

/** The calls about what one report declared, when nobody takes one up. */
function calls(start: Case, reportId: string, count: number): Escalation[] {
  const clock = `critical:${reportId}`
  const called = start.escalations.filter((one) => one.clock === clock)
  for (let current = start; called.length < count;) {
    const now = nextDueAt(current)
    if (now === null) throw new Error(`only ${called.length} calls`)
    const decision = decideCase(current, { command: 'fire-due', now }, contextAt(now))
    if (decision.kind === 'refused') throw new Error(decision.code)
    current = decision.case
    for (const e of decision.events)
      if (e.type === 'escalated' && e.escalation.clock === clock) called.push(e.escalation)
  }
  return called
}
const takenUp = (c: Case, one: Escalation | undefined, personId: string) => {
  const escalationId = one?.escalationId ?? ''
  const context = { ...contextAt(addMinutes(one?.raisedAt ?? '', 1)), by: { kind: 'person', id: personId } as const }
  const decision = decideCase(c, { command: 'acknowledge-escalation', escalationId }, context)
  if (decision.kind === 'refused') throw new Error(decision.code)
  return decision.case
}

describe('a report that declares a critical result', () => {
  test.each<[CriticalCategory, number[]]>([
    ['category-1', [0, 5, 10, 15, 30, 35, 40]],
    ['category-2', [0, 80, 160, 240, 480]],
    ['category-3', [0, 1440, 2880, 4320, 8640, 10080]],
    ['cancer', [0, 1440, 2880, 4320, 8640, 10080]],
  ])('of %s has the site called after so many minutes', (category, minutes) => {
    const { case: c } = course([...untilClaimed, filed('preliminary', category)])
    const [one] = c.criticalResults
    expect(one).toMatchObject({ category, owner: { personId: 'p-referrer-vienna' } })
    expect(minutesBetween(one?.declaredAt ?? '', one?.dueAt ?? '')).toBe(minutes[3])
    const called = calls(c, 'report-preliminary', minutes.length)
    expect(called.map(({ raisedAt }) => minutesBetween(one?.declaredAt ?? '', raisedAt))).toEqual(minutes)
    expect(called.map(({ personId }) => personId)).toEqual(
      [
        ...Array<string>(3).fill('p-referrer-vienna'),
        'p-duty-vienna',
        'p-executive',
        ...Array<string>(5).fill('p-duty-vienna'),
      ].slice(0, minutes.length),
    )
  })

  test('is called for until somebody of the site takes a call up, and no longer', () => {
    const { case: c, events } = course([...untilClaimed, filed('preliminary', 'category-1')])
    expect(replay(events)).toEqual(c)
    const taken = takenUp(c, c.escalations[0], 'p-referrer-vienna')
    expect(taken.criticalResults).toMatchObject([{ receivedBy: 'p-referrer-vienna' }])
    expect(taken.criticalResults[0]?.receivedAt).toBeDefined()
    expect((nextDueAt(taken) ?? '') > (nextDueAt(c) ?? '')).toBe(true)
  })

  test('is not received by an executive elsewhere, who hears of it and treats nobody', () => {
    const { case: c } = course([...untilClaimed, filed('preliminary', 'category-1')])
    const executive = calls(c, 'report-preliminary', 5).at(-1)
    const told = { ...c, escalations: [...c.escalations, ...(executive === undefined ? [] : [executive])] }
    expect(executive?.personId).toBe('p-executive')
    expect(takenUp(told, executive, 'p-executive').criticalResults[0]?.receivedAt).toBeUndefined()
  })

  test('is received by whoever acknowledges the delivered report', () => {
    const { case: c } = course([
      ...untilClaimed,
      filed('final', 'category-2'),
      { command: 'deliver', recipientOrgId: 'donau-klinikum' },
      { command: 'acknowledge' },
    ])
    expect(c.phase.state).toBe('acknowledged')
    expect(c.criticalResults).toMatchObject([{ receivedBy: 'test' }])
    expect(nextDueAt(c)).toBeNull()
  })

  test('has a clock of its own a report: what the final says is not what was heard of the preliminary', () => {
    const { case: c } = course([...untilClaimed, filed('preliminary', 'category-1'), filed('final', 'category-1')])
    expect(c.escalations.map(({ clock }) => clock)).toEqual(['critical:report-preliminary', 'critical:report-final'])
    const taken = takenUp(c, c.escalations[0], 'p-referrer-vienna')
    expect(taken.criticalResults.map(({ receivedAt }) => receivedAt === undefined)).toEqual([false, true])
  })

  test('calls whoever is on duty where the referrer has left the network', () => {
    const [first, ...rest] = [submit(), ...untilClaimed.slice(1)] as [Extract<CaseCommand, { command: 'submit' }>]
    const gone = { ...first, birth: { ...first.birth, referrerPersonId: 'p-gone' } }
    const { case: c } = course([gone, ...rest, filed('preliminary', 'cancer')])
    expect(c.escalations.map(({ personId }) => personId)).toEqual(['p-duty-vienna'])
  })

  test('that says nothing of it calls nobody', () => {
    const { case: c } = course([...untilClaimed, report('final')])
    expect([c.criticalResults, c.escalations]).toEqual([[], []])
  })
})
