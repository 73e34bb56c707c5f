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
import { requireRight } from '../../domain/access/right.ts'
import type { KeyVault } from '../../ports/key-vault.ts'
import { heldDataKeys, type DataKeys } from '../held-data-keys.ts'
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

const decrypt = (key: KeyObject, sealed: Uint8Array, bound: string): Buffer => {
  if (sealed.byteLength < NONCE + TAG) throw new Error('the sealed text is too short')
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, NONCE), { authTagLength: TAG })
    .setAAD(Buffer.from(bound, 'utf8'))
    .setAuthTag(sealed.subarray(-TAG))
  return Buffer.concat([decipher.update(sealed.subarray(NONCE, -TAG)), decipher.final()])
}

const publicPem = (key: KeyObject): string => createPublicKey(key).export({ type: 'spki', format: 'pem' }).toString()

const WRAPPED_KEY = NONCE + KEY + TAG

/** Both the data key under the cell's key and the text under the data key are bound to the context. */
const dataKeysUnder = (cellKey: KeyObject): DataKeys =>
  heldDataKeys({
    make: async (bound) => {
      const bytes = randomBytes(KEY)
      const wrapped = encrypt(cellKey, bytes, `key ${bound}`)
      return Promise.resolve({ key: createSecretKey(bytes), wrapped })
    },
    unwrap: async (bound, _context, wrapped) =>
      Promise.resolve({ key: createSecretKey(decrypt(cellKey, wrapped, `key ${bound}`)), wrapped }),
  })

/** The cell's keys in this process, used as KMS is used in the cloud edition. */
export const localKeyVault = (keys: CellKeys, tokenKeyPath: string): KeyVault => {
  const sealing = new Map(
    keys.sealing.map(({ keyId, key }) => [keyId, dataKeysUnder(createSecretKey(key, 'base64url'))]),
  )
  const sealingKeyId = keys.sealing.at(-1)?.keyId ?? ''
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
  const keyNamed = <Name, Key>(named: ReadonlyMap<Name, Key>, name: Name): Key => {
    const key = named.get(name)
    if (key === undefined) throw new Error('the key is not known in this cell')
    return key
  }

  return {
    seal: async (plaintext, context) => {
      const bound = canonicalJson(context)
      const { key, wrapped } = await keyNamed(sealing, sealingKeyId).forSealing(bound, context)
      const text = encrypt(key, Buffer.from(plaintext, 'utf8'), `text ${bound}`)
      const ciphertext = Buffer.concat([wrapped, text]).toString('base64url')
      return { ciphertext, keyId: sealingKeyId, context: { ...context } }
    },
    open: async (by, { ciphertext, keyId }, context) => {
      requireRight(by, context['case'])
      const bound = canonicalJson(context)
      const bytes = Buffer.from(ciphertext, 'base64url')
      const [wrapped, text] = [bytes.subarray(0, WRAPPED_KEY), bytes.subarray(WRAPPED_KEY)]
      const { key } = await keyNamed(sealing, keyId).forOpening(bound, context, wrapped)
      return decrypt(key, text, `text ${bound}`).toString('utf8')
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
