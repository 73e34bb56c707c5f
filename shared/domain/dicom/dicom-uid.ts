import * as z from 'zod'

export const UID_FORM = /^(0|[1-9]\d*)(\.(0|[1-9]\d*))*$/

/**
 * A unique identifier (PS3.5 9.1): at most 64 characters, digits and dots, no leading zeros. Anything looser would let
 * a header smuggle `../` into a path or two spellings of one study into the index (control DCM-07).
 */
export const DicomUidSchema = z
  .string()
  .max(64)
  .regex(UID_FORM)
  .brand<'DicomUid'>()
  .meta({ description: 'DICOM UID, PS3.5 section 9.1', examples: ['1.2.840.113619.2.55.3.604688'] })

export type DicomUid = z.infer<typeof DicomUidSchema>

/** The same rule as the schema, without building an issue list: the reader asks it several times for each instance. */
export const isDicomUid = (text: string): text is DicomUid => text.length <= 64 && UID_FORM.test(text)
