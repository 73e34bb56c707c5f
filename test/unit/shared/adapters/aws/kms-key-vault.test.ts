import {
  DecryptCommand,
  GenerateDataKeyCommand,
  GenerateMacCommand,
  GetPublicKeyCommand,
  KMSClient,
  SignCommand,
} from '@aws-sdk/client-kms'
import { mockClient } from 'aws-sdk-client-mock'
import { createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto'
import { beforeEach, expect, test } from 'vitest'
import { kmsClient } from '../../../../../shared/adapters/aws/clients.ts'
import { kmsDataKeys } from '../../../../../shared/adapters/aws/data-keys.ts'
import { kmsKeyVault } from '../../../../../shared/adapters/aws/kms-key-vault.ts'
import { inside } from '../../../../builders/inside.ts'

const kms = mockClient(KMSClient)
const arn = (id: string) => `arn:aws:kms:eu-central-1:111122223333:key/${id}`
const vaultOf = () =>
  kmsKeyVault({
    client: kmsClient('eu-central-1'),
    region: 'eu-central-1',
    sealKeyArn: arn('seal'),
    macKeyArn: arn('mac'),
    signKeyArn: arn('sign'),
  })
const context = { org: 'alder-hospital', case: 'c1' }
const dataKey = new Uint8Array(32).fill(7)
const wrapped = new Uint8Array([1, 2, 3])

beforeEach(() => {
  kms.reset()
  kms.on(GenerateDataKeyCommand).resolves({ Plaintext: dataKey, CiphertextBlob: wrapped })
  kms.on(DecryptCommand).resolves({ Plaintext: dataKey })
})

test('what is sealed opens again under the same context, and the plaintext is not in it', async () => {
  const sealed = await vaultOf().seal('Müller^Jürgen', context)
  expect(Buffer.from(sealed.ciphertext, 'base64url').toString('latin1')).not.toContain('Müller')
  expect(await vaultOf().open(inside, sealed, { case: 'c1', org: 'alder-hospital' })).toBe('Müller^Jürgen')
  expect(kms.commandCalls(GenerateDataKeyCommand)[0]?.args[0].input).toMatchObject({
    KeySpec: 'AES_256',
    EncryptionContext: context,
  })
  expect(kms.commandCalls(DecryptCommand)[0]?.args[0].input).toMatchObject({
    KeyId: arn('seal'),
    CiphertextBlob: Buffer.from(wrapped),
  })
})

test('a sealed text moved to another case does not open, even if KMS were to unwrap its key', async () => {
  const sealed = await vaultOf().seal('name', context)
  await expect(vaultOf().open(inside, sealed, { ...context, case: 'c2' })).rejects.toThrow()
})

test('no sealed text opens with a bit changed or its end cut off, whatever KMS answers', async () => {
  const { ciphertext, ...rest } = await vaultOf().seal('name', context)
  const bytes = Buffer.from(ciphertext, 'base64url')
  const altered = [...bytes.keys()].map((at) => bytes.with(at, (bytes[at] ?? 0) ^ 1))
  for (const one of [...altered, bytes.subarray(0, -1), bytes.subarray(0, 2), new Uint8Array()]) {
    const text = Buffer.from(one).toString('base64url')
    await expect(vaultOf().open(inside, { ...rest, ciphertext: text }, context)).rejects.toThrow()
  }
})

test('two seals of one text differ: each has its own nonce', async () => {
  const vault = vaultOf()
  const [one, other] = await Promise.all([vault.seal('name', context), vault.seal('name', context)])
  expect(one.ciphertext).not.toBe(other.ciphertext)
})

test('a data key is held for a minute under its whole context and never serves another', async () => {
  let at = 0
  const keys = kmsDataKeys(kmsClient('eu-central-1'), arn('seal'), () => at)
  const calls = () => kms.commandCalls(GenerateDataKeyCommand).length
  await keys.forSealing('a', { org: 'a' })
  await keys.forSealing('a', { org: 'a' })
  expect(calls()).toBe(1)
  await keys.forSealing('b', { org: 'b' })
  expect(calls()).toBe(2)
  at = 60_000
  await keys.forSealing('a', { org: 'a' })
  expect(calls()).toBe(3)
  for (let one = 0; one < 64; one += 1) await keys.forSealing(`n${one}`, { org: 'n' })
  await keys.forSealing('a', { org: 'a' })
  expect(calls()).toBe(68)
})

test('a MAC for one purpose is not one for another', async () => {
  kms.on(GenerateMacCommand).resolves({ Mac: new Uint8Array(32) })
  await vaultOf().mac('cursor', 'x')
  await vaultOf().mac('pseudonym', 'x')
  const [one, other] = kms
    .commandCalls(GenerateMacCommand)
    .map(({ args }) => Buffer.from(args[0].input.Message ?? []).toString('hex'))
  expect(one).not.toBe(other)
})

test('a signature verifies offline with the published key', async () => {
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const message = Buffer.from('checkpoint')
  kms.on(GetPublicKeyCommand).resolves({ PublicKey: pair.publicKey.export({ type: 'spki', format: 'der' }) })
  kms.on(SignCommand).resolves({ Signature: sign('sha256', message, pair.privateKey) })
  const vault = vaultOf()
  const { pem, keyId } = await vault.publicKey()
  const { signature } = await vault.sign(message)
  expect(keyId).toBe(arn('sign'))
  expect(verify('sha256', message, createPublicKey(pem), signature)).toBe(true)
  await vault.publicKey()
  expect(kms.commandCalls(GetPublicKeyCommand)).toHaveLength(1)
})

test('a key of another region is refused before anything is sent', async () => {
  const region = 'eu-west-1'
  expect(() => kmsKeyVault({ client: kmsClient(region), region, sealKeyArn: arn('seal') })).toThrow()
  await expect(
    kmsKeyVault({ client: kmsClient(region), region, macKeyArn: arn('mac') }).mac('cursor', 'x'),
  ).rejects.toThrow()
  expect(kms.calls()).toHaveLength(0)
})

test('a function that was given no key cannot use it', async () => {
  const vault = kmsKeyVault({ client: kmsClient('eu-central-1'), region: 'eu-central-1' })
  await expect(vault.seal('x', {})).rejects.toThrow('may not')
  await expect(vault.sign(new Uint8Array())).rejects.toThrow('may not')
})

test.each(['DisabledException', 'KMSInvalidStateException', 'KeyUnavailableException'])(
  '%s of KMS is a key that may come back, for every use of it',
  async (name) => {
    const sealed = await vaultOf().seal('name', context)
    kms.rejects(Object.assign(new Error('arn:aws:kms:... is disabled'), { name }))
    const uses: readonly Promise<unknown>[] = [
      vaultOf().seal('name', context),
      vaultOf().open(inside, sealed, context),
      vaultOf().mac('cursor', 'm'),
      vaultOf().sign(new Uint8Array(1)),
      vaultOf().publicKey(),
    ]
    for (const use of uses) await expect(use).rejects.toMatchObject({ code: 'key-unavailable', retryable: true })
  },
)
