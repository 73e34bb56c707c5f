import { expect, test } from 'vitest'
import { announcedIn } from '../../../../shared/ledger/upload-ledger.ts'
import { keys } from '../../../../shared/ledger/keys.ts'
import type { RecordKey, RecordStore } from '../../../../shared/ports/record-store.ts'

const place = {
  referralId: 'eu-central-1.01k9zq3v5r8w2x4y6a8c0e2g4j',
  uploadId: '01k9zq3v5r8w2x4y6a8c0e2g4k',
  index: 0,
}
const object = (index: number) => ({ bytes: index + 1, sha256: `digest-${index}` })

/** Two chunks of a manifest of 252 objects, and what was read of them. */
const manifest = () => {
  const asked: string[] = []
  const chunks = new Map(
    [0, 1].map((chunk) => {
      const { sort } = keys.manifest(place.referralId, place.uploadId, chunk)
      return [sort, Array.from({ length: chunk === 0 ? 250 : 2 }, (_, at) => object(chunk * 250 + at))] as const
    }),
  )
  const store: Pick<RecordStore, 'read'> = {
    read: (key: RecordKey) => {
      asked.push(key.sort)
      const objects = chunks.get(key.sort)
      return Promise.resolve(objects === undefined ? undefined : { ...key, body: { objects }, version: 1 })
    },
  }
  return { store, asked }
}

test('a batch across two chunks of a manifest reads each chunk once and finds every object by its number', async () => {
  const { store, asked } = manifest()
  const announced = announcedIn(store)
  const found = await Promise.all([0, 1, 249, 250, 251].map((index) => announced({ ...place, index })))
  expect(found).toEqual([0, 1, 249, 250, 251].map(object))
  expect(asked).toHaveLength(2)
})

test('what no manifest announces is not found', async () => {
  const announced = announcedIn(manifest().store)
  expect(await announced({ ...place, index: 252 })).toBeUndefined()
  expect(await announced({ ...place, index: 600 })).toBeUndefined()
})
