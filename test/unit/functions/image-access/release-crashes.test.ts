import { expect, test } from 'vitest'
import { capabilities } from '../../../../shared/contracts/capabilities.ts'
import { routes } from '../../../../shared/contracts/routes.ts'
import { listImages } from '../../../../functions/image-access/list-images.ts'
import { principalOf, readingRoom } from '../../../builders/reading-room.ts'
import { crashEverywhere, type Path } from '../../../fixtures/crash-trials.ts'
import { tried } from '../../../fixtures/crash-coverage.ts'
import { commandPaths, releasePaths } from '../../../fixtures/release-crashes.ts'
import { workers } from '../../../fixtures/worker-crashes.ts'
import { inside } from '../../../builders/inside.ts'

test.each([...releasePaths, ...commandPaths])(
  'a crash at any await of $name leaves no gap in the trail',
  async (one) => {
    const { tried, escaped } = await crashEverywhere(one)
    expect(escaped).toEqual([])
    expect(tried).toBeGreaterThan(8)
  },
)

test('every route that answers somebody known has its trial, and each trial a route or worker', () => {
  // Public routes answer whoever asks with the same keys, pages and descriptions.
  const asked = routes.filter(({ scopes }) => scopes.length > 0).map(({ operationId }): string => operationId)
  const named = Object.values(workers).flatMap((one) => ('trial' in one ? [one.trial] : []))
  expect([...tried].sort()).toEqual([...new Set([...asked, ...named])].sort())
})

test('every worker has its trial or hands out nothing, and says why', () => {
  const found = Object.entries(capabilities).flatMap(([name, { trigger }]) => (trigger === 'http' ? [] : [name]))
  expect(Object.keys(workers).sort()).toEqual(found.sort())
})

const withImages = async () => {
  const room = readingRoom()
  await room.prepareClaimed()
  return room
}

test('a path that signs URLs first and records afterwards is caught', async () => {
  const hasty: Path = {
    name: 'hasty',
    operation: 'listImages',
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
    operation: 'listImages',
    prepare: withImages,
    run: async (room, ports, requestId) => {
      const context = { ...(await room.asking('listImages', principalOf('p-weber'))), requestId }
      const asked = { params: { referralId: room.referralId }, query: { limit: 1 }, context }
      return listImages(ports, asked).catch(() => 'shown all the same')
    },
  }
  expect((await crashEverywhere(careless)).escaped.join()).toContain('released without a record')
})
