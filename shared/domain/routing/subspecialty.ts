import type { BodyRegion, Modality, Subspecialty } from '../network/vocabulary.ts'
import type { Organ } from './organs.ts'
import { organNamedIn } from './organs.ts'

/** A coded concept as DICOM and FHIR carry it: code, scheme, and a meaning for people. */
export interface CodedConcept {
  readonly code?: string | undefined
  readonly scheme?: string | undefined
  readonly meaning?: string | undefined
}

export interface StudyFacts {
  readonly modalities: readonly Modality[]
  readonly ageYears?: number | undefined
  readonly sex?: 'M' | 'F' | 'O' | undefined
  readonly requestedProcedure?: CodedConcept | undefined
  readonly procedure?: CodedConcept | undefined
  readonly anatomicRegion?: CodedConcept | undefined
  readonly bodyPart?: string | undefined
  readonly description?: string | undefined
}

/** A row of the map: `organ` or `modalities` absent matches any. */
export interface SubspecialtyRow {
  readonly rule: string
  readonly organ?: Organ
  readonly modalities?: readonly Modality[]
  readonly subspecialty: Subspecialty
  readonly secondary?: Subspecialty
}

export interface SubspecialtyOptions {
  /** An operator's own rows, asked before ours. */
  readonly rows?: readonly SubspecialtyRow[]
  /** An operator's own codes, as `scheme|code`. */
  readonly codes?: Readonly<Record<string, Organ>>
  /** Who reads spines of CT and MR at this site. */
  readonly spineReadBy?: 'neuro' | 'musculoskeletal'
}

export type DecidedBy =
  | 'requested-procedure'
  | 'procedure'
  | 'anatomic-region'
  | 'body-part'
  | 'description'
  | 'modality'
  | 'age'
  | 'fallback'

export type SubspecialtyResolution =
  | {
      readonly outcome: 'resolved'
      readonly subspecialty: Subspecialty
      readonly secondary?: Subspecialty
      readonly region: BodyRegion | 'unknown'
      readonly decidedBy: DecidedBy
      readonly rule: string
      /** Set when nothing matched: the case is read as general, and somebody has to look at the map. */
      readonly exception?: 'unmapped'
    }
  | { readonly outcome: 'reject'; readonly reject: 'whole-slide-pathology'; readonly rule: string }

const row = (
  rule: string,
  organ: Organ,
  modalities: readonly Modality[],
  subspecialty: Subspecialty,
  secondary?: Subspecialty,
): SubspecialtyRow => ({ rule, organ, modalities, subspecialty, ...(secondary === undefined ? {} : { secondary }) })

const spineRows = (readBy: 'neuro' | 'musculoskeletal'): SubspecialtyRow[] => [
  row('spine-section', 'spine', ['MR', 'CT'], readBy, readBy === 'neuro' ? 'musculoskeletal' : 'neuro'),
  row('spine-radiograph', 'spine', ['CR', 'DX'], 'musculoskeletal'),
]

/** The map of the domain reference, section 5, from the breast row on. First match wins. */
const organRows = (spineReadBy: 'neuro' | 'musculoskeletal'): SubspecialtyRow[] => [
  row('breast', 'breast', ['MG', 'US', 'MR'], 'breast'),
  { rule: 'nuclear', modalities: ['PT', 'NM'], subspecialty: 'nuclear' },
  row('dental', 'jaw', ['PX', 'IO', 'CT'], 'dental'),
  row('neuro', 'brain', ['CT', 'MR'], 'neuro'),
  row('head-and-neck', 'neck', ['CT', 'MR', 'US'], 'head-and-neck'),
  ...spineRows(spineReadBy),
  row('cardiac', 'heart', ['CT', 'MR', 'XA'], 'cardiac'),
  row('chest', 'chest', ['CT', 'CR', 'DX'], 'chest'),
  row('vascular', 'vessels', ['CT', 'MR', 'XA'], 'vascular-interventional'),
  row('abdominal', 'abdomen', ['CT', 'MR', 'US'], 'abdominal'),
  row('genitourinary', 'urogenital', ['CT', 'MR', 'US'], 'genitourinary'),
  row('obstetrics-gynaecology', 'female-pelvis', ['US', 'MR'], 'obstetrics-gynaecology'),
  row('musculoskeletal', 'limbs', ['MR', 'CR', 'DX', 'CT'], 'musculoskeletal'),
]

/** What these modalities image even when nobody has written it down. */
const organOfModality: Readonly<Partial<Record<Modality, Organ>>> = { MG: 'breast', PX: 'jaw', IO: 'jaw' }

const regionOfOrgan: Record<Organ, BodyRegion> = {
  'whole-body-trauma': 'whole-body',
  breast: 'breast',
  jaw: 'jaw',
  brain: 'head',
  neck: 'neck',
  spine: 'spine',
  heart: 'heart',
  chest: 'chest',
  vessels: 'vessels',
  abdomen: 'abdomen',
  urogenital: 'urogenital',
  'female-pelvis': 'female-pelvis',
  limbs: 'limbs',
}

const PELVIS = /\b(pelvis|becken|bassin)\b/i

