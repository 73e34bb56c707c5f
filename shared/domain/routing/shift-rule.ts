import { jurisdictionCovers } from '../network/jurisdiction.ts'
import type { Reader } from '../network/reader.ts'
import type { EligibilityQuestion } from './eligibility-question.ts'
import type { Span } from './rota.ts'
import type { ShiftWatch } from './shift-watch.ts'
import { shiftWatchOf } from './shift-watch.ts'

/** The shifts of a reader that take such a case, whether they run now or not. */
export const fittingShifts = ({ facts, network, jurisdiction }: EligibilityQuestion, reader: Reader): ShiftWatch[] =>
  (network.shiftsByReader.get(reader.readerId) ?? [])
    .filter(
      (shift) =>
        shift.priorities.includes(facts.priority) &&
        shift.reportTypes.includes(facts.reportType) &&
        (shift.subspecialties.includes(facts.subspecialty) ||
          (facts.secondary !== undefined && shift.subspecialties.includes(facts.secondary))) &&
        (shift.jurisdictions.length === 0 || shift.jurisdictions.some((one) => jurisdictionCovers(one, jurisdiction))),
    )
    .map((shift) => shiftWatchOf(network, shift))

const handoverMs = ({ shift }: ShiftWatch): number => shift.handoverMinutes * 60_000

/** Near its end a shift is offered only what the reader, or the reader's next shift, can still carry over the hand-over. */
export const shiftFailure = (question: EligibilityQuestion, reader: Reader): string | undefined => {
  const { atMs } = question
  const shifts = fittingShifts(question, reader)
  const running = shifts.filter((one) => one.at(atMs).on)
  if (running.length === 0) return 'no shift for such a case is on'
  const isCarried = (by: ShiftWatch) => shifts.some((one) => one.at(atMs + handoverMs(by)).on)
  return running.some(isCarried) ? undefined : 'the shift ends within its hand-over time'
}

/** The most cases a reader takes at once on the shifts that run. */
export const shiftCapacity = (question: EligibilityQuestion, reader: Reader): number =>
  fittingShifts(question, reader).reduce(
    (most, one) => (one.at(question.atMs).on ? Math.max(most, one.shift.capacity) : most),
    0,
  )

/** The span about now in which both of these cannot change. */
export const shiftHorizon = (question: EligibilityQuestion, reader: Reader): Span => {
  const { atMs } = question
  const shifts = fittingShifts(question, reader)
  const ahead = [0, ...shifts.map(handoverMs)]
  const spans = shifts.flatMap((one) => ahead.map((ms) => [one.at(atMs + ms), ms] as const))
  return {
    fromMs: Math.max(-Infinity, ...spans.map(([{ fromMs }, ms]) => fromMs - ms)),
    toMs: Math.min(Infinity, ...spans.map(([{ toMs }, ms]) => toMs - ms)),
  }
}
