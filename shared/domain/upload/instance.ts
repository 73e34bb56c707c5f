import * as z from 'zod'
import { SealedSchema } from '../case/case.ts'
import { StoredPixelsSchema } from '../dicom/stored-pixels.ts'

/** Written before frames were shown through the cell. */
export const InstanceV1Schema = z.strictObject({
  schema: z.literal('overread/instance@1'),
  studyInstanceUid: z.string(),
  seriesInstanceUid: z.string(),
  sopInstanceUid: z.string(),
  sopClassUid: z.string(),
  transferSyntaxUid: z.string().optional(),
  modality: z.string(),
  instanceNumber: z.int().nullable(),
  numberOfFrames: z.int().nullable(),
  bytes: z.int().positive(),
  sha256: z.string(),
  /** Key in the images bucket. */
  key: z.string(),
  /** DICOM JSON (PS3.18 F) of the data set up to its pixels; null where it is too long for a record and read again instead. */
  metadata: z.string().nullable(),
})

export const InstanceV2Schema = InstanceV1Schema.extend({
  schema: z.literal('overread/instance@2'),
  /** Absent where the object has no frames to show one by one. */
  pixels: StoredPixelsSchema.optional(),
})

/** The index entry of one stored instance: what a reader's list and the series metadata are made from. */
export const InstanceV3Schema = InstanceV2Schema.extend({
  schema: z.literal('overread/instance@3'),
  /** Sealed: a header holds the patient's name and whatever else somebody typed. */
  metadata: SealedSchema.nullable(),
})
export type StoredInstance = z.infer<typeof InstanceV3Schema>

const asNow = (one: z.infer<typeof InstanceV1Schema> | z.infer<typeof InstanceV2Schema>): StoredInstance => ({
  ...one,
  schema: 'overread/instance@3',
  metadata: null,
})

/**
 * Reads what any release has written. Of an entry of the first it is not known where its pixels lie, so no frame of it is
 * shown. A header that was written open is not passed on; it is read from the object again.
 */
export const StoredInstanceSchema = z.union([
  InstanceV3Schema,
  InstanceV2Schema.transform(asNow),
  InstanceV1Schema.transform(asNow),
])

/** The entry of a series whose metadata has been written as one JSON object. */
export const StoredSeriesSchema = z.strictObject({
  schema: z.literal('overread/series@1'),
  studyInstanceUid: z.string(),
  seriesInstanceUid: z.string(),
  modality: z.string(),
  instances: z.int().positive(),
  metadataKey: z.string(),
})
export type StoredSeries = z.infer<typeof StoredSeriesSchema>
