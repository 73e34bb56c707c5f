import { describe, expect, test } from 'vitest'
import { demoNetwork } from '../../../../local/seed/demo-network.ts'
import { caseDirectory } from '../../../../shared/domain/case/directory.ts'
import { indexNetwork } from '../../../../shared/domain/network/index-network.ts'
import { course, untilAvailable } from '../../../builders/case-builder.ts'

const { case: c } = course(untilAvailable)
const evening = {
  ...demoNetwork,
  shifts: demoNetwork.shifts.map((shift) => ({ ...shift, startLocal: '20:00', endLocal: '23:00' })),
}
const noon = '2026-11-24T12:00:00.000Z'

describe('the next shift for a case', () => {
  test('begins when a reader whom only the hour keeps from it comes on', () => {
    expect(caseDirectory(indexNetwork(evening)).nextShiftAt(c, noon)).toBe('2026-11-24T19:00:00.000Z')
  })

  test('is none of a reader whom something else keeps from it too', () => {
    const unregistered = { ...evening, readers: evening.readers.map((one) => ({ ...one, registrations: [] })) }
    expect(caseDirectory(indexNetwork(unregistered)).nextShiftAt(c, noon)).toBeUndefined()
  })

  test('is not looked for where the site has left the network', () => {
    expect(caseDirectory(indexNetwork(evening)).nextShiftAt({ ...c, siteId: 'gone' }, noon)).toBeUndefined()
  })
})
