import * as z from 'zod'
import { UrgencySchema, type Urgency } from '../case/case.ts'
import { InstantSchema } from '../instant.ts'

/** Written when all objects arrived under one prefix. */
export const UploadSessionV1Schema = z.strictObject({
  schema: z.literal('overread/upload@1'),
  uploadId: z.string(),
  state: z.enum(['open', 'complete']),
  expected: z.int().positive(),
  studyInstanceUid: z.string(),
  openedAt: InstantSchema,
  openedBy: z.string(),
})

/** An upload as its opening left it. How much of it has arrived is counted apart, once per object. */
export const UploadSessionV2Schema = UploadSessionV1Schema.extend({
  schema: z.literal('overread/upload@2'),
  /** Of its case when it was opened: with it the URLs that were signed say where the objects arrive. */
  urgency: UrgencySchema,
})
export type UploadSession = z.infer<typeof UploadSessionV2Schema>

/** Reads what any release has written. What the first signed lies under the prefix that is now that of routine cases. */
export const UploadSessionSchema = z.union([
  UploadSessionV2Schema,
  UploadSessionV1Schema.transform((one): UploadSession => ({
    ...one,
    schema: 'overread/upload@2',
    urgency: 'routine',
  })),
])

/** What the manifest announces of one object. */
export const AnnouncedObjectSchema = z.strictObject({
  sopInstanceUid: z.string().optional(),
  bytes: z.int().positive(),
  sha256: z.string(),
  multipartId: z.string().optional(),
})
export type AnnouncedObject = z.infer<typeof AnnouncedObjectSchema>

/** A manifest is kept in chunks: one record a chunk, so that an upload of 2,000 objects is opened in one transaction. */
export const MANIFEST_CHUNK = 250
export const ManifestChunkSchema = z.strictObject({ objects: z.array(AnnouncedObjectSchema).max(MANIFEST_CHUNK) })

/** What became of one object. */
export const ArrivalSchema = z.strictObject({
  index: z.int().nonnegative(),
  state: z.enum(['stored', 'failed']),
  reason: z.string().optional(),
  at: InstantSchema,
})
export type Arrival = z.infer<typeof ArrivalSchema>

/** Above this, an object is sent in parts. */
export const MULTIPART_BYTES = 64 * 1024 ** 2
export const PART_BYTES = 16 * 1024 ** 2

export interface Part {
  readonly partNumber: number
  readonly from: number
  readonly toExclusive: number
}

/** The parts an object of this size is sent in: all of 16 MiB but the last. */
export function partsOf(bytes: number): Part[] {
  const count = Math.ceil(bytes / PART_BYTES)
  return Array.from({ length: count }, (_, at) => ({
    partNumber: at + 1,
    from: at * PART_BYTES,
    toExclusive: Math.min(bytes, (at + 1) * PART_BYTES),
  }))
}

/** The beginning of an incoming object's key, by which its arrival is told to a queue of its own: none is the beginning of another. */
export const arrivalPrefixes = { stat: 'stat/', urgent: 'urgent/', routine: 'studies/' } as const satisfies Readonly<
  Record<Urgency, string>
>

const KEY = /^(stat|urgent|studies)\/([a-z0-9][a-z0-9-]{1,38}\.[0-9a-z]{26})\/([0-9a-z]{26})\/(\d{1,5})$/

export interface ObjectPlace {
  readonly referralId: string
  readonly uploadId: string
  readonly index: number
}

const within = ({ referralId, uploadId, index }: ObjectPlace): string => `${referralId}/${uploadId}/${index}`

/** Where an object of an upload lies once it was looked at: opaque ids and a number, nothing of the patient. */
export const objectKey = (place: ObjectPlace): string => `studies/${within(place)}`

/** Where it arrives: what is urgent apart, so that it waits behind nothing that is not. */
export const arrivalKey = ({ urgency }: Pick<UploadSession, 'urgency'>, place: ObjectPlace): string =>
  `${arrivalPrefixes[urgency]}${within(place)}`

export function placeOf(key: string): ObjectPlace | undefined {
  const match = KEY.exec(key)
  if (match === null) return undefined
  const [, , referralId = '', uploadId = '', index = ''] = match
  return { referralId, uploadId, index: Number(index) }
}

/** Why an object is not part of its study, beside what the DICOM gate and the identity check say. */
export const arrivalFailures = {
  'case-closed': 'The case no longer takes images',
  'not-announced': 'The manifest announced no such object',
  'size-differs': 'The object is not as long as the manifest said',
  'digest-differs': 'The object is not the one whose SHA-256 the manifest gave',
  'conflicting-duplicate': 'Another object with the same SOP Instance UID is part of the study already',
} as const
export type ArrivalFailure = keyof typeof arrivalFailures
