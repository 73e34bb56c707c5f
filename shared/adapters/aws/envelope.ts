import { createCipheriv, createDecipheriv, randomBytes, type KeyObject } from 'node:crypto'

/**
 * One sealed text: format (1 byte), length of the wrapped key (2), wrapped key, nonce (12), tag (16), text. Every byte is
 * authenticated; nothing in it can be altered and still open.
 */
export interface Envelope {
  readonly wrapped: Uint8Array
  readonly nonce: Uint8Array
  readonly tag: Uint8Array
  readonly text: Uint8Array
}

const FORMAT = 1
const HEAD_BYTES = 3
const NONCE_BYTES = 12
const TAG_BYTES = 16

/** The wrapped key is bound too: then the text is proof against a swapped key without leaning on KMS for it. */
const authenticated = (bound: string, wrapped: Uint8Array): Buffer =>
  Buffer.concat([Buffer.from(`${bound}\n`, 'utf8'), wrapped])

/** AES-256-GCM: a random 96-bit nonce each time (NIST SP 800-38D 8.2.2), `bound` authenticated with the text. */
export const encrypt = (plaintext: string, dataKey: KeyObject, wrapped: Uint8Array, bound: string): string => {
  const nonce = randomBytes(NONCE_BYTES)
  const cipher = createCipheriv('aes-256-gcm', dataKey, nonce).setAAD(authenticated(bound, wrapped))
  const text = Buffer.concat([cipher.update(plaintext, 'utf8'), cipher.final()])
  const head = Buffer.alloc(HEAD_BYTES)
  head.writeUInt8(FORMAT)
  head.writeUInt16BE(wrapped.byteLength, 1)
  return Buffer.concat([head, wrapped, nonce, cipher.getAuthTag(), text]).toString('base64url')
}

export const readEnvelope = (ciphertext: string): Envelope => {
  const bytes = Buffer.from(ciphertext, 'base64url')
  const keyEnd = bytes.byteLength < HEAD_BYTES ? Infinity : HEAD_BYTES + bytes.readUInt16BE(1)
  const textStart = keyEnd + NONCE_BYTES + TAG_BYTES
  if (textStart > bytes.byteLength || bytes.readUInt8() !== FORMAT) throw new Error('this is no sealed text')
  return {
    wrapped: bytes.subarray(HEAD_BYTES, keyEnd),
    nonce: bytes.subarray(keyEnd, keyEnd + NONCE_BYTES),
    tag: bytes.subarray(keyEnd + NONCE_BYTES, textStart),
    text: bytes.subarray(textStart),
  }
}

/** Throws when the text, the tag or `bound` is not what was sealed. */
export const decrypt = ({ wrapped, nonce, tag, text }: Envelope, dataKey: KeyObject, bound: string): string => {
  const decipher = createDecipheriv('aes-256-gcm', dataKey, nonce, { authTagLength: TAG_BYTES })
    .setAAD(authenticated(bound, wrapped))
    .setAuthTag(tag)
  return Buffer.concat([decipher.update(text), decipher.final()]).toString('utf8')
}
