import { PathwayIdSchema, SiteIdSchema } from '../../../shared/domain/network/ids.ts'
import type { SubmitReferral } from '../../../shared/contracts/http/referrals.ts'
import type { SeededRandom } from '../../fixtures/seeded-random.ts'
import type { CanaryPatient } from './canary-study.ts'
import type { CanaryWords } from './canary-words.ts'

/** A referral with a canary in every field that takes a text, a number or an id of somebody's choice. */
export const canaryReferral = (
  words: CanaryWords,
  pathwayId: string,
  patient: CanaryPatient,
  studyInstanceUid?: string,
): SubmitReferral => ({
  siteId: SiteIdSchema.parse('donau-vienna'),
  pathwayId: PathwayIdSchema.parse(pathwayId),
  patient: { ...patient, name: { ...patient.name } },
  clinical: {
    question: `${words.text('question')} or ${words.digits('phone in the question')}?`,
    history: `${words.text('history')}, ${words.text('history')}\n${words.plain('history')}`,
    safety: ['pregnancy-possible'],
  },
  order: {
    accessionNumber: words.plain('accession number'),
    ...(studyInstanceUid === undefined ? {} : { studyInstanceUid }),
    modality: 'CT',
    bodyPart: `HEAD ${words.text('body part')}`,
    procedure: { code: words.plain('procedure code'), scheme: words.plain('procedure scheme') },
    description: `brain ${words.text('description')}`,
  },
})

/** For a case without images: a birth date that no one else in the test has, in both spellings, and an issuer. */
export const unseenPatient = (words: CanaryWords, random: SeededRandom, patient: CanaryPatient) => {
  const two = (n: number) => String(n).padStart(2, '0')
  const [year, month, day] = [random.int(1911, 1939), two(random.int(1, 12)), two(random.int(1, 28))]
  words.take(`${year}${month}${day}`, 'birth date')
  return {
    ...patient,
    issuerOfPatientId: words.plain('issuer of patient id'),
    birthDate: words.take(`${year}-${month}-${day}`, 'birth date'),
  }
}
