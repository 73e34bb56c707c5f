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

/** An image of a case whose object is there: frame 1 is 1, 2, 3, 4. */
export async function storeFrame(
  { objects, store }: Pick<ReadingRoom['ports'], 'objects' | 'store'>,
  referralId: string,
  which: keyof typeof stored,
  uid: string = sopInstanceUid[which],
): Promise<void> {
  const { bytes, valueLength } = stored[which]
  const key = `studies/${referralId}/frames/${which}`
  const instance: StoredInstance = {
    schema: 'overread/instance@3',
    studyInstanceUid: '1.2.3',
    seriesInstanceUid: '1.2.3.4',
    sopInstanceUid: uid,
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
  await objects.put({ bucket: 'images', key }, bytes, { contentType: 'application/dicom' })
  const at = keys.instance(referralId, instanceDigest(referralId, uid))
  await store.transact([{ write: 'put', when: 'absent', ...at, body: plain(instance) }])
}

/** A claimed case with two more images. */
export async function prepareFrames(room: ReadingRoom): Promise<void> {
  await room.prepareClaimed()
  for (const which of ['native', 'encapsulated'] as const) await storeFrame(room.ports, room.referralId, which)
}
