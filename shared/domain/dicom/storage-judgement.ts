import * as z from 'zod'
import type { DicomFacts } from './dicom-facts.ts'
import type { DicomUid } from './dicom-uid.ts'
import { DEFAULT_SOP_CATEGORIES, sopCategory } from './sop-classes.ts'
import type { SopCategory } from './sop-classes.ts'

/** Why a well-formed DICOM object is still no instance of a study. */
export const STORAGE_REFUSAL_TITLES = {
  'media-directory': 'The object is a media directory (DICOMDIR), not an image',
  'non-patient-object': 'The object belongs to no patient (a palette, a template, a protocol)',
  'sop-class-missing': 'The object does not say what it is (SOP Class UID)',
  'sop-class-not-allowed': 'Objects of this SOP class are not accepted',
  'instance-uid-missing': 'The object has no SOP Instance UID',
  'study-uid-missing': 'The object has no Study Instance UID',
  'series-uid-missing': 'The object has no Series Instance UID',
} as const
export type StorageRefusal = keyof typeof STORAGE_REFUSAL_TITLES

export const StorageRefusalSchema = z
  .enum(Object.keys(STORAGE_REFUSAL_TITLES) as [StorageRefusal, ...StorageRefusal[]])
  .meta({ id: 'StorageRefusal', description: 'Why a well-formed DICOM object cannot be part of a study' })

/** Facts of an object that can be stored as an instance. */
export type InstanceFacts = DicomFacts & {
  readonly studyInstanceUid: DicomUid
  readonly seriesInstanceUid: DicomUid
  readonly sopInstanceUid: DicomUid
  readonly sopClassUid: DicomUid
}

export type StorageJudgement =
  | { readonly kind: 'storable'; readonly category: SopCategory; readonly instance: InstanceFacts }
  | { readonly kind: 'refused'; readonly reason: StorageRefusal }

const refused = (reason: StorageRefusal): StorageJudgement => ({ kind: 'refused', reason })

/** Control DCM-10: an accepted object becomes an instance only with its four UIDs, and of an allowed category. */
export const judgeStorage = (
  facts: DicomFacts,
  allowed: ReadonlySet<SopCategory> = DEFAULT_SOP_CATEGORIES,
): StorageJudgement => {
  const { studyInstanceUid, seriesInstanceUid, sopInstanceUid, sopClassUid } = facts
  if (sopClassUid === undefined) return refused('sop-class-missing')
  const category = sopCategory(sopClassUid)
  if (category === 'media-directory') return refused('media-directory')
  if (category === 'non-patient') return refused('non-patient-object')
  if (category === undefined || !allowed.has(category)) return refused('sop-class-not-allowed')
  if (sopInstanceUid === undefined) return refused('instance-uid-missing')
  if (studyInstanceUid === undefined) return refused('study-uid-missing')
  if (seriesInstanceUid === undefined) return refused('series-uid-missing')
  return {
    kind: 'storable',
    category,
    instance: { ...facts, studyInstanceUid, seriesInstanceUid, sopInstanceUid, sopClassUid },
  }
}
