import { createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import {
  keyedPseudonyms,
  pseudonymPattern,
  replacedUidPattern,
} from '../../../../../shared/domain/deidentification/keyed-pseudonyms.ts'
import { runReplacedUids } from '../../../../guarantees/replaced-uids.ts'

const mac = (key: string) => (message: Uint8Array) => createHmac('sha256', key).update(message).digest()
const of = (scopeId = 'case-1', key = 'k', organisationId = 'hospital-1') =>
  keyedPseudonyms(mac(key), { organisationId, scopeId })
const uid = '1.2.840.113619.2.55.3.604688'

describe('Keyed pseudonyms', () => {
  it('give the same UID for the same UID within a scope', () => {
    expect(of().uid(uid)).toBe(of().uid(uid))
    expect(of().uid(uid)).toMatch(replacedUidPattern)
    expect(of().uid(uid).length).toBeLessThanOrEqual(64)
  })

  it.each([
    ['another scope', of('case-2')],
    ['another organisation', of('case-1', 'k', 'hospital-2')],
    ['another key', of('case-1', 'other')],
  ])('give another UID, patient id and shift in %s', (_, other) => {
    expect(other.uid(uid)).not.toBe(of().uid(uid))
    expect(other.patient('p')).not.toBe(of().patient('p'))
    expect(other.daysBack('p')).not.toBe(of().daysBack('p'))
  })

  it('take the first 128 bits of the code as the number of PS3.5 B.2', () => {
    const code = Uint8Array.from({ length: 32 }, (_, i) => (i < 15 ? 0 : i === 15 ? 7 : 255))
    expect(keyedPseudonyms(() => code, { organisationId: 'o', scopeId: 's' }).uid(uid)).toBe('2.25.7')
  })

  it('remember what they replaced, so that a report finds its way back', () => {
    const pseudonyms = of()
    const replaced = pseudonyms.uid(uid)
    expect([...pseudonyms.uidPairs]).toEqual([[uid, replaced]])
  })

  it('move dates into the past by one day to ten years', () => {
    const days = Array.from({ length: 2_000 }, (_, i) => of().daysBack(`p${i}`))
    expect(Math.min(...days)).toBeGreaterThanOrEqual(1)
    expect(Math.max(...days)).toBeLessThanOrEqual(3_650)
    expect(new Set(days).size).toBeGreaterThan(1_000)
    expect(of().patient('p')).toMatch(pseudonymPattern)
  })

  it('do not collide', () => {
    const pseudonyms = of()
    const replaced = new Set(Array.from({ length: 20_000 }, (_, i) => pseudonyms.uid(`1.2.3.${i}`)))
    expect(replaced.size).toBe(20_000)
  })

  it.each([
    ['an empty scope', '', 'hospital-1'],
    ['a separator in the scope', 'a|b', 'hospital-1'],
    ['an empty organisation', 'case-1', ''],
  ])('refuse %s, which could share pseudonyms with another', (_, scopeId, organisationId) => {
    expect(() => of(scopeId, 'k', organisationId).uid(uid)).toThrow('scope')
  })

  it('refuse a code that is too short to be one', () => {
    expect(() => keyedPseudonyms(() => new Uint8Array(15), { organisationId: 'o', scopeId: 's' }).uid(uid)).toThrow(
      '128',
    )
  })

  it('give no UID twice, over originals and scopes that are alike', () => {
    // Enough for a code cut to 32 bits to be seen.
    expect(runReplacedUids({ count: 200_000 }).flatMap(({ examples }) => examples)).toEqual([])
  })
})
