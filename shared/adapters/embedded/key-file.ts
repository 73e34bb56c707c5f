import { createPrivateKey, generateKeyPair, generateKeyPairSync, randomBytes, type KeyObject } from 'node:crypto'
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, statSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { promisify } from 'node:util'
import * as z from 'zod'

const secret = z.base64url()

/** The secrets of one embedded cell. `sealing` keeps older keys, last one first in use, so that a new one can be added. */
export const CellKeysSchema = z.strictObject({
  schema: z.literal('overread/cell-keys@1'),
  sealing: z.array(z.strictObject({ keyId: z.string().min(1), key: secret })).min(1),
  mac: secret,
  signing: z.strictObject({ keyId: z.string().min(1), pem: z.string() }),
  objectAccess: z.strictObject({ accessKeyId: z.string().min(16), secretAccessKey: z.string().min(40) }),
})
export type CellKeys = z.infer<typeof CellKeysSchema>

const key = (bytes: number): string => randomBytes(bytes).toString('base64url')

const makeKeys = (): CellKeys => ({
  schema: 'overread/cell-keys@1',
  sealing: [{ keyId: `local-seal-${randomBytes(6).toString('hex')}`, key: key(32) }],
  mac: key(32),
  signing: {
    keyId: `local-sign-${randomBytes(6).toString('hex')}`,
    pem: generateKeyPairSync('ec', { namedCurve: 'P-256' })
      .privateKey.export({ type: 'pkcs8', format: 'pem' })
      .toString(),
  },
  objectAccess: { accessKeyId: `OVERREAD${randomBytes(6).toString('hex').toUpperCase()}`, secretAccessKey: key(32) },
})

/** Whole or not at all, and on the disk before anything is sealed with it: what is sealed with a lost key is lost. */
export const writeSecretFile = (path: string, text: string): void => {
  const draft = `${path}.draft`
  const file = openSync(draft, 'w', 0o600)
  writeSync(file, text)
  fsyncSync(file)
  closeSync(file)
  renameSync(draft, path)
  const directory = openSync(dirname(path), 'r')
  fsyncSync(directory)
  closeSync(directory)
}

/** Text of a secret file; refused when anybody but its owner may read it. */
export const readSecretFile = (path: string): string => {
  if ((statSync(path).mode & 0o077) !== 0) throw new Error('a key file must be readable by its owner alone (chmod 600)')
  return readFileSync(path, 'utf8')
}

/** The key that tokens of systems are signed with: a file of its own, made at the first start. */
export const openTokenKey = async (path: string): Promise<KeyObject> => {
  if (!existsSync(path)) {
    const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 })
    writeSecretFile(path, privateKey.export({ type: 'pkcs8', format: 'pem' }).toString())
  }
  return createPrivateKey(readSecretFile(path))
}

/** The keys of the cell, made at its first start. */
export const openCellKeys = (path: string): CellKeys => {
  if (!existsSync(path)) writeSecretFile(path, JSON.stringify(makeKeys(), null, 2))
  return CellKeysSchema.parse(JSON.parse(readSecretFile(path)))
}
