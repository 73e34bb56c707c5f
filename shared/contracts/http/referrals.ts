import * as z from 'zod'
import {
  CaseSchema,
  EscalationSchema,
  MilestonesSchema,
  OrderSchema,
  ReferralIdSchema,
  ReportMarkSchema,
  UrgencySchema,
} from '../../domain/case/case.ts'
import { CriticalResultSchema } from '../../domain/case/critical-result.ts'
import { ExceptionCodeSchema, ExceptionRecordSchema } from '../../domain/case/exceptions.ts'
import { EmergencySchema } from '../../domain/case/emergency.ts'
import { OwnerSchema } from '../../domain/case/owner.ts'
import { CaseStateSchema } from '../../domain/case/states.ts'
import { UID_FORM } from '../../domain/dicom/dicom-uid.ts'
import { DicomModalitySchema } from '../../domain/dicom/modality.ts'
import { InstantSchema } from '../../domain/instant.ts'
import { PathwayIdSchema, SiteIdSchema } from '../../domain/network/ids.ts'
import { HistoryItemSchema } from '../../domain/network/pathway.ts'
import { ModalitySchema } from '../../domain/network/vocabulary.ts'
import { freeText, refusingUnreadable, shortText, type ReadAs } from './free-text.ts'
import { CaseNoteSchema } from './notes.ts'

export const DicomUidSchema = z
  .string()
  .max(64)
  .regex(UID_FORM)
  .meta({ id: 'DicomUid', description: 'DICOM unique identifier (PS3.5 9.1)', examples: ['1.2.840.113619.2.55.3.1'] })

export const PatientSchema = z
  .strictObject({
    patientId: shortText,
    issuerOfPatientId: shortText.optional(),
    name: z.strictObject({
      family: z.string().trim().min(1).max(128),
      given: z.string().trim().min(1).max(128).optional(),
    }),
    birthDate: z.iso.date().optional(),
    sex: z.enum(['F', 'M', 'O', 'U']).optional(),
  })
  .meta({
    id: 'Patient',
    examples: [{ patientId: 'MRN-0042', name: { family: 'Example', given: 'Ada' }, birthDate: '1956-02-29', sex: 'F' }],
  })
export type Patient = z.infer<typeof PatientSchema>

/** As it was stored before a pathway's own questions had answers of their own. */
export const ClinicalContextV1Schema = z
  .strictObject({
    question: freeText,
    history: freeText.optional(),
    safety: z
      .array(z.enum(['pregnancy-possible', 'contrast-allergy', 'renal-impairment', 'implant', 'infectious']))
      .max(5)
      .optional(),
  })
  .meta({ id: 'ClinicalContext' })

const ANSWERS = 20

export const ClinicalContextSchema = ClinicalContextV1Schema.extend({
  answers: z
    .record(HistoryItemSchema.max(40), freeText)
    .refine((answers) => Object.keys(answers).length <= ANSWERS)
    .optional()
    .meta({ description: 'To what the pathway asks of the history (`requiredHistory`), by its names' }),
}).meta({
  id: 'ClinicalContext',
  examples: [
    {
      question: 'Acute left-sided weakness: large vessel occlusion?',
      answers: { 'last-known-well': '02:10', symptoms: 'Left arm and leg', anticoagulants: 'None' },
    },
  ],
})

const identifiers: ReadonlySet<string> = new Set([
  'patient.patientId',
  'patient.issuerOfPatientId',
  'order.accessionNumber',
  'order.procedure.code',
  'order.procedure.scheme',
])

const readAs = (path: string): ReadAs =>
  identifiers.has(path) ? 'identifier' : path.startsWith('clinical.') ? 'paragraphs' : 'line'

export const SubmitReferralSchema = z
  .strictObject({
    siteId: SiteIdSchema,
    pathwayId: PathwayIdSchema,
    patient: PatientSchema,
    clinical: ClinicalContextSchema,
    order: z.strictObject({
      accessionNumber: shortText.optional(),
      studyInstanceUid: DicomUidSchema.optional(),
      modality: DicomModalitySchema,
      /** In the sender's own words, and sealed like them: what is shown beside a case is the body region found in it. */
      bodyPart: shortText.optional(),
      laterality: z.enum(['L', 'R', 'B']).optional(),
      procedure: z.strictObject({ code: shortText, scheme: shortText }).optional(),
      description: shortText.optional(),
      orderedAt: InstantSchema.optional(),
    }),
  })
  .superRefine(refusingUnreadable(readAs))
  .meta({
    id: 'SubmitReferral',
    examples: [
      {
        siteId: 'donau-vienna',
        pathwayId: 'stroke',
        patient: {
          patientId: 'MRN-0042',
          name: { family: 'Example', given: 'Ada' },
          birthDate: '1956-02-29',
          sex: 'F',
        },
        clinical: {
          question: 'Acute left-sided weakness: large vessel occlusion?',
          answers: { 'last-known-well': '02:10', symptoms: 'Left arm and leg', anticoagulants: 'None' },
        },
        order: { accessionNumber: 'A-1', modality: 'CT', bodyPart: 'HEAD' },
      },
    ],
  })
