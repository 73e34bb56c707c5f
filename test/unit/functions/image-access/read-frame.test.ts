import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { listImages } from '../../../../functions/image-access/list-images.ts'
import { readFrame } from '../../../../functions/image-access/read-frame.ts'
import { FRAME_PART_BYTES } from '../../../../shared/contracts/http/frames.ts'
import { StoredInstanceSchema } from '../../../../shared/domain/upload/instance.ts'
import { plain } from '../../../../shared/ledger/case-rows.ts'
import { instanceDigest } from '../../../../shared/ledger/instance-digest.ts'
import { keys } from '../../../../shared/ledger/keys.ts'
import { principalOf, readingRoom, type ReadingRoom } from '../../../builders/reading-room.ts'
import { prepareFrames, sopInstanceUid } from '../../../builders/stored-frames.ts'

let room: ReadingRoom
beforeEach(async () => {
  room = readingRoom()
  await prepareFrames(room)
})
afterEach(() => room.close())

const read = async (
  which: string,
  asked: { frame?: number; part?: number; person?: string; country?: string } = {},
) => {
  const { frame = 1, part, person = 'p-weber', country } = asked
  const principal = principalOf(person, country === undefined ? {} : { attestedCountry: country, ipCountry: country })
  return readFrame(room.ports, {
    params: { referralId: room.referralId, sopInstanceUid: which, frame },
    query: part === undefined ? {} : { part },
    context: await room.asking('readFrame', principal),
  })
}

/** Makes the native image one frame of three parts, the last of one byte. */
async function enlarge(): Promise<void> {
  const key = keys.instance(room.referralId, instanceDigest(room.referralId, sopInstanceUid.native))
  const record = await room.ports.store.read(key)
  const instance = StoredInstanceSchema.parse(record?.body)
  const bytes = 2 * FRAME_PART_BYTES + 1
  const whole = new Uint8Array(16 + bytes).fill(7)
  whole[whole.length - 1] = 9
  const display = { rows: 1, columns: bytes, frames: 1, samplesPerPixel: 1, photometricInterpretation: 'MONOCHROME2' }
  const pixels = { valueOffset: 16, valueLength: bytes, display: { ...display, bitsAllocated: 8 } }
  const options = { contentType: 'application/dicom', replace: true }
  await room.ports.objects.put({ bucket: 'images', key: instance.key }, whole, options)
  await room.ports.store.transact([
    { write: 'put', when: 'always', ...key, body: plain({ ...instance, pixels, bytes: whole.length }) },
  ])
}

describe('one frame', () => {
  test.each(['native', 'encapsulated'] as const)('of a %s image is its pixels and nothing else', async (which) => {
    const answer = await read(sopInstanceUid[which])
    expect([...answer.bytes]).toEqual([1, 2, 3, 4])
    expect(answer.headers['x-frame-bytes']).toBe('4')
  })

  test('too long for one answer is given in parts, and never cut in silence', async () => {
    await enlarge()
    await expect(read(sopInstanceUid.native)).rejects.toMatchObject({ code: 'frame-too-large', facts: { parts: 3 } })
    expect((await read(sopInstanceUid.native, { part: 1 })).bytes).toHaveLength(FRAME_PART_BYTES)
    expect([...(await read(sopInstanceUid.native, { part: 2 })).bytes]).toEqual([9])
    await expect(read(sopInstanceUid.native, { part: 3 })).rejects.toMatchObject({ code: 'frame-unavailable' })
  })

  test('is refused to a colleague, and to the holder from a place the policy forbids', async () => {
    await expect(read(sopInstanceUid.native, { person: 'p-kaya' })).rejects.toMatchObject({ name: 'Refusal' })
    await expect(read(sopInstanceUid.native, { country: 'CN' })).rejects.toMatchObject({ name: 'Refusal' })
    expect(room.everyRecord().filter(({ body }) => body['operation'] === 'readFrame')).toEqual([])
  })

  test('of an image that is not of this case is not there', async () => {
    await expect(read('9.9.9')).rejects.toMatchObject({ code: 'frame-unavailable', facts: { reason: 'no-such-image' } })
    await expect(read(sopInstanceUid.native, { frame: 2 })).rejects.toMatchObject({ code: 'frame-unavailable' })
  })
})

test('an entry that an earlier release wrote is still listed; of its frames nothing is guessed', async () => {
  const key = keys.instance(room.referralId, instanceDigest(room.referralId, sopInstanceUid.native))
  const { pixels: _, ...older } = (await room.ports.store.read(key))?.body ?? {}
  const body = { ...older, schema: 'overread/instance@1' }
  await room.ports.store.transact([{ write: 'put', when: 'always', ...key, body }])
  const context = await room.asking('listImages', principalOf('p-weber'))
  const page = await listImages(room.ports, { params: { referralId: room.referralId }, query: { limit: 10 }, context })
  const listed = page.images.find((image) => image.sopInstanceUid === sopInstanceUid.native)
  expect(listed?.get?.url).toContain('X-Amz-Signature')
  await expect(read(sopInstanceUid.native)).rejects.toMatchObject({ code: 'frame-unavailable' })
})
