import * as z from 'zod'
import type { ExceptionCode } from '../case/exceptions.ts'
import { IDENTITY_MISMATCH_TITLES } from '../dicom/identity-check.ts'
import { DICOM_REJECTION_TITLES } from '../dicom/rejection.ts'
import { STORAGE_REFUSAL_TITLES } from '../dicom/storage-judgement.ts'
import { arrivalFailures } from './upload-session.ts'

/** What a sender may read about an object: the closed table, with its sentences. All but `duplicate` are why it failed. */
export const objectReasonTitles = {
  ...arrivalFailures,
  ...IDENTITY_MISMATCH_TITLES,
  ...STORAGE_REFUSAL_TITLES,
  ...DICOM_REJECTION_TITLES,
  'conflicting-duplicate': `${DICOM_REJECTION_TITLES['conflicting-duplicate']}. Or: ${arrivalFailures['conflicting-duplicate']}`,
  duplicate: 'Stored: the study holds the same bytes already',
} as const
export type ObjectReason = keyof typeof objectReasonTitles

export const ObjectReasonSchema = z.enum(Object.keys(objectReasonTitles) as [ObjectReason, ...ObjectReason[]]).meta({
  id: 'ObjectReason',
  description: Object.entries(objectReasonTitles)
    .map(([code, title]) => `- \`${code}\`: ${title}`)
    .join('\n'),
})

const exceptionOf = (reason: string): ExceptionCode => {
  if (reason in IDENTITY_MISMATCH_TITLES) return 'identity-mismatch'
  return reason in arrivalFailures ? 'images-incomplete' : 'unreadable-modality'
}

/** The gravest first: images of another patient are a disclosure, whatever else was wrong with the upload. */
const gravest: readonly ExceptionCode[] = ['identity-mismatch', 'unreadable-modality']

/** The exception of a case of which nothing could be stored, for these reasons. */
export function exceptionForReasons(reasons: readonly string[]): ExceptionCode {
  const codes = new Set(reasons.map(exceptionOf))
  return gravest.find((code) => codes.has(code)) ?? 'images-incomplete'
}
