import type { Sealed } from '../domain/case/case.ts'
import type { OpeningRight } from './rights.ts'

export type MacPurpose = 'cursor' | 'pseudonym' | 'copy-names'

export type SealContext = Readonly<Record<string, string>>

/**
 * Envelope encryption, MAC and signature by keys that never leave the cell. A key that cannot be used now, because it is
 * disabled or about to be deleted, is refused as `key-unavailable`: it may come back.
 */
export interface KeyVault {
  /** AES-256-GCM under a data key wrapped by the cell's key; `context` is authenticated and must be given again to open. */
  seal(plaintext: string, context: SealContext): Promise<Sealed>
  /** Throws when the context differs or the ciphertext was altered. */
  open(by: OpeningRight, sealed: Sealed, context: SealContext): Promise<string>
  /**
   * HMAC-SHA-256, 32 bytes; each purpose is separated from the others. `copy-names` is under a key of its own, which only
   * the maker of copies may use: whoever could ask it could tell which copy is whose.
   */
  mac(purpose: MacPurpose, message: string): Promise<Uint8Array>
  /** ECDSA P-256 over SHA-256 of the message, DER, by the audit signing key. */
  sign(message: Uint8Array): Promise<{ keyId: string; signature: Uint8Array }>
  /** SPKI as PEM: what an offline verifier needs. */
  publicKey(): Promise<{ keyId: string; pem: string }>
  /** RSASSA-PKCS1-v1_5 with SHA-256, by the key of the cell's tokens: gateways take nothing else. */
  signToken(message: Uint8Array): Promise<Uint8Array>
  /** SPKI as PEM of the key of `signToken`. */
  tokenPublicKey(): Promise<string>
}
