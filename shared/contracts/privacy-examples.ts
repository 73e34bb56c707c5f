import type { AnswerOf } from './routes.ts'

const referralId = 'alder-hospital.01k9zq3v5r8w2x4y6a8c0e2g4j'
const placedAt = '2026-11-24T09:00:00.000Z'
const hold = {
  schema: 'overread/legal-hold@1' as const,
  holdId: '01k9zq4m7d2f5h8k1n3q6s9v2x',
  reason: 'litigation' as const,
  placedAt,
  placedBy: 'p-privacy',
}
const held: AnswerOf<'readRetention'> = {
  referralId,
  version: 1,
  legalHolds: [hold],
  erasure: null,
  kept: [{ why: 'legal-hold', holdIds: [hold.holdId] }],
}
const requested = {
  requestedAt: placedAt,
  requestedBy: 'p-privacy',
  basis: 'data-subject-request' as const,
}
const asked: AnswerOf<'requestErasure'> = {
  referralId,
  version: 1,
  legalHolds: [],
  erasure: { state: 'requested', ...requested },
  kept: [
    { why: 'second-person-needed' },
    { why: 'duty-to-retain', class: 'images', ruleId: 'images-default', until: '2036-11-24T03:31:40.000Z' },
  ],
}
const erased: AnswerOf<'confirmErasure'> = {
  referralId,
  version: 4,
  legalHolds: [],
  erasure: {
    state: 'erased',
    ...requested,
    begunAt: '2036-11-25T09:00:00.000Z',
    confirmedBy: 'p-counsel',
    ruleIds: ['images-default', 'reports-default', 'referral-default'],
    policyVersion: '2026-11',
    proof: { objects: 301, bytes: 158_432_210, records: 912 },
    erasedAt: '2036-11-25T09:00:04.000Z',
  },
  kept: [],
}
const { kept: _, ...proof } = erased
const confirmed = { at: '2026-11-24T09:10:00.000Z', by: 'p-counsel' }
const liftAsked = { at: '2027-03-01T09:00:00.000Z', by: 'p-privacy' }
const lifted = { at: '2027-03-01T10:00:00.000Z', by: 'p-privacy', confirmedBy: 'p-counsel' }

/** A hold placed and lifted by two people; an erasure asked for by one, refused until its day, carried out by another. */
export const privacyExamples = {
  listRetention: { files: [proof] } satisfies AnswerOf<'listRetention'>,
  readRetention: held,
  placeLegalHold: held,
  confirmLegalHold: {
    ...held,
    version: 2,
    legalHolds: [{ ...hold, confirmed }],
  } satisfies AnswerOf<'confirmLegalHold'>,
  askToLiftLegalHold: {
    ...held,
    version: 3,
    legalHolds: [{ ...hold, confirmed, liftAsked }],
  } satisfies AnswerOf<'askToLiftLegalHold'>,
  keepLegalHold: { ...held, version: 4, legalHolds: [{ ...hold, confirmed }] } satisfies AnswerOf<'keepLegalHold'>,
  liftLegalHold: {
    ...held,
    version: 4,
    legalHolds: [{ ...hold, confirmed, liftAsked, lifted }],
    kept: [],
  } satisfies AnswerOf<'liftLegalHold'>,
  requestErasure: asked,
  withdrawErasure: { ...asked, version: 2, erasure: null } satisfies AnswerOf<'withdrawErasure'>,
  confirmErasure: erased,
  readAccessReport: {
    generatedAt: '2026-11-24T12:00:00.000Z',
    cases: [
      {
        referralId,
        log: { outcome: 'intact', records: 31, checkpoints: 2 },
        accesses: [
          {
            from: '2026-11-24T03:09:31.000Z',
            to: '2026-11-24T03:12:02.000Z',
            times: 4,
            by: { kind: 'person', id: 'p-weiss', orgId: 'alpine-reading', role: 'reader' },
            organisation: 'Alpine Reading',
            operation: 'listImages',
            what: 'was given the images',
            decision: { mode: 'read_identifiable', ruleIds: ['AT-EEA'], policyVersion: '2026-11' },
          },
        ],
      },
    ],
    text: 'Who saw what, as of 2026-11-24 12:00. All times are UTC.\n',
  } satisfies AnswerOf<'readAccessReport'>,
}
