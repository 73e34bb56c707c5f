import { waivedConditions } from './break-glass.ts'
import type { LinkQuestion } from './conditions.ts'
import type { Purpose, ResidencyEvidence, ResidencyReader } from './decision-inputs.ts'
import type { CandidateRule, DecisionRecord, ForbiddenReason } from './decision-record.ts'
import type { JurisdictionPolicy, PolicyDocument, PolicyOrigin } from './jurisdiction-policy.ts'
import { originChain } from './origin-chain.ts'
import { isReadingMode, modeRank, stricterMode, type ReadingMode } from './reading-mode.ts'
import { outranks, weighRule, type WeighedRule } from './rule-weighing.ts'
import { matchPlace, placeCodes } from './zones.ts'

interface LinkAnswer {
  readonly mode: ReadingMode
  readonly reason?: ForbiddenReason
  readonly candidates: readonly CandidateRule[]
  readonly ruleIds: readonly string[]
  readonly evidenceIds: readonly string[]
  readonly deferred: readonly string[]
}

const refusal = (
  reason: ForbiddenReason,
  candidates: readonly CandidateRule[] = [],
  ruleIds: string[] = [],
): LinkAnswer => ({
  mode: 'forbidden',
  reason,
  candidates,
  ruleIds,
  evidenceIds: [],
  deferred: [],
})

/** A prohibition that names the reader's country or zone ends the question; one for everybody (`*`) is only the default. */
const isFinal = ({ writtenMode, matchedBy }: CandidateRule): boolean =>
  writtenMode === 'forbidden' && matchedBy !== 'any'

const chooseRule = (weighed: readonly WeighedRule[]): LinkAnswer => {
  const all = weighed.map(({ candidate }) => candidate)
  const marked = (chosen: CandidateRule, outcome: CandidateRule['outcome']) =>
    all.map((candidate) => (candidate === chosen ? { ...candidate, outcome } : candidate))
  const final = all.find(isFinal)
  if (final !== undefined) return refusal('forbidden-by-rule', marked(final, 'final'), [final.ruleId])
  const best = weighed
    .filter(({ candidate }) => candidate.missing.length === 0)
    .reduce<WeighedRule | undefined>((top, w) => (top && !outranks(w.candidate, top.candidate) ? top : w), undefined)
  if (best === undefined) return refusal(all.length === 0 ? 'no-rule-for-reader' : 'conditions-missing', all)
  const { candidate, evidenceIds, deferred } = best
  const candidates = marked(candidate, 'chosen')
  if (candidate.effectiveMode === 'forbidden') {
    const couldBeMore = all.some(({ effectiveMode }) => modeRank(effectiveMode) > 0)
    return refusal(couldBeMore ? 'conditions-missing' : 'forbidden-by-rule', candidates, [candidate.ruleId])
  }
  return { mode: candidate.effectiveMode, candidates, ruleIds: [candidate.ruleId], evidenceIds, deferred }
}

const answerLink = (question: LinkQuestion, waivable: ReadonlySet<string>): LinkAnswer => {
  const { policy, link, places } = question
  const matches = link.rules.map((rule) => ({ rule, match: matchPlace(policy, rule.reader, places) }))
  // A zone or mode that nobody defined might have been a prohibition: the link is refused, not only the rule.
  const understood = matches.every(({ rule, match }) => match !== 'unknown' && isReadingMode(rule.mode))
  if (!understood) return refusal('policy-not-understood')
  return chooseRule(
    matches.flatMap(({ rule, match }) =>
      match === 'none' || match === 'unknown' ? [] : [weighRule(question, rule, match, waivable)],
    ),
  )
}

type Inputs = readonly [origin: string, reader: ResidencyReader, purpose: Purpose, evidence: ResidencyEvidence]

/** Where the question stands, or what refuses it before any rule is looked at. */
type Standing =
  | { readonly refused: ForbiddenReason }
  | { readonly chain: readonly PolicyOrigin[]; readonly leaf: PolicyOrigin; readonly places: readonly string[] }

const standing = (policy: JurisdictionPolicy, [origin, reader, purpose]: Inputs): Standing => {
  const chain = originChain(policy, origin) ?? []
  const [leaf] = chain
  if (leaf === undefined) return { refused: 'unknown-origin' }
  if (leaf.storageRegions.length === 0) return { refused: 'no-storage-region' }
  const places = placeCodes(reader.country, reader.subdivision)
  if (places === undefined) return { refused: 'reader-place-unknown' }
  // An offer is made without a request, so there is no country of a request that could disagree.
  if (purpose !== 'offer' && reader.ipCountry !== reader.country) return { refused: 'location-not-agreed' }
  return { chain, leaf, places }
}

const answerChain = (
  policy: JurisdictionPolicy,
  at: Standing,
  [, reader, purpose, evidence]: Inputs,
  waivable: ReadonlySet<string>,
): readonly LinkAnswer[] => {
  if ('refused' in at) return [refusal(at.refused)]
  const { leaf, places } = at
  const chain = at.chain.map(({ id }) => id)
  return at.chain.map((link) => answerLink({ policy, leaf, link, chain, places, reader, purpose, evidence }, waivable))
}

const strictest = (links: readonly LinkAnswer[], ceiling: ReadingMode): ReadingMode =>
  links.reduce((mode, link) => stricterMode(mode, link.mode), ceiling)

const sorted = (ids: readonly string[]): string[] => [...new Set(ids)].toSorted()

/** Emergency access shows the images where they lie; it never hands an identifiable object out. */
const breakGlassCeiling: ReadingMode = 'view_in_region_identifiable'

/** The policy's answer as a plain record; `decide` alone turns it into a decision that opens anything. */
export const evaluateResidency = ({ policy, sha256 }: PolicyDocument, ...inputs: Inputs): DecisionRecord => {
  const [origin, reader, purpose, evidence] = inputs
  const at = standing(policy, inputs)
  const plain = answerChain(policy, at, inputs, new Set())
  const plainMode = strictest(plain, 'read_identifiable')
  const waivable = waivedConditions(policy, reader, purpose, evidence.now, evidence.breakGlass)
  const broken = waivable.size > 0 ? answerChain(policy, at, inputs, waivable) : plain
  const brokenMode = strictest(broken, breakGlassCeiling)
  const needsGlass = modeRank(brokenMode) > modeRank(plainMode)
  const links = needsGlass ? broken : plain
  const mode = needsGlass ? brokenMode : plainMode
  const reason = links.find((link) => link.mode === 'forbidden')?.reason
  const waived = links.flatMap(({ candidates }) =>
    candidates.filter((c) => c.outcome === 'chosen').flatMap((c) => c.waived),
  )
  return {
    schema: 'overread/residency-decision@1',
    mode,
    ...(reason !== undefined && { reason }),
    origin,
    readerId: reader.readerId,
    purpose,
    ...(evidence.caseId !== undefined && { caseId: evidence.caseId }),
    decidedAt: evidence.now,
    ruleIds: links.flatMap(({ ruleIds }) => ruleIds),
    evidenceIds: mode === 'forbidden' ? [] : sorted(links.flatMap(({ evidenceIds }) => evidenceIds)),
    deferred: mode === 'forbidden' ? [] : sorted(links.flatMap(({ deferred }) => deferred)),
    policyVersion: policy.policyVersion,
    policyHash: sha256,
    candidates: links.flatMap(({ candidates }) => candidates),
    ...(needsGlass && evidence.breakGlass && { breakGlass: { ...evidence.breakGlass, waived: sorted(waived) } }),
  }
}
