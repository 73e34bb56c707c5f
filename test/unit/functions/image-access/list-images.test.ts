import { afterEach, beforeEach, expect, test } from 'vitest'
import { listImages } from '../../../../functions/image-access/list-images.ts'
import { networkWith, readerOf } from '../../../builders/demo-routing.ts'
import { principalOf, readingRoom, type ReadingRoom } from '../../../builders/reading-room.ts'
import { auditRecords } from '../../../fixtures/crash-trials.ts'

let room: ReadingRoom
beforeEach(async () => {
  room = readingRoom()
  await room.prepareClaimed()
})
afterEach(() => room.close())

test('a holder whose licence has ended since the claim is shown no image, and the trail has no release', async () => {
  const list = async () =>
    listImages(room.ports, {
      params: { referralId: room.referralId },
      query: { limit: 10 },
      context: await room.asking('listImages', principalOf('p-weber')),
    })
  const releases = () => auditRecords(room).filter(({ action }) => action === 'release')
  expect((await list()).images).toHaveLength(2)
  expect(releases()).toHaveLength(1)
  const { registrations } = readerOf(networkWith('r-weber', {}), 'r-weber')
  const ended = registrations.map((one) => ({ ...one, validTo: room.ports.clock.now() }))
  room.useNetwork(networkWith('r-weber', { registrations: ended }))
  await expect(list()).rejects.toMatchObject({ code: 'not-eligible', facts: { rule: 'registration' } })
  expect(releases()).toHaveLength(1)
})
