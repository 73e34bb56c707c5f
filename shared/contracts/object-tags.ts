/** On every upload, signed with it: the origin whose data it is. */
export const RESIDENCY_TAG = 'residency'

/** In its place on what was rejected: the two are kept for different times. */
export const QUARANTINE_TAG = { Key: 'quarantine', Value: 'rejected' } as const
