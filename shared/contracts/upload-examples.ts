import { referralId, signed } from './example-case.ts'
import type { AnswerOf, OperationId } from './routes.ts'

const uploadId = '01k9zq4m7d2f5h8k1n3q6s9v2x'

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

export const uploadExamples: { readonly [O in OperationId]?: AnswerOf<O> } = {
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
}
