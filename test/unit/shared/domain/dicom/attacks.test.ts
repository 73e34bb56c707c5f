import { describe, expect, it } from 'vitest'
import { inspectDicomBytes, inspectDicomObject } from '../../../../../shared/domain/dicom/inspect-object.ts'
import { DICOM_LIMITS } from '../../../../../shared/domain/dicom/limits.ts'
import { inflateRawBounded } from '../../../../../shared/runtime/bounded-inflate.ts'
import { fileWith } from '../../../../fixtures/dicom-attack-bytes.ts'
import { ANSWER_WITHIN_MS, DICOM_ATTACKS, MOST_RANGE_READS, runAttack } from '../../../../fixtures/dicom-attacks.ts'
import { hasDicomCorpus } from '../../../../fixtures/dicom-corpus.ts'
import { runDicomFuzz } from '../../../../fixtures/dicom-fuzz.ts'

describe('named attacks on the DICOM gate', () => {
  it.each(DICOM_ATTACKS)('$control: $name -> $expected', async (attack) => {
    const outcome = await runAttack(attack)
    expect(outcome.answer).toBe(attack.expected)
    expect(outcome.rangeReads).toBeLessThanOrEqual(MOST_RANGE_READS)
    expect(outcome.milliseconds).toBeLessThan(ANSWER_WITHIN_MS)
    expect(outcome.held).toBe(true)
  })

  it('are at least sixty, each with a name of its own', () => {
    expect(new Set(DICOM_ATTACKS.map(({ name }) => name)).size).toBe(DICOM_ATTACKS.length)
    expect(DICOM_ATTACKS.length).toBeGreaterThanOrEqual(60)
  })

  it('refuses the same file at every byte at which it may be cut', () => {
    const whole = fileWith()
    const answers = Array.from({ length: whole.length }, (_, length) =>
      inspectDicomBytes(whole.slice(0, length), inflateRawBounded),
    )
    const taken = answers.flatMap((answer, length) => (answer.verdict === 'accepted' ? [length] : []))
    // Between two elements a data set without pixels is whole: nothing in DICOM says that more should follow.
    expect(taken.length).toBeLessThan(8)
    expect(inspectDicomBytes(whole, inflateRawBounded).verdict).toBe('accepted')
  })

  it('lets a fault of the store through as a fault, not as a verdict', async () => {
    const broken = { size: 100, read: () => Promise.reject(new Error('the store is gone')) }
    await expect(inspectDicomObject(broken, DICOM_LIMITS, inflateRawBounded)).rejects.toThrow('the store is gone')
  })
})

describe.skipIf(!hasDicomCorpus())('mutated real files', () => {
  it('are each answered, in time, without a crash, and no cut image is taken', async () => {
    const report = await runDicomFuzz({ count: 1500, seed: 20_261_124 })
    expect(report.escaped).toEqual([])
    expect(Object.keys(report.mutations).length).toBeGreaterThan(15)
    expect(report.accepted).toBeGreaterThan(100)
  })
})
