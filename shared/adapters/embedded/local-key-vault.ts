import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  hkdfSync,
  randomBytes,
  sign,
  type KeyObject,
} from 'node:crypto'
import { canonicalJson } from '../../domain/canonical-json.ts'
import type { KeyVault, SealContext } from '../../ports/key-vault.ts'
import { openTokenKey, type CellKeys } from './key-file.ts'

const NONCE = 12
const TAG = 16
const KEY = 32

/** AES-256-GCM with a random 96-bit nonce (NIST SP 800-38D 8.2.2): nonce, ciphertext, tag. */
const encrypt = (key: KeyObject, plaintext: Uint8Array, bound: string): Buffer => {
  const nonce = randomBytes(NONCE)
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(bound, 'utf8'))
  return Buffer.concat([nonce, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()])
}

const decrypt = (key: KeyObject, sealed: Buffer, bound: string): Buffer => {
  if (sealed.byteLength < NONCE + TAG) throw new Error('the sealed text is too short')
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, NONCE), { authTagLength: TAG })
    .setAAD(Buffer.from(bound, 'utf8'))
    .setAuthTag(sealed.subarray(-TAG))
  return Buffer.concat([decipher.update(sealed.subarray(NONCE, -TAG)), decipher.final()])
}

const publicPem = (key: KeyObject): string => createPublicKey(key).export({ type: 'spki', format: 'pem' }).toString()

const WRAPPED_KEY = NONCE + KEY + TAG

/**
 * The cell's keys in this process, used as KMS is used in the cloud edition: each text under a data key of its own, the data
 * key wrapped under the cell's key, both bound to the context.
 */
export const localKeyVault = (keys: CellKeys, tokenKeyPath: string): KeyVault => {
  const sealing = new Map(keys.sealing.map(({ keyId, key }) => [keyId, createSecretKey(key, 'base64url')]))
  const signingKey = createPrivateKey(keys.signing.pem)
  const pem = publicPem(signingKey)
  let tokenKey: Promise<KeyObject> | undefined
  const signingTokens = () => (tokenKey ??= openTokenKey(tokenKeyPath))
  const macKeys = new Map(
    (['cursor', 'pseudonym', 'copy-names'] as const).map((purpose) => [
      purpose,
      createSecretKey(
        new Uint8Array(hkdfSync('sha256', Buffer.from(keys.mac, 'base64url'), '', `overread/mac/${purpose}`, KEY)),
      ),
    ]),
  )
  const keyNamed = <Name>(named: ReadonlyMap<Name, KeyObject>, name: Name): KeyObject => {
    const key = named.get(name)
    if (key === undefined) throw new Error('the key is not known in this cell')
    return key
  }

  const seal = (plaintext: string, context: SealContext) => {
    const { keyId } = keys.sealing.at(-1) ?? { keyId: '' }
    const bound = canonicalJson(context)
    const dataKey = randomBytes(KEY)
    const wrapped = encrypt(keyNamed(sealing, keyId), dataKey, `key ${bound}`)
    const text = encrypt(createSecretKey(dataKey), Buffer.from(plaintext, 'utf8'), `text ${bound}`)
    return { ciphertext: Buffer.concat([wrapped, text]).toString('base64url'), keyId, context: { ...context } }
  }

  return {
    seal: async (plaintext, context) => Promise.resolve(seal(plaintext, context)),
    open: async ({ ciphertext, keyId }, context) => {
      const bound = canonicalJson(context)
      const bytes = Buffer.from(ciphertext, 'base64url')
      const dataKey = createSecretKey(decrypt(keyNamed(sealing, keyId), bytes.subarray(0, WRAPPED_KEY), `key ${bound}`))
      return Promise.resolve(decrypt(dataKey, bytes.subarray(WRAPPED_KEY), `text ${bound}`).toString('utf8'))
    },
    mac: async (purpose, message) =>
      Promise.resolve(createHmac('sha256', keyNamed(macKeys, purpose)).update(message, 'utf8').digest()),
    sign: async (message) =>
      Promise.resolve({ keyId: keys.signing.keyId, signature: sign('sha256', message, signingKey) }),
    publicKey: async () => Promise.resolve({ keyId: keys.signing.keyId, pem }),
    signToken: async (message) => sign('sha256', message, await signingTokens()),
    tokenPublicKey: async () => publicPem(await signingTokens()),
  }
}
