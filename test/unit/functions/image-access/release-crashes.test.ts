import { expect, test } from 'vitest'
import { listImages } from '../../../../functions/image-access/list-images.ts'
import { principalOf, readingRoom } from '../../../builders/reading-room.ts'
import { crashEverywhere, type Path } from '../../../fixtures/crash-trials.ts'
import { commandPaths, releasePaths } from '../../../fixtures/release-crashes.ts'
import { inside } from '../../../builders/inside.ts'

test.each([...releasePaths, ...commandPaths])(
  'a crash at any await of $name leaves no gap in the trail',
  async (one) => {
    const { tried, escaped } = await crashEverywhere(one)
    expect(escaped).toEqual([])
    expect(tried).toBeGreaterThan(8)
  },
)

const withImages = async () => {
  const room = readingRoom()
  await room.prepareClaimed()
  return room
}

test('a path that signs URLs first and records afterwards is caught', async () => {
  const hasty: Path = {
    name: 'hasty',
    prepare: withImages,
    run: async (room, ports, requestId) => {
      await ports.downloads.signGets({ by: inside, bucket: 'images' }, [], 300)
      const context = { ...(await room.asking('listImages', principalOf('p-weber'))), requestId }
      return listImages(ports, { params: { referralId: room.referralId }, query: { limit: 1 }, context })
    },
  }
  expect((await crashEverywhere(hasty)).escaped).toContain(
    'hasty, call 2 dies-before: downloads.signGets before its record',
  )
})

test('a path that shrugs off a failed record is caught', async () => {
  const careless: Path = {
    name: 'careless',
    prepare: withImages,
    run: async (room, ports, requestId) => {
      const context = { ...(await room.asking('listImages', principalOf('p-weber'))), requestId }
      const asked = { params: { referralId: room.referralId }, query: { limit: 1 }, context }
      return listImages(ports, asked).catch(() => 'shown all the same')
    },
  }
  expect((await crashEverywhere(careless)).escaped.join()).toContain('released without a record')
})
