import { describe, expect, it } from 'vitest'
import {
  bundleOf,
  chainOf,
  emptied,
  tamperings,
  verify,
  verifyTampered,
  weeksLater,
} from '../../../fixtures/audit-tampering.ts'

describe('an audit bundle', () => {
  it('passes untouched, and says what no checkpoint covers yet', () => {
    const bundle = bundleOf(40)
    expect(verify(bundle)).toEqual({
      outcome: 'intact',
      records: 40,
      chains: 1,
      checkpoints: 3,
      unanchored: 0,
      unproved: [],
      newest: { number: 3, at: '2026-01-01T01:02:00.000Z' },
      gaps: [],
    })
    const longer = { ...bundle, records: chainOf(45) }
    expect(verify(longer)).toMatchObject({ outcome: 'intact', unanchored: 5, unproved: [] })
  })

  it.each(tamperings)('is found broken by $name, at the record that is', (tampering) => {
    const { broken, number } = tampering
    const result = verifyTampered(tampering)
    expect(result.outcome).toBe('broken')
    if (result.outcome === 'broken') {
      expect(broken).toContain(result.broken)
      expect(result.number).toBe(number)
    }
  })

  it.each(emptied)('is never intact without a record: $name', ({ tamper }) => {
    expect(verify(tamper(bundleOf()))).toMatchObject({ outcome: 'nothing-to-prove' })
  })

  it('of the release before, which does not say its chains, is read as it was', () => {
    const { chains: _, ...before } = bundleOf()
    expect(verify(before)).toMatchObject({ outcome: 'intact', records: 40 })
  })

  it('names what is missing among the checkpoints locked away, but may itself hold only some', () => {
    const bundle = bundleOf()
    const [first, , third] = bundle.checkpoints
    const some = { ...bundle, checkpoints: [first!, third!] }
    expect(verify(some)).toMatchObject({ outcome: 'intact', gaps: [] })
    expect(verify(some, bundle.checkpoints)).toMatchObject({ outcome: 'intact', checkpoints: 3, gaps: [] })
    expect(verify(some, some.checkpoints)).toMatchObject({ outcome: 'intact', gaps: [{ from: 2, to: 2 }] })
  })

  it('is not proved where no checkpoint covers the chain: all of it may have been written anew', () => {
    const bundle = bundleOf(40)
    const [first] = bundle.checkpoints
    const { chain } = bundle.records[0]!
    expect(verify({ ...bundle, checkpoints: [] })).toMatchObject({
      outcome: 'intact',
      unproved: [{ chain, number: 1 }],
    })
    const older = { ...bundle, records: chainOf(100), checkpoints: [first!] }
    expect(verify(older)).toMatchObject({ outcome: 'intact', unproved: [{ chain, number: 11 }] })
  })

  it('is not proved where records were put in behind what is signed, dated as if they had always been there', () => {
    const bundle = bundleOf(40)
    const forged = { ...bundle, records: chainOf(43) }
    const { chain } = bundle.records[0]!
    const locked = [...bundle.checkpoints, weeksLater(bundle)]
    expect(verify(bundle, locked)).toMatchObject({ outcome: 'intact', unanchored: 0, unproved: [] })
    expect(verify(forged, locked)).toMatchObject({ outcome: 'intact', unproved: [{ chain, number: 41 }] })
  })

  it('of another form is refused, not guessed at', () => {
    for (const json of [null, 7, {}, { schema: 'overread/audit-bundle@1' }, { ...bundleOf(), extra: 1 }]) {
      expect(verify(json)).toMatchObject({ outcome: 'broken', broken: 'schema' })
    }
  })
})
