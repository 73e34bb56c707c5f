import type { BreakGlass, Purpose, ResidencyReader } from './decision-inputs.ts'
import type { JurisdictionPolicy } from './jurisdiction-policy.ts'

/** The router never breaks glass: emergency access is a person's act, about a case that is before them. */
const neverFor: ReadonlySet<Purpose> = new Set<Purpose>(['offer', 'worklist'])

/**
 * What no emergency waives, whatever a policy file says: who the reader is and whether they may practise, where they
 * sit, where the study lies, and that the recipient does not re-identify.
 */
export const neverWaived: ReadonlySet<string> = new Set(['LICENSED', 'RECIPIENT_NO_REID'])

/**
 * The conditions an emergency access stands in for; none where the policy knows no break-glass, the window is not
 * open, the second person is missing, or the review is later than policy allows.
 */
export const waivedConditions = (
  policy: JurisdictionPolicy,
  reader: ResidencyReader,
  purpose: Purpose,
  now: string,
  glass: BreakGlass | undefined,
): ReadonlySet<string> => {
  const rules = policy.breakGlass
  if (rules === undefined || glass === undefined || neverFor.has(purpose)) return new Set()
  const [at, from, to, review] = [now, glass.invokedAt, glass.expiresAt, glass.reviewDueAt].map((x) =>
    Date.parse(x),
  ) as [number, number, number, number]
  const twoPeople = glass.approvedBy !== glass.invokedBy && glass.approvedBy !== reader.readerId
  const open = from <= at && at < to && to - from <= rules.maxMinutes * 60_000
  const reviewed = review > from && review - from <= rules.reviewWithinHours * 3_600_000
  if (!twoPeople || !open || !reviewed) return new Set()
  const isEvidence = (id: string) => Object.hasOwn(policy.conditions, id) && policy.conditions[id]?.kind === 'evidence'
  return new Set(rules.waives.filter((id) => isEvidence(id) && !policy.common.includes(id) && !neverWaived.has(id)))
}
