/**
 * The closed table of refusals: every way Overread says no. `code` is stable and public (RFC 9457 `type`), `retryable`
 * tells a queue or a client whether the same request may succeed later. Titles are static: a refusal never echoes a value.
 */
export const refusals = {
  // the request
  'malformed-json': { status: 400, retryable: false, title: 'The body is not valid JSON' },
  'invalid-request': { status: 400, retryable: false, title: 'The request does not fit its schema' },
  'idempotency-key-required': { status: 400, retryable: false, title: 'A command needs an Idempotency-Key header' },
  'body-too-large': { status: 413, retryable: false, title: 'The body is larger than the limit' },
  'unsupported-media-type': { status: 415, retryable: false, title: 'Send application/json in UTF-8' },
  'version-required': {
    status: 428,
    retryable: false,
    title: 'A command needs an If-Match header with the version read',
  },
  'stale-version': { status: 409, retryable: false, title: 'The case has changed since it was read' },
  'idempotency-key-reused': {
    status: 422,
    retryable: false,
    title: 'The Idempotency-Key was used for another request',
  },
  'invalid-cursor': {
    status: 400,
    retryable: false,
    title: 'The cursor was not issued for this list and these filters',
  },
  'too-many-requests': { status: 429, retryable: true, title: 'The organisation has reached its rate' },
  // who asks
  unauthenticated: { status: 401, retryable: false, title: 'A valid access token is needed' },
  'not-permitted': { status: 403, retryable: false, title: 'The role does not permit this' },
  'not-found': { status: 404, retryable: false, title: 'Nothing of that name is known to you' },
  'residency-forbidden': { status: 403, retryable: false, title: 'The data-residency policy does not permit this' },
  'not-eligible': { status: 403, retryable: false, title: 'The reader may not read this case now' },
  'wrong-cell': { status: 421, retryable: false, title: 'The patient belongs to another cell' },
  // the referral
  'unknown-organisation': {
    status: 422,
    retryable: false,
    title: 'The organisation or site is not part of the network',
  },
  'unknown-pathway': { status: 422, retryable: false, title: 'The pathway is not part of the network' },
  'unknown-reader': { status: 422, retryable: false, title: 'The reader is not part of the network' },
  'date-in-future': { status: 422, retryable: false, title: 'A date lies in the future' },
  'duplicate-referral': { status: 409, retryable: false, title: 'A referral for this study or order exists already' },
  'illegal-transition': { status: 409, retryable: false, title: 'The state of the case does not allow this' },
  'no-agreement': { status: 422, retryable: false, title: 'No agreement covers this referral' },
  // uploads
  'manifest-repeats-uid': { status: 422, retryable: false, title: 'The manifest names a SOP Instance UID twice' },
  'manifest-contradicts': { status: 409, retryable: false, title: 'The manifest contradicts an earlier one' },
  'manifest-too-large': {
    status: 413,
    retryable: false,
    title: 'The manifest names more objects than an upload takes: open several uploads',
  },
  'upload-closed': {
    status: 409,
    retryable: false,
    title: 'The upload is complete or its case no longer takes images',
  },
  'study-with-reader': {
    status: 409,
    retryable: false,
    title: 'The study is with its readers: further images come in once one of them asks for what is missing',
  },
  'upload-incomplete': { status: 409, retryable: true, title: 'Objects of the manifest have not arrived yet' },
  'object-not-received': { status: 409, retryable: true, title: 'The object or one of its parts has not arrived' },
  'study-of-another-case': { status: 409, retryable: false, title: 'The study belongs to another case' },
  // reading and reporting
  'claim-held': { status: 409, retryable: false, title: 'The case is claimed by another reader' },
  'claim-lost': { status: 409, retryable: false, title: 'The claim has lapsed or belongs to another reader' },
  'frame-unavailable': { status: 404, retryable: false, title: 'The image has no such frame to show' },
  'copy-not-held': { status: 409, retryable: false, title: 'No copy of that name waits for a person' },
  'frame-too-large': { status: 413, retryable: false, title: 'The frame is longer than one answer: ask for its parts' },
  'attachment-rejected': {
    status: 422,
    retryable: false,
    title: 'An attachment is missing, altered, no document or speaks of what is not in the case',
  },
  'report-missing': { status: 409, retryable: false, title: 'There is no report in the state this needs' },
  // keeping and erasing
  'second-person-needed': { status: 403, retryable: false, title: 'Another person must do this' },
  'erasure-kept': { status: 409, retryable: false, title: 'The case must be kept: each reason is given with its day' },
  'erasure-locked': { status: 409, retryable: false, title: 'A lock of the store holds objects until the day given' },
  // transient
  'key-unavailable': { status: 503, retryable: true, title: 'A key of the cell cannot be used now: try again' },
  busy: { status: 503, retryable: true, title: 'The store is busy: try again' },
} as const satisfies Record<string, { status: number; retryable: boolean; title: string }>

export type RefusalCode = keyof typeof refusals

/** Facts a caller may be told: identifiers, versions, counts. Never patient data, never a value of the request. */
export type RefusalFacts = Readonly<Record<string, string | number | boolean | readonly string[]>>

/** The one error class of the product. Anything else that is thrown is a fault. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly code: RefusalCode
  readonly facts: RefusalFacts

  constructor(code: RefusalCode, facts: RefusalFacts = {}, cause?: unknown) {
    super(refusals[code].title, cause === undefined ? undefined : { cause })
    this.code = code
    this.facts = facts
  }

  get retryable(): boolean {
    return refusals[this.code].retryable
  }
}
