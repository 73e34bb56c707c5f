import { Refusal } from '../../domain/refusal.ts'

/** What KMS says of a key that is disabled, on its way to deletion, or not to be had for the moment. */
const states: ReadonlySet<string> = new Set([
  'DisabledException',
  'KMSInvalidStateException',
  'KeyUnavailableException',
])

/**
 * Tells a key that cannot be used now from a fault: it may be enabled again, so a message about it is retried and a caller is
 * told to come back, instead of losing either to an error nobody can act on.
 */
export async function whileKeyIsThere<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (cause) {
    // S3 hands on what KMS said under a prefix.
    if (cause instanceof Error && states.has(cause.name.replace(/^KMS\./, '')))
      throw new Refusal('key-unavailable', {}, cause)
    throw cause
  }
}
