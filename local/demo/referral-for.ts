import { createHash } from 'node:crypto'
import type { SubmitReferral } from '../../shared/contracts/http/referrals.ts'
import { PathwayIdSchema, SiteIdSchema } from '../../shared/domain/network/ids.ts'
import { DicomModalitySchema } from '../../shared/domain/dicom/modality.ts'
import type { StudyGroup } from './scan-folder.ts'

export interface DemoSite {
  readonly siteId: string
  readonly suffix: string
}

/** The two referring sites of the demo network and the ending of their people's ids. */
export const demoSites: readonly DemoSite[] = [
  { siteId: 'donau-vienna', suffix: 'vienna' },
  { siteId: 'liffey-dublin', suffix: 'dublin' },
]

const pathwayByModality: Readonly<Record<string, string>> = {
  CT: 'urgent-inpatient',
  US: 'urgent-inpatient',
  XA: 'urgent-inpatient',
  PT: 'oncology-follow-up',
  NM: 'oncology-follow-up',
  RTDOSE: 'oncology-follow-up',
  RTPLAN: 'oncology-follow-up',
  RTSTRUCT: 'oncology-follow-up',
  MR: 'oncology-follow-up',
}

/** What the pathways of the demo network ask of the history. */
const historyByPathway: Readonly<Record<string, SubmitReferral['clinical']['answers']>> = {
  stroke: { 'last-known-well': 'Demonstration', symptoms: 'Demonstration', anticoagulants: 'Demonstration' },
  'oncology-follow-up': { diagnosis: 'Demonstration', treatment: 'Demonstration' },
}

const isHead = (text: string | undefined): boolean => /head|brain|skull/i.test(text ?? '')

const isoDate = (dicomDate: string | undefined, today: string): string | undefined => {
  if (dicomDate === undefined) return undefined
  const iso = `${dicomDate.slice(0, 4)}-${dicomDate.slice(4, 6)}-${dicomDate.slice(6, 8)}`
  return !Number.isNaN(Date.parse(iso)) && new Date(iso).toISOString().startsWith(iso) && iso <= today ? iso : undefined
}

const clip = (text: string, length: number): string => text.slice(0, length)

const nameOf = (personName: string | undefined): SubmitReferral['patient']['name'] => {
  const [alphabetic = ''] = (personName ?? '').split('=')
  const [family = '', given = ''] = alphabetic.split('^').map((part) => part.trim())
  return { family: clip(family || 'Unnamed', 128), ...(given === '' ? {} : { given: clip(given, 128) }) }
}

/** Slides make it pathology, whatever else the study holds; otherwise what the first file says. */
export const modalityOf = ({ files }: StudyGroup): string => {
  const modalities = files.map(({ facts }) => facts.modality)
  return modalities.includes('SM') ? 'SM' : (DicomModalitySchema.safeParse(modalities[0]).data ?? 'OT')
}

/** From the study, so that the demo can run again on the same cell with other files: an order number is taken once. */
const accessionOf = (studyInstanceUid: string, number: number): string =>
  `D${createHash('sha256').update(studyInstanceUid).digest('hex').slice(0, 9).toUpperCase()}-${number}`

/** The referral a site would write for a study it holds: what the header says, and a question. */
export function referralFor(group: StudyGroup, site: DemoSite, number: number, today: string): SubmitReferral {
  const facts = group.files[0]?.facts
  if (facts === undefined) throw new Error('a group has a file')
  const modality = modalityOf(group)
  const stroke =
    (modality === 'CT' || modality === 'MR') && (isHead(facts.bodyPartExamined) || isHead(facts.studyDescription))
  const birthDate = isoDate(facts.patientBirthDate, today)
  const described = facts.studyDescription?.trim()
  const pathwayId = stroke ? 'stroke' : (pathwayByModality[modality] ?? 'routine-orthopaedic')
  const answers = historyByPathway[pathwayId]
  return {
    siteId: SiteIdSchema.parse(site.siteId),
    pathwayId: PathwayIdSchema.parse(pathwayId),
    patient: {
      patientId: facts.patientId ?? `SITE-${String(number).padStart(4, '0')}`,
      name: nameOf(facts.patientName),
      ...(facts.issuerOfPatientId === undefined ? {} : { issuerOfPatientId: facts.issuerOfPatientId }),
      ...(birthDate === undefined ? {} : { birthDate }),
    },
    clinical: { question: 'Demonstration: please report.', ...(answers === undefined ? {} : { answers }) },
    order: {
      accessionNumber: accessionOf(group.studyInstanceUid, number),
      studyInstanceUid: group.studyInstanceUid,
      modality,
      ...(facts.bodyPartExamined === undefined ? {} : { bodyPart: clip(facts.bodyPartExamined, 64) }),
      ...(described === undefined || described === '' ? {} : { description: clip(described, 64) }),
    },
  }
}
