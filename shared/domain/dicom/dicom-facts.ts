import * as z from 'zod'
import { DicomUidSchema } from './dicom-uid.ts'

const Text = z.string().optional()
const Texts = z.array(z.string()).optional()
const Uid = DicomUidSchema.optional()
const Count = z.int().nonnegative().optional()
/** DA (PS3.5 6.2): `YYYYMMDD`. A malformed date is left out, never repaired. */
const LocalDate = z
  .string()
  .regex(/^\d{8}$/)
  .optional()
/** TM (PS3.5 6.2): `HH[MM[SS[.F]]]`, the time of the place of origin. It has no zone, and none is invented for it. */
const LocalTime = z
  .string()
  .regex(/^\d{2}(\d{2}(\d{2}(\.\d{1,6})?)?)?$/)
  .optional()

/** An item of a code sequence (PS3.3 8.8). */
export const DicomCodeSchema = z
  .object({ codeValue: z.string(), codingScheme: z.string().optional(), meaning: z.string().optional() })
  .meta({ id: 'DicomCode' })
export type DicomCode = z.infer<typeof DicomCodeSchema>

/** An item of the Request Attributes Sequence (0040,0275). */
export const DicomRequestSchema = z
  .object({
    requestedProcedureId: Text,
    scheduledProcedureStepId: Text,
    accessionNumber: Text,
    requestedProcedureDescription: Text,
  })
  .meta({ id: 'DicomRequest' })
export type DicomRequest = z.infer<typeof DicomRequestSchema>

const Codes = z.array(DicomCodeSchema).optional()

/**
 * What the header of one DICOM object says, in DICOM's own names. Everything is optional, since a well-formed object may
 * lack it; what an instance must have to be stored is decided by `judgeStorage`.
 */
export const DicomFactsSchema = z
  .object({
    studyInstanceUid: Uid,
    seriesInstanceUid: Uid,
    sopInstanceUid: Uid,
    sopClassUid: Uid,
    transferSyntaxUid: Uid,
    specificCharacterSet: Texts,

    patientId: Text,
    issuerOfPatientId: Text,
    otherPatientIds: Texts,
    /** `Family^Given^Middle^Prefix^Suffix`, groups (alphabetic, ideographic, phonetic) parted by `=`. */
    patientName: Text,
    patientBirthDate: LocalDate,
    patientSex: Text,
    patientAge: Text,
    additionalPatientHistory: Text,
    medicalAlerts: Texts,
    allergies: Texts,
    pregnancyStatus: Count,
    patientIdentityRemoved: Text,
    deidentificationMethod: Texts,
    deidentificationMethodCodes: Codes,

    accessionNumber: Text,
    requestedProcedureId: Text,
    requestedProcedureDescription: Text,
    requestedProcedureCodes: Codes,
    requestedProcedurePriority: Text,
    reasonForRequestedProcedure: Text,
    reasonForStudy: Text,
    requestingPhysician: Text,
    requestingService: Text,
    placerOrderNumber: Text,
    fillerOrderNumber: Text,
    requests: z.array(DicomRequestSchema).optional(),

    studyDate: LocalDate,
    studyTime: LocalTime,
    /** `+HHMM` or `-HHMM`, only where the object states it. */
    timezoneOffset: z
      .string()
      .regex(/^[+-]\d{4}$/)
      .optional(),
    studyId: Text,
    studyDescription: Text,
    procedureCodes: Codes,
    referringPhysicianName: Text,
    admittingDiagnoses: Texts,
    anatomicRegionsInStudy: Codes,
    modalitiesInStudy: Texts,

    modality: Text,
    seriesNumber: z.int().optional(),
    seriesDescription: Text,
    seriesDate: LocalDate,
    seriesTime: LocalTime,
    bodyPartExamined: Text,
    laterality: Text,
    anatomicRegions: Codes,
    performedProcedureStepStartDate: LocalDate,
    contrastBolusAgent: Text,

    instanceNumber: z.int().optional(),
    imageType: Texts,
    conversionType: Text,
    burnedInAnnotation: Text,
    recognizableVisualFeatures: Text,
    rows: Count,
    columns: Count,
    numberOfFrames: Count,
    samplesPerPixel: Count,
    photometricInterpretation: Text,
    bitsAllocated: Count,
    lossyImageCompression: Text,

    manufacturer: Text,
    manufacturerModelName: Text,
    softwareVersions: Texts,
    institutionName: Text,
    institutionCodes: Codes,
    stationName: Text,

    completionFlag: Text,
    verificationFlag: Text,
  })
  .meta({ id: 'DicomFacts', description: 'Header facts of one DICOM object' })
export type DicomFacts = z.infer<typeof DicomFactsSchema>
