import {
  GenerateMacCommand,
  GetPublicKeyCommand,
  SignCommand,
  type KMSClient,
  type SigningAlgorithmSpec,
} from '@aws-sdk/client-kms'
import { createHash } from 'node:crypto'
import { canonicalJson } from '../../domain/canonical-json.ts'
import { requireRight } from '../../domain/access/right.ts'
import type { KeyVault } from '../../ports/key-vault.ts'
import { askedOnce } from '../asked-once.ts'
import { kmsDataKeys } from './data-keys.ts'
import { decrypt, encrypt, readEnvelope } from './envelope.ts'
import { whileKeyIsThere } from './key-state.ts'
import { arnOfRegion } from './own-region.ts'

/** A function holds the keys its capability names; the use of any other is a fault of the wiring. */
export interface CellKeys {
  readonly client: KMSClient
  readonly region: string
  readonly sealKeyArn?: string
  readonly macKeyArn?: string
  readonly copyNamesKeyArn?: string
  readonly signKeyArn?: string
  readonly tokenKeyArn?: string
}

const pem = (der: Uint8Array): string =>
  `-----BEGIN PUBLIC KEY-----\n${(
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? []
  ).join('\n')}\n-----END PUBLIC KEY-----\n`

const required = <Answer>(answer: Answer | undefined, what: string): Answer => {
  if (answer === undefined) throw new Error(`KMS answered without ${what}`)
  return answer
}

/** Keys of the cell in KMS. Plaintext key material stays in this process, for at most a minute. */
export const kmsKeyVault = (keys: CellKeys): KeyVault => {
  const { client, region } = keys
  const named = (arn: string | undefined, use: string): string => {
    if (arn === undefined) throw new Error(`this function may not ${use}`)
    return arnOfRegion(region, arn)
  }
  const dataKeys = keys.sealKeyArn === undefined ? undefined : kmsDataKeys(client, arnOfRegion(region, keys.sealKeyArn))
  const sealing = () => {
    if (dataKeys === undefined) throw new Error('this function may not seal or open')
    return dataKeys
  }
  const readPublicKey = async (arn: string | undefined, use: string) => {
    const keyId = named(arn, use)
    const { PublicKey } = await whileKeyIsThere(() => client.send(new GetPublicKeyCommand({ KeyId: keyId })))
    return { keyId, pem: pem(required(PublicKey, 'the public key')) }
  }

  const signature = async (KeyId: string, SigningAlgorithm: SigningAlgorithmSpec, message: Uint8Array) => {
    const Message = createHash('sha256').update(message).digest()
    const asked = new SignCommand({ KeyId, SigningAlgorithm, MessageType: 'DIGEST', Message })
    const { Signature } = await whileKeyIsThere(() => client.send(asked))
    return required(Signature, 'the signature')
  }

  return {
    seal: async (plaintext, context) => {
      const bound = canonicalJson(context)
      const { key, wrapped } = await sealing().forSealing(bound, context)
      return {
        ciphertext: encrypt(plaintext, key, wrapped, bound),
        keyId: named(keys.sealKeyArn, 'seal'),
        context: { ...context },
      }
    },
    open: async (by, { ciphertext }, context) => {
      requireRight(by, context['case'])
      const envelope = readEnvelope(ciphertext)
      const bound = canonicalJson(context)
      const { key } = await sealing().forOpening(bound, context, envelope.wrapped)
      return decrypt(envelope, key, bound)
    },
    mac: async (purpose, message) => {
      // Hashed first: KMS takes 4,096 bytes. The purpose cannot run into the message, no purpose holds a NUL.
      const Message = createHash('sha256').update(`${purpose}\0${message}`, 'utf8').digest()
      const KeyId = named(purpose === 'copy-names' ? keys.copyNamesKeyArn : keys.macKeyArn, 'mac')
      const asked = new GenerateMacCommand({ KeyId, MacAlgorithm: 'HMAC_SHA_256', Message })
      const { Mac } = await whileKeyIsThere(() => client.send(asked))
      return required(Mac, 'the MAC')
    },
    sign: async (message) => {
      const keyId = named(keys.signKeyArn, 'sign')
      return { keyId, signature: await signature(keyId, 'ECDSA_SHA_256', message) }
    },
    publicKey: askedOnce(() => readPublicKey(keys.signKeyArn, 'sign')),
    signToken: (message) => signature(named(keys.tokenKeyArn, 'sign tokens'), 'RSASSA_PKCS1_V1_5_SHA_256', message),
    tokenPublicKey: askedOnce(async () => (await readPublicKey(keys.tokenKeyArn, 'sign tokens')).pem),
  }
}