/** The map has no row for a bare pelvis: by sex it is gynaecology's (US, MR), as a radiograph the skeleton's. */
const pelvisOrgan = (text: string, facts: StudyFacts): Organ | undefined => {
  if (!PELVIS.test(text)) return undefined
  if (facts.modalities.some((modality) => modality === 'CR' || modality === 'DX')) return 'limbs'
  return facts.sex === 'F' ? 'female-pelvis' : undefined
}

type Key = readonly [decidedBy: DecidedBy, organ: Organ]

/** What each source says was imaged, most trusted first; BodyPartExamined is often absent or wrong, so it comes late. */
const keysOf = (facts: StudyFacts, codes: Readonly<Record<string, Organ>>): Key[] => {
  const inText = (text: string | undefined): Organ | undefined =>
    text === undefined ? undefined : (organNamedIn(text) ?? pelvisOrgan(text, facts))
  const inConcept = (concept: CodedConcept | undefined): Organ | undefined =>
    codes[`${concept?.scheme ?? ''}|${concept?.code ?? ''}`] ?? inText(concept?.meaning)
  const sources: readonly (readonly [DecidedBy, Organ | undefined])[] = [
    ['requested-procedure', inConcept(facts.requestedProcedure)],
    ['procedure', inConcept(facts.procedure)],
    ['anatomic-region', inConcept(facts.anatomicRegion)],
    ['body-part', inText(facts.bodyPart)],
    ['description', inText(facts.description)],
    ['modality', facts.modalities.map((modality) => organOfModality[modality]).find((organ) => organ !== undefined)],
  ]
  return sources.flatMap(([decidedBy, organ]) => (organ === undefined ? [] : [[decidedBy, organ] as const]))
}

const rowFor = (rows: readonly SubspecialtyRow[], facts: StudyFacts, organ?: Organ): SubspecialtyRow | undefined =>
  rows.find(
    (candidate) =>
      (candidate.organ === undefined || candidate.organ === organ) &&
      (candidate.modalities === undefined || candidate.modalities.some((one) => facts.modalities.includes(one))),
  )

interface Match {
  readonly row: SubspecialtyRow
  readonly decidedBy: DecidedBy
}

/** The first source for which the map has a row: a body part the map cannot use does not hide a useful description. */
const firstMatch = (rows: readonly SubspecialtyRow[], facts: StudyFacts, keys: readonly Key[]): Match | undefined => {
  for (const [decidedBy, organ] of keys) {
    const found = rowFor(rows, facts, organ)
    if (found !== undefined) return { row: found, decidedBy: found.organ === undefined ? 'modality' : decidedBy }
  }
  const found = rowFor(rows, facts)
  return found === undefined ? undefined : { row: found, decidedBy: 'modality' }
}

const PAEDIATRIC_BELOW_YEARS = 16
const traumaRow = row('whole-body-trauma', 'whole-body-trauma', ['CT'], 'emergency')

/** The reader of the CT behind a PET: nuclear comes first in the map, so the organ's row is asked for without it. */
const organBehindPet = (rows: readonly SubspecialtyRow[], facts: StudyFacts, keys: readonly Key[]) => {
  const isPetCt = facts.modalities.includes('PT') && facts.modalities.includes('CT')
  const sectional = rows.filter(({ subspecialty }) => subspecialty !== 'nuclear')
  return isPetCt ? firstMatch(sectional, facts, keys)?.row.subspecialty : undefined
}

const regionOf = (match: Match | undefined, keys: readonly Key[]): BodyRegion | 'unknown' => {
  const organ = match?.row.organ ?? keys[0]?.[1]
  return organ === undefined ? 'unknown' : regionOfOrgan[organ]
}

const FALLBACK = { subspecialty: 'general', decidedBy: 'fallback', rule: 'none', exception: 'unmapped' } as const

/**
 * Who should read a study, and which source and row decided, so that a wrong turn can be traced to the word that caused
 * it. A child is the paediatric reader's, the organ second; a PET-CT is nuclear's, the organ's reader second.
 */
export const resolveSubspecialty = (facts: StudyFacts, options: SubspecialtyOptions = {}): SubspecialtyResolution => {
  if (facts.modalities.includes('SM')) {
    return { outcome: 'reject', reject: 'whole-slide-pathology', rule: 'whole-slide' }
  }
  const rows = [...(options.rows ?? []), traumaRow, ...organRows(options.spineReadBy ?? 'neuro')]
  const keys = keysOf(facts, options.codes ?? {})
  const match = firstMatch(rows, facts, keys)
  const region = regionOf(match, keys)
  if (facts.ageYears !== undefined && facts.ageYears < PAEDIATRIC_BELOW_YEARS) {
    const organ = match === undefined ? {} : { secondary: match.row.subspecialty }
    return { outcome: 'resolved', subspecialty: 'paediatric', ...organ, region, decidedBy: 'age', rule: 'paediatric' }
  }
  if (match === undefined) return { outcome: 'resolved', region, ...FALLBACK }
  const { subspecialty, rule } = match.row
  const secondary = match.row.secondary ?? (subspecialty === 'nuclear' ? organBehindPet(rows, facts, keys) : undefined)
  const second = secondary === undefined ? {} : { secondary }
  return { outcome: 'resolved', subspecialty, ...second, region, decidedBy: match.decidedBy, rule }
}
