import * as z from 'zod'

/** Why the gate refuses an object, with the sentence that its sender reads. No title ever holds a value of the object. */
export const DICOM_REJECTION_TITLES = {
  'not-dicom': 'The object is not a DICOM file',
  'archive-wrapper': 'The object is an archive or compressed file; send the DICOM files themselves',
  'preamble-not-inert': 'The 128-byte preamble begins like a program, script or document',
  'empty-data-set': 'The file holds no data set',
  truncated: 'The object ends before its data set does',
  'length-exceeds-object': 'An element declares more bytes than the whole object has',
  'length-exceeds-container': 'An element or item reaches beyond the item or sequence that holds it',
  'undefined-length-not-allowed': 'An element that is no sequence has an undefined length',
  'nesting-too-deep': 'Sequences are nested too deeply',
  'too-many-items': 'The data set has too many sequence items',
  'too-many-elements': 'The data set has too many elements',
  'header-too-large': 'The part of the object that must be read is too large',
  'malformed-sequence': 'A sequence holds something other than items',
  'malformed-fragments': 'The encapsulated pixel data is not a list of fragments',
  'unexpected-delimiter': 'An item or sequence delimiter stands where none may be',
  'invalid-vr': 'An identifying element has no valid value representation',
  'false-group-length': 'The file meta group length is wrong',
  'unsupported-transfer-syntax': 'The transfer syntax cannot be read',
  'native-pixels-in-encapsulated-syntax': 'The transfer syntax is compressed, the pixel data is not',
  'encapsulated-pixels-in-native-syntax': 'The transfer syntax is not compressed, the pixel data is',
  'deflate-corrupt': 'The deflated data set cannot be inflated',
  'deflate-bomb': 'The deflated data set inflates to more than is allowed',
  'deflated-object-too-large': 'The deflated object is too large',
  'bad-uid': 'A unique identifier is malformed',
  'conflicting-duplicate': 'An identifying element stands twice with different values',
  'text-too-long': 'A text value is too long',
  'bad-pixel-matrix': 'Rows, Columns, bits or frames are malformed or impossibly large',
  'pixel-data-too-short': 'There is less pixel data than Rows, Columns, bits and frames need',
} as const

export type DicomRejection = keyof typeof DICOM_REJECTION_TITLES

export const DicomRejectionSchema = z
  .enum(Object.keys(DICOM_REJECTION_TITLES) as [DicomRejection, ...DicomRejection[]])
  .meta({ id: 'DicomRejection', description: 'Why the DICOM gate refused an object' })
