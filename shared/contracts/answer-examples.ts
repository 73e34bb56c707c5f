import { auditExamples } from './audit-examples.ts'
import { accepted, claimedAt, decisionId, referralId, status, submittedAt } from './example-case.ts'
import type { ReferralRow } from './http/referrals.ts'
import { privacyExamples } from './privacy-examples.ts'
import { readingExamples } from './reading-examples.ts'
import type { AnswerOf, OperationId } from './routes.ts'
import { uploadExamples } from './upload-examples.ts'

const order = { accessionNumber: 'A-1', modality: 'CT', bodyPart: 'HEAD' }

const row: ReferralRow = {
  referralId,
  version: 12,
  state: 'claimed',
  siteId: 'alder-main',
  pathwayId: 'stroke',
  urgency: 'stat',
  modality: 'CT',
  subspecialty: 'neuro',
  submittedAt,
  dueAt: status.dueAt,
  owner: status.owner,
}

/** What each operation answers, for the API reference: one stroke case seen from every side. Typed, so it cannot drift. */
export const answerExamples: { readonly [O in OperationId]?: AnswerOf<O> } = {
  submitReferral: accepted,
  listReferrals: { referrals: [row] },
  listEscalations: {
    referrals: [
      {
        ...row,
        escalations: [
          {
            escalationId: '01k9zqb2n5p8r1t4v7x9z3c6e8',
            clock: 'prelim',
            rung: 1,
            rungName: 'reader',
            orgId: 'alpine-reading',
            personId: 'p-weiss',
            raisedAt: '2026-11-24T03:28:10.000Z',
          },
        ],
      },
    ],
  },
  readReferral: {
    ...status,
    patient: { patientId: 'MRN-0042', name: { family: 'Example', given: 'Ada' }, birthDate: '1956-02-29', sex: 'F' },
    clinical: { question: 'Acute left-sided weakness: large vessel occlusion?' },
    order,
    notes: [
      {
        kind: 'question',
        text: 'When was the patient last seen well?',
        by: { kind: 'person', id: 'p-weiss', orgId: 'alpine-reading', role: 'reader' },
        at: '2026-11-24T03:16:00.000Z',
      },
      {
        kind: 'answer',
        text: 'At eight in the morning.',
        by: { kind: 'person', id: 'p-referrer-vienna', orgId: 'donau-klinikum', role: 'referrer' },
        at: '2026-11-24T03:18:00.000Z',
      },
    ],
    residency: { mode: 'read_identifiable', ruleIds: ['AT-EEA'], policyVersion: '2026-11' },
  },
  readStatus: status,
  readTimeline: {
    referralId,
    entries: [
      {
        number: 9,
        at: claimedAt,
        event: 'case-claimed',
        state: 'claimed',
        by: { kind: 'person', id: 'p-weiss', orgId: 'alpine-reading', role: 'reader' },
        owner: status.owner,
        dueAt: status.dueAt,
        facts: { readerId: 'r-weiss', decisionId },
      },
    ],
  },
  claimCase: status,
  ...uploadExamples,
  ...readingExamples,
  ...auditExamples,
  ...privacyExamples,
  readKpis: {
    version: 'overread/kpi@1',
    from: '2026-11-01',
    to: '2026-11-30',
    rows: [
      {
        measure: 'turnaround',
        siteId: 'alder-main',
        readingGroupId: 'alpine-reading',
        pathwayId: 'stroke',
        n: 41,
        medianMinutes: 23,
        p90Minutes: 47,
        p95Minutes: 58,
        inTargetPercent: 95.1,
      },
    ],
    counts: [{ siteId: 'alder-main', pathwayId: 'stroke', submitted: 44, rejected: 1, cancelled: 2, exceptions: 3 }],
    openOverdue: 0,
  },
}
