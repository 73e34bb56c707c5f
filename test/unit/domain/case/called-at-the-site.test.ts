import { describe, expect, test } from 'vitest'
import type { Case } from '../../../../shared/domain/case/case.ts'
import type { CaseCommand } from '../../../../shared/domain/case/commands.ts'
import { decideCase } from '../../../../shared/domain/case/decide.ts'
import {
  contextAt,
  course,
  START,
  submit,
  untilClaimed,
  untilDelivered,
  upload,
} from '../../../builders/case-builder.ts'

/** Whom the calls go to on a state's own clock, when nobody does anything. */
function calledOn(commands: readonly CaseCommand[], clock: string, calls = 5): [string, string][] {
  let current: Case = course(commands).case
  const called: [string, string][] = []
  for (let minute = 1; called.length < calls; minute++) {
    if (minute > 3000) throw new Error(`only ${called.length} calls`)
    const now = new Date(Date.parse(START) + (commands.length + minute) * 60_000).toISOString()
    const decision = decideCase(current, { command: 'fire-due', now }, contextAt(now))
    if (decision.kind === 'refused') throw new Error(decision.code)
    current = decision.case
    for (const e of decision.events) {
      if (e.type === 'escalated' && e.escalation.clock === clock)
        called.push([e.escalation.rungName, e.escalation.personId])
    }
  }
  return called
}

const above = [
  ['operations', 'p-operations'],
  ['duty-clinician', 'p-duty-vienna'],
  ['executive', 'p-executive'],
]
const coordinator = ['coordinator', 'p-coordinator-vienna']
const vetter = ['triage-clinician', 'p-triage-vienna']
const referrer = ['referrer', 'p-referrer-vienna']

const manual: CaseCommand = { ...(submit() as Extract<CaseCommand, { command: 'submit' }>), vetting: 'manual' }
const asking: CaseCommand = { command: 'request-information', item: 'prior-study' }

describe('the first person called is somebody whose work is late', () => {
  test.each<[string, readonly CaseCommand[], string, string[]]>([
    ['no upload was opened', [submit()], 'state:exception', coordinator],
    ['images are missing', [submit(), upload], 'state:exception', coordinator],
    ['a referral waits in triage', [manual], 'state:triage', vetter],
    ['a question of triage waits for its answer', [manual, asking], 'state:needs-information', coordinator],
    [
      'a question of the reader waits for its answer',
      [...untilClaimed, asking],
      'state:needs-information',
      coordinator,
    ],
    ['a report is not acknowledged', untilDelivered, 'state:delivered', referrer],
  ])('%s', (_, commands, clock, first) => {
    expect(calledOn(commands, clock)).toEqual([first, first, ...above])
  })

  test('a case that no reader may read is the reading group’s to place', () => {
    const noReader: CaseCommand = { command: 'raise-exception', code: 'no-reader' }
    const [first] = calledOn([...untilClaimed, noReader], 'state:exception', 1)
    expect(first).toEqual(['reader', 'p-lead-rheinblick'])
  })
})
