import { createPublicKey, verify } from 'node:crypto'
import type { Verifier } from '../domain/audit/verify-bundle.ts'
import { sha256 } from '../ledger/sha256.ts'

/** Checks signatures against one public key (SPKI, PEM), and no other: a key that came with a forged bundle proves nothing. */
export function auditVerifier(trusted: { readonly keyId: string; readonly pem: string }): Verifier {
  const key = createPublicKey(trusted.pem)
  return {
    sha256,
    signed: (message, signature, keyId) =>
      keyId === trusted.keyId &&
      verify('sha256', Buffer.from(message, 'utf8'), { key, dsaEncoding: 'der' }, Buffer.from(signature, 'base64')),
  }
}