export type SubmitReferral = z.infer<typeof SubmitReferralSchema>

/** Where in the body, found in what the order says; never the order's own words. */
export const CaseRegionSchema = CaseSchema.shape.bodyRegion.meta({
  id: 'CaseRegion',
  description: 'Body region of the case',
  examples: ['head'],
})

/** The status everybody entitled to the case may follow: it names no patient. */
export const CaseStatusSchema = z
  .strictObject({
    referralId: ReferralIdSchema,
    version: z.int().positive(),
    state: CaseStateSchema,
    exceptionCode: ExceptionCodeSchema.optional(),
    siteId: z.string(),
    referringOrgId: z.string(),
    readingGroups: z.array(z.string()),
    readerId: z.string().optional(),
    pathwayId: z.string(),
    urgency: UrgencySchema,
    subspecialty: z.string(),
    modality: z.string(),
    bodyRegion: CaseRegionSchema,
    owner: OwnerSchema.nullable(),
    dueAt: InstantSchema.nullable(),
    milestones: MilestonesSchema,
    images: z.strictObject({ expected: z.int(), stored: z.int(), failed: z.int(), complete: z.boolean() }),
    reports: z.array(ReportMarkSchema),
    escalations: z.array(EscalationSchema),
    /** Those with an owner stand beside the path: the case goes on meanwhile. */
    exceptions: z.array(ExceptionRecordSchema),
    emergencies: z.array(EmergencySchema),
    missingHistory: CaseSchema.shape.missingHistory,
    criticalResults: z.array(CriticalResultSchema),
    rejectedBecause: z.string().optional(),
    task: z.strictObject({ status: z.string(), businessStatus: z.string() }),
  })
  .meta({ id: 'CaseStatus' })
export type CaseStatus = z.infer<typeof CaseStatusSchema>

/** The order as it was taken in; earlier releases took any code for a modality. */
export const TakenOrderSchema = SubmitReferralSchema.shape.order.extend({ modality: ModalitySchema })

/** With the patient and the clinical context, for those whom role and residency decision allow to see them. */
export const ReferralSchema = CaseStatusSchema.extend({
  patient: PatientSchema,
  clinical: ClinicalContextSchema,
  order: TakenOrderSchema,
  /** What the site was asked and what it answered, oldest first. */
  notes: z.array(CaseNoteSchema),
  residency: z.strictObject({ mode: z.string(), ruleIds: z.array(z.string()), policyVersion: z.string() }),
}).meta({ id: 'Referral' })
export type Referral = z.infer<typeof ReferralSchema>

/**
 * What a reader learns of the patient who may be shown nothing but de-identified copies: numbers and words of closed lists.
 * No free text is among it, whoever wrote it: a question names a street as easily as an organ.
 */
export const DeidentifiedReferralSchema = CaseStatusSchema.extend({
  deidentified: z.strictObject({
    /** Ninety and over as 90, as in the copies (PS3.15 E.3.4). */
    ageYears: z.int().min(0).max(90).optional(),
    sex: PatientSchema.shape.sex,
    bodyRegion: z.string(),
    laterality: OrderSchema.shape.laterality,
    safety: ClinicalContextSchema.shape.safety,
  }),
  residency: ReferralSchema.shape.residency,
}).meta({ id: 'DeidentifiedReferral' })
export type DeidentifiedReferral = z.infer<typeof DeidentifiedReferralSchema>
export const ReadReferralSchema = z.union([ReferralSchema, DeidentifiedReferralSchema])

export const PageQuerySchema = z.strictObject({
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.string().max(2000).optional(),
})

export const ListReferralsQuerySchema = PageQuerySchema.extend({
  state: CaseStateSchema.optional(),
  siteId: SiteIdSchema.optional(),
  pathwayId: PathwayIdSchema.optional(),
  submittedFrom: InstantSchema.optional(),
  submittedTo: InstantSchema.optional(),
})

export const ReferralRowSchema = z
  .strictObject({
    referralId: ReferralIdSchema,
    version: z.int().positive(),
    state: CaseStateSchema,
    siteId: z.string(),
    pathwayId: z.string(),
    urgency: UrgencySchema,
    modality: z.string(),
    subspecialty: z.string(),
    submittedAt: InstantSchema,
    dueAt: InstantSchema.nullable(),
    owner: OwnerSchema.nullable(),
  })
  .meta({ id: 'ReferralRow' })
export type ReferralRow = z.infer<typeof ReferralRowSchema>
export const ReferralPageSchema = z
  .strictObject({ referrals: z.array(ReferralRowSchema), cursor: z.string().optional() })
  .meta({ id: 'ReferralPage' })

export const ReferralParamsSchema = z.strictObject({ referralId: ReferralIdSchema })
