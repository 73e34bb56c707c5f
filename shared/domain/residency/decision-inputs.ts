import * as z from 'zod'

const Id = z.string().min(1).max(128)
const Instant = z.iso.datetime()
const Country = z.string().regex(/^[A-Z]{2}$/)
const Ids = z.array(Id).min(1).max(512)

/**
 * Why a decision is asked for. Each release asks for itself, with its own purpose: an offer is no right to pixels.
 * `offer` is asked by the router about a reader who need not be signed in.
 */
export const purposes = [
  'offer',
  'worklist',
  'claim',
  'metadata',
  'image-access',
  'report-write',
  'report-read',
  'sign-off',
] as const
export const PurposeSchema = z.enum(purposes).meta({ id: 'ResidencyPurpose' })
export type Purpose = z.infer<typeof PurposeSchema>

/**
 * The person who would read, and where. `country` is the licensed-practice location attested at login; `ipCountry`
 * the country of the request as the cell sees it: leave it out where it is unknown or comes through a VPN or Tor.
 */
export const ResidencyReaderSchema = z.strictObject({
  readerId: Id,
  organisationId: Id.optional(),
  country: Country,
  subdivision: z.string().max(6).optional(),
  ipCountry: Country.optional(),
  employerControlCountries: z.array(Country).max(64).optional(),
})
export type ResidencyReader = Readonly<z.infer<typeof ResidencyReaderSchema>>

/** To whom and what a piece of evidence applies; a dimension that is stated must fit, some conditions need one stated. */
export const EvidenceScopeSchema = z.strictObject({
  readerIds: Ids.optional(),
  organisationIds: Ids.optional(),
  origins: Ids.optional(),
  readerCountries: Ids.optional(),
  subjectIds: Ids.optional(),
  modalities: Ids.optional(),
})
export type EvidenceScope = Readonly<z.infer<typeof EvidenceScopeSchema>>

/**
 * A contract, licence, consent or approval that fulfils one condition, in the half-open window [validFrom, validTo).
 * `withdrawnAt`: revoked consent, a licence struck off. The subject is an opaque id; no patient datum enters a decision.
 */
export const EvidenceRecordSchema = z
  .strictObject({
    id: Id,
    condition: Id,
    validFrom: Instant,
    validTo: Instant,
    withdrawnAt: Instant.optional(),
    scope: EvidenceScopeSchema,
  })
  .meta({ id: 'ResidencyEvidenceRecord' })
export type EvidenceRecord = Readonly<z.infer<typeof EvidenceRecordSchema>>

/**
 * What is known of the de-identified copy. `planned`: the cell would make one with these options; enough to offer
 * and claim, where nothing of the study is released. `verified`: the copy exists and the verifier has looked at it.
 */
export const DeidentificationFactsSchema = z.strictObject({
  state: z.enum(['planned', 'verified']),
  patientIdentityRemoved: z.boolean(),
  methodCodes: z.array(z.string().max(16)).max(32),
  verifierFindings: z.int().min(0),
  burnedInAnnotation: z.enum(['YES', 'NO']).optional(),
  volumetricHeadOrNeck: z.boolean().optional(),
  descriptorsRemoved: z.boolean().optional(),
  pixelsAttestedBy: Id.optional(),
  fullDatesSignedOffBy: Id.optional(),
})
export type DeidentificationFacts = Readonly<z.infer<typeof DeidentificationFactsSchema>>

/** What the cell itself knows now. Each is optional; what is not known does not hold. */
export const ResidencyFactsSchema = z.strictObject({
  mfa: z.boolean().optional(),
  authTime: Instant.optional(),
  storageRegion: z.string().max(32).optional(),
  residencyFindings: z.int().min(0).optional(),
  localCopyRetained: z.boolean().optional(),
  subjectId: Id.optional(),
  modality: z.string().max(16).optional(),
  studySource: z.enum(['site', 'national-record']).optional(),
  subjectsExported12Months: z.int().min(0).optional(),
  pseudonymKey: z
    .strictObject({ region: z.string().max(32), multiRegion: z.boolean(), externalDecryptGrants: z.int().min(0) })
    .optional(),
  deidentification: DeidentificationFactsSchema.optional(),
})
export type ResidencyFacts = Readonly<z.infer<typeof ResidencyFactsSchema>>

/**
 * Emergency access. The reason is a closed list so that no patient's story enters a decision record; the narrative
 * belongs to the case (`narrativeId`). Two people, a window, and a date by which somebody must have reviewed it.
 */
export const BreakGlassSchema = z.strictObject({
  reason: z.enum(['threat-to-life', 'threat-to-limb-or-organ', 'no-permitted-reader-in-time']),
  narrativeId: Id.optional(),
  invokedBy: Id,
  approvedBy: Id,
  invokedAt: Instant,
  expiresAt: Instant,
  reviewDueAt: Instant,
})
export type BreakGlass = Readonly<z.infer<typeof BreakGlassSchema>>

/** Everything a decision rests on besides the policy, the origin, the reader and the purpose. */
export const ResidencyEvidenceSchema = z
  .strictObject({
    now: Instant,
    caseId: Id.optional(),
    records: z.array(EvidenceRecordSchema).max(2_000),
    facts: ResidencyFactsSchema,
    breakGlass: BreakGlassSchema.optional(),
  })
  .meta({ id: 'ResidencyEvidence' })
export type ResidencyEvidence = Readonly<z.infer<typeof ResidencyEvidenceSchema>>
