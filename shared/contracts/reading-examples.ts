import { decisionId, referralId, reportId, sha256, signed, studyInstanceUid } from './example-case.ts'
import type { AnswerOf, OperationId } from './routes.ts'

export const readingExamples: { readonly [O in OperationId]?: AnswerOf<O> } = {
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
}
