import * as z from 'zod'
import { StoredPixelsSchema } from '../dicom/stored-pixels.ts'

/** The index entry of one stored instance: what a reader's list and the series metadata are made from. */
export const StoredInstanceSchema = z.strictObject({
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
  /** Absent where the object has no frames to show one by one. */
  pixels: StoredPixelsSchema.optional(),
  /** Key in the images bucket. */
  key: z.string(),
  /** DICOM JSON (PS3.18 F) of the data set up to its pixels; null where it is too long for a record and read again instead. */
  metadata: z.string().nullable(),
})
export type StoredInstance = z.infer<typeof StoredInstanceSchema>

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
