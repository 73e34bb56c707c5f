import { expect, test } from 'vitest'
import { runUnderWay, worksUnderWay } from '../../../fixtures/erasure-under-way.ts'

test.each(Object.keys(worksUnderWay))(
  'an erasure while there is under way: %s; nothing of the subject comes back, and the message is done with',
  async (name) => {
    const { calls, escapes } = await runUnderWay(name, Number.POSITIVE_INFINITY)
    const found = [...escapes]
    for (let at = 1; at <= calls; at++) found.push(...(await runUnderWay(name, at)).escapes)
    expect(found).toEqual([])
    expect(calls).toBeGreaterThan(1)
  },
  120_000,
)
