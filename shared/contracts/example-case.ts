import type { CaseStatus } from './http/referrals.ts'

/** The stroke case that the examples of the API reference see from every side. */
export const referralId = 'alder-hospital.01k9zq3v5r8w2x4y6a8c0e2g4j'
export const reportId = '01k9zq9t4w6y8b1d3f5h7k9m2p'
export const decisionId = '01k9zq6c8e1g3j5l7n9q2s4u6w'
export const sha256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'
export const studyInstanceUid = '1.2.840.113619.2.55.3.1'
export const submittedAt = '2026-11-24T03:00:00.000Z'
export const claimedAt = '2026-11-24T03:09:30.000Z'

export const status: CaseStatus = {
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
  missingHistory: [],
  criticalResults: [],
  task: { status: 'in-progress', businessStatus: 'claimed' },
}

const { readerId: _, ...unread } = status

/** The same case on its first day: no image has come, and nobody reads it. */
export const accepted: CaseStatus = {
  ...unread,
  version: 1,
  state: 'accepted',
  readingGroups: [],
  owner: { role: 'coordinator', orgId: 'alder-hospital', personId: 'p-coordinator' },
  dueAt: '2026-11-24T03:15:00.000Z',
  milestones: { submittedAt, acceptedAt: submittedAt, pausedAcceptanceMinutes: 0, pausedReadingMinutes: 0 },
  images: { expected: 0, stored: 0, failed: 0, complete: false },
  task: { status: 'accepted', businessStatus: 'accepted' },
}

export const signed = <M extends 'GET' | 'PUT'>(method: M, headers: Record<string, string>) => ({
  method,
  url: 'https://objects.example/key?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Signature=...',
  headers,
  expiresAt: '2026-11-24T03:16:00.000Z',
})
