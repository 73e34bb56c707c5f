import { DecryptCommand, GenerateDataKeyCommand, type KMSClient } from '@aws-sdk/client-kms'
import type { SealContext } from '../../ports/key-vault.ts'
import { whileKeyIsThere } from './key-state.ts'

interface DataKey {
  readonly plaintext: Uint8Array
  readonly wrapped: Uint8Array
}

interface Held {
  readonly key: DataKey
  readonly until: number
}

/** A disabled key stops opening within a minute; until then a burst on one case costs one call to KMS. */
const heldForMs = 60_000
const heldAtMost = 64

const present = (bytes: Uint8Array | undefined): Uint8Array => {
  if (bytes === undefined) throw new Error('KMS answered without the key')
  return bytes
}

export interface DataKeys {
  forSealing(bound: string, context: SealContext): Promise<DataKey>
  forOpening(bound: string, context: SealContext, wrapped: Uint8Array): Promise<DataKey>
}

/** Data keys of one KMS key. Each is held under its whole encryption context, so no key ever serves two cases. */
export const kmsDataKeys = (client: KMSClient, keyArn: string, nowMs: () => number = Date.now): DataKeys => {
  const held = new Map<string, Held>()

  const once = async (name: string, fetch: () => Promise<DataKey>): Promise<DataKey> => {
    const found = held.get(name)
    if (found !== undefined && found.until > nowMs()) return found.key
    const key = await whileKeyIsThere(fetch)
    held.delete(name)
    held.set(name, { key, until: nowMs() + heldForMs })
    const oldest = held.keys().next()
    if (held.size > heldAtMost && oldest.done !== true) held.delete(oldest.value)
    return key
  }

  return {
    forSealing: (bound, context) =>
      once(`seal ${bound}`, async () => {
        const answer = await client.send(
          new GenerateDataKeyCommand({ KeyId: keyArn, KeySpec: 'AES_256', EncryptionContext: context }),
        )
        return { plaintext: present(answer.Plaintext), wrapped: present(answer.CiphertextBlob) }
      }),
    forOpening: (bound, context, wrapped) =>
      once(`open ${Buffer.from(wrapped).toString('base64')} ${bound}`, async () => {
        const answer = await client.send(
          // The key is named, not taken from the ciphertext: a blob of another key is refused, not opened.
          new DecryptCommand({ KeyId: keyArn, CiphertextBlob: wrapped, EncryptionContext: context }),
        )
        return { plaintext: present(answer.Plaintext), wrapped }
      }),
  }
}
