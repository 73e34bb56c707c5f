import { createPublicKey, verify } from 'node:crypto'
import type { Verifier } from '../domain/audit/verify-bundle.ts'
import { sha256 } from '../ledger/sha256.ts'

/**
 * Checks signatures against public keys (SPKI, PEM) that are trusted, and no other: a key that came with a forged bundle proves
 * nothing. `older` are those that the cell signed with before its key was replaced.
 */
export function auditVerifier(
  trusted: { readonly keyId: string; readonly pem: string },
  older: readonly string[] = [],
): Verifier {
  const keys = [trusted.pem, ...older].map((pem) => createPublicKey(pem))
  return {
    sha256,
    signed: (message, signature, keyId) => {
      const [text, bytes] = [Buffer.from(message, 'utf8'), Buffer.from(signature, 'base64')]
      if (keys.some((key) => verify('sha256', text, { key, dsaEncoding: 'der' }, bytes))) return 'good'
      return keyId === trusted.keyId ? 'bad' : 'unknown-key'
    },
  }
}
