import type { DicomFacts } from './dicom-facts.ts'

type NamesOf<Value> = {
  [Name in keyof DicomFacts]-?: DicomFacts[Name] extends Value | undefined
    ? Value | undefined extends DicomFacts[Name]
      ? Name
      : never
    : never
}[keyof DicomFacts]

export type TextName = NamesOf<string>
export type TextsName = NamesOf<string[]>
export type CountName = NamesOf<number>
export type CodesName = NamesOf<DicomFacts['procedureCodes'] & object>
export type UidName = NamesOf<DicomFacts['studyInstanceUid'] & string>

export type FactField =
  | { readonly kind: 'text' | 'name' | 'date' | 'time' | 'offset'; readonly name: TextName }
  | { readonly kind: 'texts'; readonly name: TextsName }
  | { readonly kind: 'count' | 'integer'; readonly name: CountName }
  | { readonly kind: 'codes'; readonly name: CodesName }
  | { readonly kind: 'uid'; readonly name: UidName }
  | { readonly kind: 'requests' }

const text = (name: TextName): FactField => ({ kind: 'text', name })
const personName = (name: TextName): FactField => ({ kind: 'name', name })
const date = (name: TextName): FactField => ({ kind: 'date', name })
const time = (name: TextName): FactField => ({ kind: 'time', name })
const texts = (name: TextsName): FactField => ({ kind: 'texts', name })
const count = (name: CountName): FactField => ({ kind: 'count', name })
const integer = (name: CountName): FactField => ({ kind: 'integer', name })
const codes = (name: CodesName): FactField => ({ kind: 'codes', name })
const uid = (name: UidName): FactField => ({ kind: 'uid', name })

/** Which top-level element gives which fact (the intake tags of the domain reference). */
const FIELDS: readonly (readonly [tag: number, field: FactField])[] = [
  [0x00080005, texts('specificCharacterSet')],
  [0x00080008, texts('imageType')],
  [0x00080016, uid('sopClassUid')],
  [0x00080018, uid('sopInstanceUid')],
  [0x00080020, date('studyDate')],
  [0x00080021, date('seriesDate')],
  [0x00080030, time('studyTime')],
  [0x00080031, time('seriesTime')],
  [0x00080050, text('accessionNumber')],
  [0x00080060, text('modality')],
  [0x00080061, texts('modalitiesInStudy')],
  [0x00080063, codes('anatomicRegionsInStudy')],
  [0x00080064, text('conversionType')],
  [0x00080070, text('manufacturer')],
  [0x00080080, text('institutionName')],
  [0x00080082, codes('institutionCodes')],
  [0x00080090, personName('referringPhysicianName')],
  [0x00080201, { kind: 'offset', name: 'timezoneOffset' }],
  [0x00081010, text('stationName')],
  [0x00081030, text('studyDescription')],
  [0x00081032, codes('procedureCodes')],
  [0x0008103e, text('seriesDescription')],
  [0x00081080, texts('admittingDiagnoses')],
  [0x00081090, text('manufacturerModelName')],
  [0x00082218, codes('anatomicRegions')],
  [0x00100010, personName('patientName')],
  [0x00100020, text('patientId')],
  [0x00100021, text('issuerOfPatientId')],
  [0x00100030, date('patientBirthDate')],
  [0x00100040, text('patientSex')],
  [0x00101000, texts('otherPatientIds')],
  [0x00101010, text('patientAge')],
  [0x00102000, texts('medicalAlerts')],
  [0x00102110, texts('allergies')],
  [0x001021b0, text('additionalPatientHistory')],
  [0x001021c0, count('pregnancyStatus')],
  [0x00120062, text('patientIdentityRemoved')],
  [0x00120063, texts('deidentificationMethod')],
  [0x00120064, codes('deidentificationMethodCodes')],
  [0x00180010, text('contrastBolusAgent')],
  [0x00180015, text('bodyPartExamined')],
  [0x00181020, texts('softwareVersions')],
  [0x0020000d, uid('studyInstanceUid')],
  [0x0020000e, uid('seriesInstanceUid')],
  [0x00200010, text('studyId')],
  [0x00200011, integer('seriesNumber')],
  [0x00200013, integer('instanceNumber')],
  [0x00200060, text('laterality')],
  [0x00280002, count('samplesPerPixel')],
  [0x00280004, text('photometricInterpretation')],
  [0x00280008, count('numberOfFrames')],
  [0x00280010, count('rows')],
  [0x00280011, count('columns')],
  [0x00280100, count('bitsAllocated')],
  [0x00280301, text('burnedInAnnotation')],
  [0x00280302, text('recognizableVisualFeatures')],
  [0x00282110, text('lossyImageCompression')],
  [0x00321030, text('reasonForStudy')],
  [0x00321032, personName('requestingPhysician')],
  [0x00321033, text('requestingService')],
  [0x00321060, text('requestedProcedureDescription')],
  [0x00321064, codes('requestedProcedureCodes')],
  [0x00400244, date('performedProcedureStepStartDate')],
  [0x00400275, { kind: 'requests' }],
  [0x00401001, text('requestedProcedureId')],
  [0x00401002, text('reasonForRequestedProcedure')],
  [0x00401003, text('requestedProcedurePriority')],
  [0x00402016, text('placerOrderNumber')],
  [0x00402017, text('fillerOrderNumber')],
  [0x0040a491, text('completionFlag')],
  [0x0040a493, text('verificationFlag')],
]

export const FACT_FIELDS: ReadonlyMap<number, FactField> = new Map(FIELDS)

/**
 * Elements that say whose study this is or how it is laid out. If one stood twice with two values, or its VR were
 * unreadable, two readers of the file could see two patients (controls DCM-06, DCM-12).
 */
export const IDENTIFYING_TAGS: ReadonlySet<number> = new Set([
  0x00080005, 0x00080016, 0x00080018, 0x00080050, 0x00080060, 0x00100010, 0x00100020, 0x00100021, 0x00100030,
  0x0020000d, 0x0020000e, 0x00280002, 0x00280008, 0x00280010, 0x00280011, 0x00280100,
])

/** Elements of the items of code and request sequences that become facts. */
export const ITEM_TAG = {
  specificCharacterSet: 0x00080005,
  accessionNumber: 0x00080050,
  codeValue: 0x00080100,
  codingScheme: 0x00080102,
  codeMeaning: 0x00080104,
  longCodeValue: 0x00080119,
  urnCodeValue: 0x00080120,
  requestedProcedureDescription: 0x00321060,
  scheduledProcedureStepId: 0x00400009,
  requestedProcedureId: 0x00401001,
} as const

export const ITEM_TAGS: ReadonlySet<number> = new Set(Object.values(ITEM_TAG))
