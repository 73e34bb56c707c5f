import * as z from 'zod'

/** What an object is to the people who send and read it. Permission to send is granted by category (control DCM-10). */
export const SopCategorySchema = z.enum([
  'image',
  'whole-slide',
  'structured-report',
  'key-object-selection',
  'presentation-state',
  'segmentation',
  'registration',
  'waveform',
  'radiotherapy',
  'measurement',
  'raw-data',
  'encapsulated-document',
  'video',
  'non-patient',
  'media-directory',
])
export type SopCategory = z.infer<typeof SopCategorySchema>

const STORAGE = '1.2.840.10008.5.1.4.1.1.'

/** Storage SOP classes (PS3.4 B.5, PS3.6 A), as suffixes of `1.2.840.10008.5.1.4.1.1.`; retired ones old studies still hold. */
const SUFFIXES: Readonly<Record<Exclude<SopCategory, 'media-directory' | 'non-patient'>, string>> = {
  image:
    '1 1.1 1.1.1 1.2 1.2.1 1.3 1.3.1 2 2.1 2.2 3 3.1 4 4.1 4.3 5 6 6.1 6.2 6.3 7 7.1 7.2 7.3 7.4 12.1 12.1.1 12.2 ' +
    '12.2.1 12.3 13.1.1 13.1.2 13.1.3 13.1.4 13.1.5 14.1 14.2 20 30 77.1.1 77.1.2 77.1.4 77.1.5.1 77.1.5.2 77.1.5.4 ' +
    '77.1.5.5 77.1.5.6 77.1.5.7 77.1.5.8 77.1.7 128 128.1 130 4.4',
  'whole-slide': '77.1.3 77.1.6',
  'structured-report':
    '88.1 88.2 88.3 88.4 88.11 88.22 88.33 88.34 88.35 88.40 88.50 88.65 88.67 88.68 88.69 88.70 88.71 88.72 88.73 ' +
    '88.74 88.75 88.76',
  'key-object-selection': '88.59',
  'presentation-state': '11.1 11.2 11.3 11.4 11.5 11.6 11.7 11.8 11.9 11.10 11.11 11.12',
  segmentation: '66.4 66.5 66.7 68.1 68.2 91.1',
  registration: '66.1 66.2 66.3 66.6',
  waveform: '9.1.1 9.1.2 9.1.3 9.1.4 9.2.1 9.3.1 9.4.1 9.4.2 9.5.1 9.6.1 9.6.2 9.7.1 9.7.2 9.7.3 9.7.4 9.8.1',
  radiotherapy:
    '481.1 481.2 481.3 481.4 481.5 481.6 481.7 481.8 481.9 481.10 481.11 481.12 481.13 481.14 481.15 481.16 481.17 ' +
    '481.18 481.19 481.20 481.21 481.22 481.23 481.24 481.25 481.26',
  measurement: '77.1.5.3 78.1 78.2 78.3 78.4 78.5 78.6 78.7 78.8 79.1 80.1 81.1 82.1 90.1 4.2',
  'raw-data': '66 67',
  'encapsulated-document': '104.1 104.2 104.3 104.4 104.5',
  video: '77.1.1.1 77.1.2.1 77.1.4.1',
}

/** Objects of no patient: palettes, implant templates, protocols. */
const NON_PATIENT_PREFIXES = [
  '1.2.840.10008.5.1.4.39.',
  '1.2.840.10008.5.1.4.43.',
  '1.2.840.10008.5.1.4.44.',
  '1.2.840.10008.5.1.4.45.',
  `${STORAGE}200.`,
]
const MEDIA_DIRECTORY = '1.2.840.10008.1.3.10'

const CATEGORIES: ReadonlyMap<string, SopCategory> = new Map(
  Object.entries(SUFFIXES).flatMap(([category, suffixes]) =>
    suffixes.split(' ').map((suffix): [string, SopCategory] => [STORAGE + suffix, SopCategorySchema.parse(category)]),
  ),
)

/** The category of a SOP class; undefined for private and unknown ones, which nobody may send. */
export const sopCategory = (sopClassUid: string): SopCategory | undefined => {
  const known = CATEGORIES.get(sopClassUid)
  if (known !== undefined) return known
  if (sopClassUid === MEDIA_DIRECTORY) return 'media-directory'
  return NON_PATIENT_PREFIXES.some((prefix) => sopClassUid.startsWith(prefix)) ? 'non-patient' : undefined
}

/** What an organisation may send unless its agreement says otherwise. Whole-slide images are a pathway's rule to refuse. */
export const DEFAULT_SOP_CATEGORIES: ReadonlySet<SopCategory> = new Set([
  'image',
  'whole-slide',
  'structured-report',
  'key-object-selection',
  'presentation-state',
  'segmentation',
  'registration',
  'waveform',
  'radiotherapy',
  'measurement',
  'encapsulated-document',
])
