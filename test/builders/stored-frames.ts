import type { StoredPixels } from '../../shared/domain/dicom/stored-pixels.ts'
import type { StoredInstance } from '../../shared/domain/upload/instance.ts'
import { plain } from '../../shared/ledger/case-rows.ts'
import { instanceDigest } from '../../shared/ledger/instance-digest.ts'
import { keys } from '../../shared/ledger/keys.ts'
import { sha256, type ReadingRoom } from './reading-room.ts'

export const sopInstanceUid = { native: '1.2.3.4.100', encapsulated: '1.2.3.4.101' } as const

const display: StoredPixels['display'] = {
  rows: 2,
  columns: 2,
  frames: 1,
  samplesPerPixel: 1,
  photometricInterpretation: 'MONOCHROME2',
  bitsAllocated: 8,
}

const HEADER = 16
/** An empty offset table, two fragments, the end of the sequence (PS3.5 A.4). */
const fragments = [
  [0xfe, 0xff, 0x00, 0xe0, 0, 0, 0, 0],
  [0xfe, 0xff, 0x00, 0xe0, 2, 0, 0, 0, 1, 2],
  [0xfe, 0xff, 0x00, 0xe0, 2, 0, 0, 0, 3, 4],
  [0xfe, 0xff, 0xdd, 0xe0, 0, 0, 0, 0],
].flat()

const stored = {
  native: { bytes: Uint8Array.from([...Array<number>(HEADER).fill(0), 1, 2, 3, 4]), valueLength: 4 },
  encapsulated: { bytes: Uint8Array.from([...Array<number>(HEADER).fill(0), ...fragments]), valueLength: null },
} as const

/** A claimed case with two more images, whose objects are there: frame 1 of each is 1, 2, 3, 4. */
export async function prepareFrames(room: ReadingRoom): Promise<void> {
  await room.prepareClaimed()
  for (const which of ['native', 'encapsulated'] as const) {
    const { bytes, valueLength } = stored[which]
    const key = `studies/${room.referralId}/frames/${which}`
    const instance: StoredInstance = {
      schema: 'overread/instance@2',
      studyInstanceUid: '1.2.3',
      seriesInstanceUid: '1.2.3.4',
      sopInstanceUid: sopInstanceUid[which],
      sopClassUid: '1.2.840.10008.5.1.4.1.1.2',
      transferSyntaxUid: which === 'native' ? '1.2.840.10008.1.2.1' : '1.2.840.10008.1.2.4.90',
      modality: 'CT',
      instanceNumber: 1,
      numberOfFrames: null,
      pixels: { valueOffset: HEADER, valueLength, display },
      bytes: bytes.length,
      sha256: sha256(bytes),
      key,
      metadata: null,
    }
    const digest = instanceDigest(room.referralId, instance.sopInstanceUid)
    await room.ports.objects.put({ bucket: 'images', key }, bytes, { contentType: 'application/dicom' })
    await room.ports.store.transact([
      { write: 'put', when: 'absent', ...keys.instance(room.referralId, digest), body: plain(instance) },
    ])
  }
}
