import { auditExamples } from './audit-examples.ts'
import type { CaseStatus } from './http/referrals.ts'
import { privacyExamples } from './privacy-examples.ts'
import type { AnswerOf, OperationId } from './routes.ts'

/** What each operation answers, for the API reference: one stroke case seen from every side. Typed, so it cannot drift. */
const referralId = 'alder-hospital.01k9zq3v5r8w2x4y6a8c0e2g4j'
const uploadId = '01k9zq4m7d2f5h8k1n3q6s9v2x'
const reportId = '01k9zq9t4w6y8b1d3f5h7k9m2p'
const decisionId = '01k9zq6c8e1g3j5l7n9q2s4u6w'
const sha256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'
const studyInstanceUid = '1.2.840.113619.2.55.3.1'
const submittedAt = '2026-11-24T03:00:00.000Z'
const claimedAt = '2026-11-24T03:09:30.000Z'

const status: CaseStatus = {
  referralId,
  version: 12,
  state: 'claimed',
  siteId: 'alder-main',
  referringOrgId: 'alder-hospital',
  readingGroups: ['alpine-reading'],
  readerId: 'r-weiss',
  pathwayId: 'stroke',
  urgency: 'stat',
  subspecialty: 'neuro',
  modality: 'CT',
  bodyRegion: 'head',
  owner: { role: 'reader', orgId: 'alpine-reading', personId: 'p-weiss' },
  dueAt: '2026-11-24T03:24:30.000Z',
  milestones: {
    submittedAt,
    acceptedAt: submittedAt,
    availableAt: '2026-11-24T03:08:10.000Z',
    routedAt: '2026-11-24T03:08:11.000Z',
    claimedAt,
    pausedAcceptanceMinutes: 0,
    pausedReadingMinutes: 0,
  },
  images: { expected: 300, stored: 300, failed: 0, complete: true },
  reports: [],
  escalations: [],
  exceptions: [],
  emergencies: [],
  task: { status: 'in-progress', businessStatus: 'claimed' },
}

const upload = {
  referralId,
  uploadId,
  caseVersion: 4,
  state: 'open' as const,
  expected: 300,
  stored: 297,
  failed: 1,
  missing: 2,
  openedAt: '2026-11-24T03:01:00.000Z',
}

const signed = <M extends 'GET' | 'PUT'>(method: M, headers: Record<string, string>) => ({
  method,
  url: 'https://objects.example/key?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Signature=...',
  headers,
  expiresAt: '2026-11-24T03:16:00.000Z',
})

const order = { accessionNumber: 'A-1', modality: 'CT', bodyPart: 'HEAD' }

export const answerExamples: { readonly [O in OperationId]?: AnswerOf<O> } = {
  submitReferral: {
    ...status,
    version: 1,
    state: 'accepted',
    readingGroups: [],
    owner: { role: 'coordinator', orgId: 'alder-hospital', personId: 'p-coordinator' },
    task: { status: 'accepted', businessStatus: 'accepted' },
  },
  listReferrals: {
    referrals: [
      {
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
  openUpload: { ...upload, stored: 0, failed: 0, missing: 300 },
  readUpload: upload,
  resumeUpload: upload,
  assembleObject: upload,
  completeUpload: { ...upload, state: 'complete', stored: 299, missing: 0 },
  listUploadObjects: {
    objects: [{ index: 7, sopInstanceUid: '1.2.840.113619.2.55.3.1.7', state: 'failed', reason: 'truncated' }],
  },
  pageUploadUrls: {
    serverTime: '2026-11-24T03:01:00.000Z',
    urls: [
      {
        index: 0,
        sopInstanceUid: '1.2.840.113619.2.55.3.1.1',
        put: signed('PUT', { 'content-type': 'application/dicom', 'if-none-match': '*' }),
      },
    ],
  },
  listWorklist: {
    items: [
      {
        referralId,
        version: 11,
        state: 'offered',
        readerId: 'r-weiss',
        siteId: 'alder-main',
        pathwayId: 'stroke',
        urgency: 'stat',
        subspecialty: 'neuro',
        modality: 'CT',
        bodyRegion: 'head',
        images: 300,
        imagesFailed: 0,
        since: '2026-11-24T03:08:11.000Z',
        dueAt: '2026-11-24T03:13:10.000Z',
      },
    ],
  },
  listImages: {
    referralId,
    studyInstanceUid,
    decisionId,
    mode: 'read_identifiable',
    images: [
      {
        seriesInstanceUid: '1.2.840.113619.2.55.3.1.2',
        sopInstanceUid: '1.2.840.113619.2.55.3.1.2.1',
        sopClassUid: '1.2.840.10008.5.1.4.1.1.2',
        modality: 'CT',
        instanceNumber: 1,
        bytes: 525_450,
        sha256,
        get: signed('GET', {}),
      },
    ],
    failed: 0,
  },
  listCopies: {
    referralId,
    released: 299,
    held: 1,
    blocked: 0,
    copies: [
      {
        copyId: '5f0c2a9be1d84c7f9a3b6e2d1c0f4a87',
        state: 'held',
        reasons: ['burned-in-text'],
        attested: false,
        attestation: {},
        modality: 'CT',
        instanceNumber: 300,
        seriesInstanceUid: '1.2.840.113619.2.55.3.1.3',
        sopInstanceUid: '1.2.840.113619.2.55.3.1.3.1',
      },
    ],
  },
  attestCopies: { referralId, attested: 1 },
  saveDraft: { referralId, savedAt: '2026-11-24T03:14:00.000Z', draftVersion: 3 },
  openAttachment: {
    referralId,
    attachmentId: '01k9zq8s3u5w7z9c2e4g6j8l1n',
    put: signed('PUT', { 'content-type': 'application/pdf', 'if-none-match': '*' }),
  },
  readReports: {
    referralId,
    reports: [
      {
        reportId,
        kind: 'final',
        filedAt: '2026-11-24T03:31:00.000Z',
        readerId: 'r-weiss',
        readerName: 'Dr. Johanna Weiss',
        registration: 'AT 12345-67',
        decisionId,
        text: { findings: 'Hyperdense left MCA.', impression: 'Left M1 occlusion.', alert: 'category-1' },
        sha256,
        signature: { keyId: 'report-signing-1', value: 'MEUCIQ...' },
        attachments: [
          {
            attachmentId: '01k9zq8s3u5w7z9c2e4g6j8l1n',
            contentType: 'application/pdf',
            bytes: 18_231,
            sha256,
            get: signed('GET', {}),
          },
        ],
      },
    ],
  },
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
