import { DecryptCommand, GenerateDataKeyCommand, type KMSClient } from '@aws-sdk/client-kms'
import { createSecretKey, type KeyObject } from 'node:crypto'
import { heldDataKeys, type DataKeys } from '../held-data-keys.ts'
import { whileKeyIsThere } from './key-state.ts'

const present = (bytes: Uint8Array | undefined): Uint8Array => {
  if (bytes === undefined) throw new Error('KMS answered without the key')
  return bytes
}

const secret = (bytes: Uint8Array | undefined): KeyObject => createSecretKey(present(bytes))

/** Data keys of one KMS key. */
export const kmsDataKeys = (client: KMSClient, KeyId: string, nowMs?: () => number): DataKeys =>
  heldDataKeys(
    {
      make: async (_bound, EncryptionContext) => {
        const asked = new GenerateDataKeyCommand({ KeyId, KeySpec: 'AES_256', EncryptionContext })
        const { Plaintext, CiphertextBlob } = await whileKeyIsThere(() => client.send(asked))
        return { key: secret(Plaintext), wrapped: present(CiphertextBlob) }
      },
      unwrap: async (_bound, EncryptionContext, wrapped) => {
        // The key is named, not taken from the ciphertext: a blob of another key is refused, not opened.
        const asked = new DecryptCommand({ KeyId, CiphertextBlob: wrapped, EncryptionContext })
        const { Plaintext } = await whileKeyIsThere(() => client.send(asked))
        return { key: secret(Plaintext), wrapped }
      },
    },
    nowMs,
  )
