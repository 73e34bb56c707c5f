import { claimCase } from '../../functions/worklist/worklist-commands.ts'
import { routeCase } from '../../functions/worklist-routing/route-case.ts'
import { copyStudy } from '../../functions/study-deidentify/copy-study.ts'
import type { BucketClass } from '../../shared/contracts/bucket-classes.ts'
import type { CopyRecord } from '../../shared/domain/deidentification/study-copies.ts'
import { indexNetwork } from '../../shared/domain/network/index-network.ts'
import type { StoredInstance } from '../../shared/domain/upload/instance.ts'
import { copiesOf, loadCopies } from '../../shared/ledger/copy-ledger.ts'
import { plain } from '../../shared/ledger/case-rows.ts'
import { instanceDigest } from '../../shared/ledger/instance-digest.ts'
import { keys } from '../../shared/ledger/keys.ts'
import { confirmedPolicy } from '../fixtures/confirmed-policy.ts'
import { networkWithReaderAbroad } from '../fixtures/reader-abroad.ts'
import { submit, upload } from './case-builder.ts'
import { buildCtSlice, type CtSlice } from './dicom-file.ts'
import { principalOf, readingRoom, sha256, type ReadingRoom } from './reading-room.ts'

export const harris = principalOf('p-harris', { roles: ['reader'] })

const studyInstanceUid = '1.2.40.0.13.1.7'
const seriesInstanceUid = `${studyInstanceUid}.1`
const patient = { id: 'MRN-4711', name: 'Holzknecht^Guido', birthDate: '19560229', sex: 'M' }

/** An image that may be copied unless it is changed. */
export type Image = Partial<Omit<CtSlice, 'studyInstanceUid' | 'seriesInstanceUid' | 'sopInstanceUid'>>
export const harmless: Image = { bodyPart: 'CHEST', burnedInAnnotation: 'NO' }
export const mayShowText: Image = { bodyPart: 'CHEST' }
export const mayShowFace: Image = { bodyPart: 'HEAD', burnedInAnnotation: 'NO' }

export const objectOf = (image: Image, number: number): Uint8Array =>
  buildCtSlice({
    patient,
    rows: 8,
    columns: 8,
    institution: 'Donauklinikum Wien',
    studyDescription: 'Thorax nativ',
    ...image,
    studyInstanceUid,
    seriesInstanceUid,
    sopInstanceUid: `${seriesInstanceUid}.${number}`,
    instanceNumber: number,
  })

/** What must not leave: who, where and when, and the UIDs of the originals. */
export const identifying = [
  patient.id,
  'Holzknecht',
  'Guido',
  '19560229',
  'Donauklinikum',
  studyInstanceUid,
  '20261102',
]

async function store(room: ReadingRoom, image: Image, number: number): Promise<StoredInstance> {
  const object = objectOf(image, number)
  const instance: StoredInstance = {
    schema: 'overread/instance@3',
    studyInstanceUid,
    seriesInstanceUid,
    sopInstanceUid: `${seriesInstanceUid}.${number}`,
    sopClassUid: '1.2.840.10008.5.1.4.1.1.2',
    modality: 'CT',
    instanceNumber: number,
    numberOfFrames: null,
    bytes: object.length,
    sha256: sha256(object),
    key: `studies/${room.referralId}/u/${number}`,
    metadata: null,
  }
  const { ports, referralId } = room
  await ports.objects.put({ bucket: 'images', key: instance.key }, object, { contentType: 'application/dicom' })
  const at = keys.instance(referralId, instanceDigest(referralId, instance.sopInstanceUid))
  await ports.store.transact([{ write: 'put', when: 'absent', ...at, body: plain(instance) }])
  return instance
}

/** A reading room whose case the router offers to a reader abroad if it may, for whom policy allows de-identified copies and nothing else. */
export async function copyRoom(images: readonly Image[], pathwayId = 'urgent-inpatient') {
  const room = readingRoom()
  room.useNetwork(indexNetwork(networkWithReaderAbroad('http://127.0.0.1:8080')), confirmedPolicy)
  const { referralId, ports } = room
  await room.command(submit(pathwayId))
  await room.command(upload)
  for (const [at, image] of images.entries()) await store(room, image, at + 1)
  const [expected, stored] = [images.length, images.length]
  await room.command({ command: 'count-images', expected, stored, failed: 0, complete: true })
  await routeCase(ports, referralId)
  const copies = async (): Promise<CopyRecord[]> => {
    const found: CopyRecord[] = []
    for await (const { copy } of copiesOf(ports.store, referralId)) found.push(copy)
    return found.sort((a, b) => (a.instanceNumber ?? 0) - (b.instanceNumber ?? 0))
  }
  return {
    ...room,
    addImage: (image: Image, number: number) => store(room, image, number),
    claim: async () =>
      claimCase(ports, { params: { referralId }, body: {}, context: await room.asking('claimCase', harris) }),
    copy: (changes: Partial<typeof ports> = {}, readerId = 'r-harris') =>
      copyStudy({ ...ports, ...changes }, { kind: 'copy-study', referralId, readerId }),
    copies,
    /** How many objects lie in a bucket, whoever names them. */
    objectsIn: (bucket: BucketClass) => room.objectKeys(bucket).length,
    sum: async () => (await loadCopies(ports.store, referralId))?.copies,
    asked: () =>
      room.everyRecord().filter(({ partition, body }) => partition.startsWith('outbox') && body['queue'] === 'copies'),
  }
}
export type CopyRoom = Awaited<ReturnType<typeof copyRoom>>
