import { createPublicKey, verify } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import type { KeyVault, MacPurpose } from '../../shared/ports/key-vault.ts'
import { inside } from '../builders/inside.ts'

export const keyVaultContract = (name: string, make: () => Promise<KeyVault>): void => {
  describe(`${name} as KeyVault`, () => {
    let vault: KeyVault
    beforeAll(async () => {
      vault = await make()
    })

    const context = { org: 'donau-hospitals', purpose: 'patient', study: '1.2.3' }
    const patient = JSON.stringify({ name: 'Huber^Änne', id: 'PAT-4711', birth: '1950-02-03' })

    it('opens what it sealed, whatever order the context is given in', async () => {
      const sealed = await vault.seal(patient, context)
      expect(sealed.context).toEqual(context)
      expect(await vault.open(inside, sealed, { study: '1.2.3', purpose: 'patient', org: 'donau-hospitals' })).toBe(
        patient,
      )
    })

    it.each([
      ['nothing', ''],
      ['every plane of Unicode', 'Ж日本\u{1F9B4}'],
      ['a long text', 'Befund. '.repeat(20_000)],
    ])('seals %s', async (_what, text) => {
      expect(await vault.open(inside, await vault.seal(text, context), context)).toBe(text)
    })

    it('shows nothing of the text, and never seals it twice alike', async () => {
      const [one, other] = [await vault.seal(patient, context), await vault.seal(patient, context)]
      expect(one.ciphertext).not.toBe(other.ciphertext)
      const bytes = Buffer.from(one.ciphertext, 'base64url').toString('latin1')
      for (const part of ['Huber', 'PAT-4711', '1950']) expect(bytes).not.toContain(part)
    })

    it.each([
      ['another value', { ...context, org: 'other-hospital' }],
      ['a missing pair', { org: 'donau-hospitals', purpose: 'patient' }],
      ['an added pair', { ...context, residency: 'AT' }],
      ['no context', {}],
    ])('does not open in a context with %s', async (_what, wrong) => {
      const sealed = await vault.seal(patient, context)
      await expect(vault.open(inside, sealed, wrong)).rejects.toThrow()
      await expect(vault.open(inside, { ...sealed, context: wrong }, wrong)).rejects.toThrow()
    })

    it('does not open an altered ciphertext, wherever it was altered', async () => {
      const sealed = await vault.seal(patient, context)
      const bytes = Buffer.from(sealed.ciphertext, 'base64url')
      const places = Array.from({ length: 24 }, (_, n) => Math.floor((n * (bytes.length - 1)) / 23))
      for (const at of places) {
        const altered = Buffer.from(bytes)
        altered[at] = (altered[at] ?? 0) ^ 1
        await expect(
          vault.open(inside, { ...sealed, ciphertext: altered.toString('base64url') }, context),
        ).rejects.toThrow()
      }
    })

    it('does not open a truncated or foreign ciphertext', async () => {
      const sealed = await vault.seal(patient, context)
      const cut = { ...sealed, ciphertext: sealed.ciphertext.slice(0, -8) }
      await expect(vault.open(inside, cut, context)).rejects.toThrow()
      await expect(vault.open(inside, { ...sealed, ciphertext: 'AAAA' }, context)).rejects.toThrow()
    })

    it('makes the same MAC of the same message, 32 bytes, and another for each purpose and message', async () => {
      const mac = async (purpose: MacPurpose, message: string) =>
        Buffer.from(await vault.mac(purpose, message)).toString('hex')
      const one = await mac('cursor', 'page 2')
      expect(one).toMatch(/^[0-9a-f]{64}$/)
      expect(await mac('cursor', 'page 2')).toBe(one)
      expect(await mac('pseudonym', 'page 2')).not.toBe(one)
      expect(await mac('copy-names', 'page 2')).not.toBe(await mac('pseudonym', 'page 2'))
      expect(await mac('cursor', 'page 3')).not.toBe(one)
    })

    it('signs so that anybody with the public key can verify, offline', async () => {
      const message = Buffer.from('checkpoint 42')
      const { keyId, signature } = await vault.sign(message)
      const published = await vault.publicKey()
      expect(published.keyId).toBe(keyId)
      const key = createPublicKey(published.pem)
      expect(key.asymmetricKeyDetails).toMatchObject({ namedCurve: 'prime256v1' })
      expect(verify('sha256', message, key, signature)).toBe(true)
      expect(verify('sha256', Buffer.from('checkpoint 43'), key, signature)).toBe(false)
    })

    it('signs tokens as RS256, by a key whose public half it publishes', async () => {
      const input = Buffer.from('header.claims')
      const signature = await vault.signToken(input)
      const key = createPublicKey(await vault.tokenPublicKey())
      expect(key.asymmetricKeyDetails?.modulusLength).toBeGreaterThanOrEqual(2048)
      expect(verify('RSA-SHA256', input, key, signature)).toBe(true)
      expect(verify('RSA-SHA256', Buffer.from('header.claimz'), key, signature)).toBe(false)
    })
  })
}
