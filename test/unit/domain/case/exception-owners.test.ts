import { describe, expect, test } from 'vitest'
import type { Case } from '../../../../shared/domain/case/case.ts'
import type { CaseCommand } from '../../../../shared/domain/case/commands.ts'
import { decideCase } from '../../../../shared/domain/case/decide.ts'
import { nextDueAt } from '../../../../shared/domain/case/due.ts'
import { ExceptionCodeSchema, exceptionOwners, type ExceptionCode } from '../../../../shared/domain/case/exceptions.ts'
import { contextAt, course, submit, untilClaimed, untilFinal, upload } from '../../../builders/case-builder.ts'

const above = ['p-operations', 'p-duty-vienna', 'p-executive']
const coordinator = ['p-coordinator-vienna', 'p-coordinator-vienna', ...above]
const desk = ['p-operations', 'p-operations', ...above]
const group = ['p-weber', 'p-lead-rheinblick', ...above]

/** By whom each is owned and who is called for it in turn, in a state in which it is raised. */
const expected: Readonly<Record<ExceptionCode, [CaseCommand[], owner: string, called: string[]]>> = {
  'no-upload-opened': [[submit()], 'p-coordinator-vienna', coordinator],
  'no-images': [[submit(), upload], 'p-coordinator-vienna', coordinator],
  'images-incomplete': [[submit(), upload], 'p-coordinator-vienna', coordinator],
  'identity-mismatch': [[submit(), upload], 'p-coordinator-vienna', coordinator],
  'unreadable-modality': [[submit(), upload], 'p-coordinator-vienna', coordinator],
  'no-reader': [untilClaimed, 'p-lead-rheinblick', ['p-lead-rheinblick', ...group.slice(1)]],
  'delivery-failed': [untilFinal, 'p-operations', desk],
  'processing-failed': [[submit(), upload], 'p-operations', desk],
}

const raised = (before: readonly CaseCommand[], code: ExceptionCode): Case =>
  course([...before, { command: 'raise-exception', code }]).case

/** Whom the exception's own clock calls, when nobody does anything. */
function calledFor(c: Case, calls: number): string[] {
  const called: string[] = []
  for (let current = c; called.length < calls;) {
    const now = nextDueAt(current)
    if (now === null) throw new Error(`only ${called.length} calls`)
    const decision = decideCase(current, { command: 'fire-due', now }, contextAt(now))
    if (decision.kind === 'refused') throw new Error(decision.code)
    for (const e of decision.events)
      if (e.type === 'escalated' && e.escalation.clock === 'state:exception') called.push(e.escalation.personId)
    current = decision.case
  }
  return called
}

describe('an exception is owned by whoever can do something about it, and its ladder begins with them', () => {
  test.each(ExceptionCodeSchema.options)('%s', (code) => {
    const [before, owner, called] = expected[code]
    const c = raised(before, code)
    expect(c.owner).toMatchObject({ role: exceptionOwners[code], personId: owner })
    expect(calledFor(c, called.length)).toEqual(called)
  })

  test('what Overread itself could not do is the desk’s, whoever the case waited for', () => {
    for (const before of [[submit()], untilClaimed, untilFinal])
      expect(raised(before, 'processing-failed').owner?.personId).toBe('p-operations')
  })
})
