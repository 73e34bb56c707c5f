import { describe, expect, it } from 'vitest'
import { bundleOf, chainOf, tamperings, verify } from '../../../fixtures/audit-tampering.ts'

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
    })
    const longer = { ...bundle, records: chainOf(45) }
    expect(verify(longer)).toMatchObject({ outcome: 'intact', unanchored: 5, unproved: [] })
  })

  it.each(tamperings)('is found broken by $name, at the record that is', ({ tamper, broken, number }) => {
    const result = verify(tamper(bundleOf()))
    expect(result.outcome).toBe('broken')
    if (result.outcome === 'broken') {
      expect(broken).toContain(result.broken)
      expect(result.number).toBe(number)
    }
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

  it('of another form is refused, not guessed at', () => {
    for (const json of [null, 7, {}, { schema: 'overread/audit-bundle@1' }, { ...bundleOf(), extra: 1 }]) {
      expect(verify(json)).toMatchObject({ outcome: 'broken', broken: 'schema' })
    }
  })
})
