import { TRANSFER_SYNTAX } from '../../shared/domain/dicom/transfer-syntax.ts'

export interface DicomPatient {
  readonly id: string
  readonly name: string
  readonly birthDate?: string
  readonly sex?: string
  readonly issuer?: string
}

export interface CtSlice {
  readonly studyInstanceUid: string
  readonly seriesInstanceUid: string
  readonly sopInstanceUid: string
  readonly instanceNumber: number
  readonly patient: DicomPatient
  readonly rows?: number
  readonly columns?: number
  readonly modality?: string
  readonly sopClassUid?: string
  readonly bodyPart?: string
  readonly burnedInAnnotation?: 'YES' | 'NO'
  readonly accessionNumber?: string
  readonly studyDate?: string
  readonly studyTime?: string
  readonly studyDescription?: string
  readonly seriesDescription?: string
  readonly seriesNumber?: number
  readonly patientAge?: string
  readonly institution?: string
  /** Bytes added at the end in Data Set Trailing Padding, so that slices of one study differ in size. */
  readonly paddingBytes?: number
}

const LONG_FORM = /^(OB|OW|OF|OD|OL|OV|SQ|UN|UT|UC|UR|SV|UV)$/
const utf8 = new TextEncoder()

export const concatBytes = (parts: readonly Uint8Array[]): Uint8Array => {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

/** One explicit little-endian element; `declaredLength` lets an attack lie about it. */
export const element = (tag: number, vr: string, value: Uint8Array | string, declaredLength?: number): Uint8Array => {
  const bytes = typeof value === 'string' ? utf8.encode(value) : value
  const padded =
    bytes.length % 2 === 0 ? bytes : concatBytes([bytes, Uint8Array.of(vr === 'UI' || vr === 'OB' ? 0 : 0x20)])
  const long = LONG_FORM.test(vr)
  const header = new DataView(new ArrayBuffer(long ? 12 : 8))
  header.setUint16(0, Math.floor(tag / 0x10000), true)
  header.setUint16(2, tag % 0x10000, true)
  header.setUint8(4, vr.charCodeAt(0))
  header.setUint8(5, vr.charCodeAt(1))
  const length = declaredLength ?? padded.length
  if (long) header.setUint32(8, length, true)
  else header.setUint16(6, length, true)
  return concatBytes([new Uint8Array(header.buffer), padded])
}

export const uint16 = (value: number): Uint8Array => Uint8Array.of(value & 0xff, value >> 8)
export const uint32 = (value: number): Uint8Array =>
  Uint8Array.of(value & 0xff, (value >>> 8) & 0xff, (value >>> 16) & 0xff, value >>> 24)

/** Preamble, `DICM` and file meta group (PS3.10 7.1). */
export const fileHead = (sopClassUid: string, sopInstanceUid: string, transferSyntaxUid: string): Uint8Array => {
  const group = concatBytes([
    element(0x00020001, 'OB', Uint8Array.of(0, 1)),
    element(0x00020002, 'UI', sopClassUid),
    element(0x00020003, 'UI', sopInstanceUid),
    element(0x00020010, 'UI', transferSyntaxUid),
    element(0x00020012, 'UI', '2.25.80302813137786398554742050926734630921'),
  ])
  return concatBytes([new Uint8Array(128), utf8.encode('DICM'), element(0x00020000, 'UL', uint32(group.length)), group])
}

const CT_IMAGE_STORAGE = '1.2.840.10008.5.1.4.1.1.2'

/** A valid CT image of 16-bit pixels, explicit little endian: 512 x 512 gives about 525 KB. */
export const buildCtSlice = (slice: CtSlice): Uint8Array => {
  const { rows = 512, columns = 512, sopClassUid = CT_IMAGE_STORAGE, patient } = slice
  const pixels = new Uint8Array(rows * columns * 2)
  // A gradient that differs from slice to slice: no two objects of a study have the same digest.
  for (let at = 0; at < pixels.length; at += 2) pixels[at] = (at / 2 + slice.instanceNumber) & 0xff
  const optional = (tag: number, vr: string, value: string | undefined): Uint8Array =>
    value === undefined ? new Uint8Array(0) : element(tag, vr, value)
  return concatBytes([
    fileHead(sopClassUid, slice.sopInstanceUid, TRANSFER_SYNTAX.explicitLittle),
    element(0x00080005, 'CS', 'ISO_IR 192'),
    element(0x00080008, 'CS', 'ORIGINAL\\PRIMARY\\AXIAL'),
    element(0x00080016, 'UI', sopClassUid),
    element(0x00080018, 'UI', slice.sopInstanceUid),
    element(0x00080020, 'DA', slice.studyDate ?? '20261102'),
    element(0x00080030, 'TM', slice.studyTime ?? '101500'),
    element(0x00080050, 'SH', slice.accessionNumber ?? ''),
    element(0x00080060, 'CS', slice.modality ?? 'CT'),
    element(0x00080070, 'LO', 'Overread Test Scanners'),
    optional(0x00080080, 'LO', slice.institution),
    optional(0x00081030, 'LO', slice.studyDescription),
    optional(0x0008103e, 'LO', slice.seriesDescription),
    element(0x00100010, 'PN', patient.name),
    element(0x00100020, 'LO', patient.id),
    optional(0x00100021, 'LO', patient.issuer),
    element(0x00100030, 'DA', patient.birthDate ?? ''),
    element(0x00100040, 'CS', patient.sex ?? ''),
    optional(0x00101010, 'AS', slice.patientAge),
    optional(0x00180015, 'CS', slice.bodyPart),
    element(0x0020000d, 'UI', slice.studyInstanceUid),
    element(0x0020000e, 'UI', slice.seriesInstanceUid),
    element(0x00200011, 'IS', String(slice.seriesNumber ?? 1)),
    element(0x00200013, 'IS', String(slice.instanceNumber)),
    element(0x00280002, 'US', uint16(1)),
    element(0x00280004, 'CS', 'MONOCHROME2'),
    element(0x00280010, 'US', uint16(rows)),
    element(0x00280011, 'US', uint16(columns)),
    element(0x00280100, 'US', uint16(16)),
    element(0x00280101, 'US', uint16(12)),
    element(0x00280102, 'US', uint16(11)),
    element(0x00280103, 'US', uint16(0)),
    optional(0x00280301, 'CS', slice.burnedInAnnotation),
    element(0x7fe00010, 'OW', pixels),
    slice.paddingBytes === undefined
      ? new Uint8Array(0)
      : element(0xfffcfffc, 'OB', new Uint8Array(slice.paddingBytes)),
  ])
}
