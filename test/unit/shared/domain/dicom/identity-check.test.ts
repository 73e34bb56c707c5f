import { describe, expect, it } from 'vitest'
import type { DicomFacts } from '../../../../../shared/domain/dicom/dicom-facts.ts'
import { DicomUidSchema } from '../../../../../shared/domain/dicom/dicom-uid.ts'
import { checkIdentity } from '../../../../../shared/domain/dicom/identity-check.ts'
import type { ExpectedIdentity, IdentityMismatch } from '../../../../../shared/domain/dicom/identity-check.ts'
import { comparePersonNames } from '../../../../../shared/domain/dicom/person-name.ts'

const uid = (text: string) => DicomUidSchema.parse(text)
const facts: DicomFacts = {
  studyInstanceUid: uid('1.2.3'),
  seriesInstanceUid: uid('1.2.3.1'),
  sopInstanceUid: uid('1.2.3.1.1'),
  patientId: 'MRN-0042',
  issuerOfPatientId: 'HOSPITAL',
  patientName: 'Example^Ada',
  patientBirthDate: '19560229',
}
const expected: ExpectedIdentity = {
  studyInstanceUid: '1.2.3',
  seriesInstanceUid: '1.2.3.1',
  sopInstanceUid: '1.2.3.1.1',
  patientId: 'MRN-0042',
  issuerOfPatientId: 'HOSPITAL',
  patientName: 'Example^Ada',
  patientBirthDate: '1956-02-29',
}
const without = (...names: (keyof DicomFacts)[]): DicomFacts =>
  Object.fromEntries(Object.entries(facts).filter(([name]) => !names.some((left) => left === name)))

const reasons = (stated: DicomFacts, wanted: ExpectedIdentity = expected): readonly IdentityMismatch[] => {
  const check = checkIdentity(stated, wanted)
  return check.kind === 'match' ? [] : check.reasons
}

describe('matching an object with its referral', () => {
  it('takes an object on which everything agrees', () => {
    expect(checkIdentity(facts, expected)).toEqual({ kind: 'match' })
  })

  it.each<[IdentityMismatch, DicomFacts]>([
    ['study-differs', { ...facts, studyInstanceUid: uid('1.2.4') }],
    ['study-differs', without('studyInstanceUid')],
    ['series-differs', { ...facts, seriesInstanceUid: uid('1.2.4') }],
    ['instance-differs', { ...facts, sopInstanceUid: uid('1.2.4') }],
    ['patient-id-differs', { ...facts, patientId: 'MRN-0043' }],
    ['patient-id-differs', { ...facts, patientId: 'mrn-0042' }],
    ['patient-id-issuer-differs', { ...facts, issuerOfPatientId: 'ELSEWHERE' }],
    ['patient-name-differs', { ...facts, patientName: 'Other^Ada' }],
    ['patient-name-differs', { ...facts, patientName: 'Example^Eve' }],
    ['patient-name-differs', { ...facts, patientName: 'Ex\ufffdmple^Ada' }],
    ['birth-date-differs', { ...facts, patientBirthDate: '19560228' }],
  ])('refuses it for %s alone', (reason, stated) => {
    expect(reasons(stated)).toEqual([reason])
  })

  it('names every difference of another patient, so that the sender need not ask twice', () => {
    const other = { ...facts, patientId: 'MRN-0043', patientName: 'Other^Eve', patientBirthDate: '20010101' }
    expect(reasons(other)).toEqual(['patient-id-differs', 'patient-name-differs', 'birth-date-differs'])
  })

  it('takes an object without Patient ID only if name and birth date both confirm the patient', () => {
    expect(reasons(without('patientId'))).toEqual([])
    expect(reasons(without('patientId', 'patientName'))).toEqual(['patient-id-missing'])
    expect(reasons(without('patientId', 'patientBirthDate'))).toEqual(['patient-id-missing'])
  })

  it('never confirms a twin by family name and birth date', () => {
    expect(reasons({ ...without('patientId'), patientName: 'Example' })).toEqual(['patient-id-missing'])
    expect(reasons({ ...facts, patientName: 'Example' })).toEqual([])
  })

  it('does not ask for what the referral does not state', () => {
    expect(reasons(facts, { patientId: 'MRN-0042' })).toEqual([])
    expect(reasons(without('patientName', 'patientBirthDate', 'issuerOfPatientId'))).toEqual([])
  })
})

describe('comparing names of persons', () => {
  it.each([
    ['MUELLER^JOERG', 'Müller^Jörg'],
    ['MULLER^JORG', 'Müller^Jörg'],
    ['SOERENSEN^AASE', 'Sørensen^Åse'],
    ['OBRIEN^MARYANN', "O'Brien^Mary-Ann"],
    ['DOE^JOHN^Q^^MD', 'Doe^John'],
    ['DOE JOHN', 'Doe^John'],
    ['Yamada^Tarou=山田^太郎=やまだ^たろう', '山田^太郎'],
    ['ﾔﾏﾀﾞ^ﾀﾛｳ', 'ヤマダ^タロウ'],
    ['GROSS^IDA', 'Groß^Ida'],
  ])('%s is %s', (one, other) => {
    expect(comparePersonNames(one, other)).toBe('same')
    expect(comparePersonNames(other, one)).toBe('same')
  })

  it.each([
    ['Doe^John', 'Doe^Jane'],
    ['Doe^John', 'Roe^John'],
    ['Doe^John^Adam', 'Doe^John^Brian'],
    ['Yamada^Tarou=山田^太郎', '山本^太郎'],
    ['Doe^John', ''],
    ['ガ^ア', 'カ^ア'],
  ])('%s is not %s', (one, other) => {
    expect(comparePersonNames(one, other)).toBe('different')
  })

  it('knows neither yes nor no without a given name', () => {
    expect(comparePersonNames('Doe', 'Doe^John')).toBe('compatible')
  })
})
