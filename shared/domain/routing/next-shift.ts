import type { Instant } from '../instant.ts'
import { instantFromEpochMs } from '../instant.ts'
import type { EligibilityQuestion } from './eligibility-question.ts'
import { fittingShifts } from './shift-rule.ts'
import { standingVerdicts } from './standing-verdicts.ts'

/** When the next shift begins of a reader who is off shift and nothing else, if one does within eight days. */
export const nextShiftFor = (question: EligibilityQuestion): Instant | undefined => {
  const shifts = standingVerdicts(question).offShift.flatMap((reader) => fittingShifts(question, reader))
  const starts = shifts.flatMap((shift) => shift.nextStart(question.atMs) ?? [])
  return starts.length === 0 ? undefined : instantFromEpochMs(Math.min(...starts))
}
