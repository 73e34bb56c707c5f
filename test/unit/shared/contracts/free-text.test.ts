import type * as z from 'zod'
import { describe, expect, it } from 'vitest'
import { isReadable } from '../../../../shared/contracts/http/free-text.ts'
import { RequestInformationSchema } from '../../../../shared/contracts/http/notes.ts'
import { SubmitReferralSchema } from '../../../../shared/contracts/http/referrals.ts'
import { FileReportSchema, ReportTextSchema, SaveDraftSchema } from '../../../../shared/contracts/http/reports.ts'
import { ReportDraftSchema } from '../../../../shared/contracts/stored/report-draft.ts'
import { InvalidInput } from '../../../../shared/runtime/problem.ts'
import { referralBody } from '../../../acceptance/study-in-hand.ts'

const unseen: readonly (readonly [string, string])[] = [
  ['nothing but a zero-width space', '\u200b'],
  ['nothing but a soft hyphen and a blank', '\u00ad \u00ad'],
  ['nothing but a Hangul filler', '\u3164'],
  ['nothing but a blank braille pattern', '\u2800'],
  ['nothing but a word joiner and a mark of direction', '\u2060\u200e'],
]
const misread: readonly (readonly [string, string])[] = [
  ['half a character', 'a\ud800b'],
  ['the mark of a lost character', 'M\ufffdller'],
  ['a code point that is none', 'a\uffffb'],
  ['letters shown backwards', 'No \u202eegahrromeah\u202c'],
  ['an isolate', 'left \u2067right\u2069'],
  ['hidden tags', 'a\u{e0041}b'],
  ['an escape', 'a\u001bb'],
]
const names = [
  'Müller-Lüdenscheidt',
  'Đặng Thị Hương',
  "O'Brien",
  '山田^太郎',
  'علی\u200cرضا', // A joiner that Persian spelling needs.
  'क्\u200dष',
  'שלום\u200f',
  'e\u0301',
  '👩\u200d⚕\ufe0f',
]

const rulesOf = (schema: z.ZodType, body: unknown) => {
  const { error } = schema.safeParse(body)
  return error === undefined ? [] : new InvalidInput('body', error).issues.map(({ path, rule }) => `${path} ${rule}`)
}

describe('a text that no reader sees, or that each sees otherwise', () => {
  it.each([...unseen, ...misread])('is none: %s', (_, text) => {
    for (const readAs of ['identifier', 'line', 'paragraphs'] as const) expect(isReadable(readAs, text)).toBe(false)
  })

  it('is not made of what languages are written with', () => {
    for (const name of names)
      expect([name, isReadable('line', name), isReadable('paragraphs', name)]).toEqual([name, true, true])
    expect(isReadable('paragraphs', 'Liver:\n\t- two cysts\r\n- no mass')).toBe(true)
    expect(isReadable('line', 'Muster\nMaria')).toBe(false)
    expect(isReadable('line', 'Muster\u2028Maria')).toBe(false)
  })

  it('is no identifier either where only a part of it is invisible: what looks the same must be the same', () => {
    for (const id of ['MRN\u200b-77', 'MRN-77\u200e', 'MRN\u00ad77', 'MRN\ufe0f', 'MRN\u2028'])
      expect([id, isReadable('identifier', id)]).toEqual([id, false])
    for (const id of ['MRN-77', 'Ä/77 b', '患者-1']) expect([id, isReadable('identifier', id)]).toEqual([id, true])
  })
})

describe('it comes in with no body, and the answer says where it stands', () => {
  const body = referralBody(undefined)
  it.each([
    ['patient.patientId', { patient: { ...body.patient, patientId: 'MRN\u200b-77' } }],
    ['patient.issuerOfPatientId', { patient: { ...body.patient, issuerOfPatientId: 'A\u200bB' } }],
    ['patient.name.family', { patient: { ...body.patient, name: { family: 'M\ufffdller' } } }],
    ['patient.name.given', { patient: { ...body.patient, name: { family: 'A', given: '\u202eB' } } }],
    ['clinical.question', { clinical: { question: '\u200b' } }],
    ['clinical.history', { clinical: { question: 'Stroke?', history: 'No \ud800' } }],
    ['order.accessionNumber', { order: { ...body.order, accessionNumber: 'A-1\u200b' } }],
    ['order.procedure.code', { order: { ...body.order, procedure: { code: 'C\u2060', scheme: 'S' } } }],
    ['order.procedure.scheme', { order: { ...body.order, procedure: { code: 'C', scheme: 'S\u2060' } } }],
    ['order.description', { order: { ...body.order, description: 'Head\u0007' } }],
  ])('a referral: %s', (path, change) => {
    expect(rulesOf(SubmitReferralSchema, { ...body, ...change })).toEqual([`body.${path} unreadable_text`])
  })

  it('a report, whose signed impression would be blank', () => {
    const text = { findings: 'Normal.', impression: '\u200b', alert: 'none' }
    expect(rulesOf(FileReportSchema, { text })).toEqual(['body.text.impression unreadable_text'])
    expect(rulesOf(SaveDraftSchema, { text: { findings: 'h\ufffdmorrhage' } })).toEqual([
      'body.text.findings unreadable_text',
    ])
    expect(rulesOf(RequestInformationSchema, { item: 'other', note: '\u2060' })).toEqual(['body.note unreadable_text'])
  })

  it('what was taken before stays readable', () => {
    const text = { findings: 'h\ufffdmorrhage', impression: '\u200b' }
    expect(ReportTextSchema.safeParse(text).success).toBe(true)
    const draft = { schema: 'overread/draft@1', readerId: 'r-weber', savedAt: '2026-11-24T10:00:00.000Z', text }
    expect(ReportDraftSchema.safeParse(draft).success).toBe(true)
    expect(SubmitReferralSchema.shape.patient.safeParse({ ...body.patient, patientId: 'MRN\u200b' }).success).toBe(true)
  })
})
