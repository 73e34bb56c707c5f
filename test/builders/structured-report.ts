import { oneByteText, writeObject, type WrittenElement, type WrittenSyntax } from '../fixtures/dicom-object-writer.ts'

export interface ReportedImage {
  readonly sopInstanceUid: string
  readonly seriesInstanceUid: string
}

export interface StructuredReport {
  readonly studyInstanceUid: string
  readonly sopInstanceUid: string
  readonly seriesInstanceUid: string
  readonly images: readonly ReportedImage[]
  readonly patient: { readonly id: string; readonly name: string }
  readonly studyDate?: string
  /** What its TEXT item says, in UTF-8. */
  readonly text?: string
  readonly more?: readonly WrittenElement[]
  readonly syntax?: WrittenSyntax
}

const COMPREHENSIVE_SR = '1.2.840.10008.5.1.4.1.1.88.33'
const CT_IMAGE = '1.2.840.10008.5.1.4.1.1.2'

export const text = (tag: number, vr: string, value: string): WrittenElement => ({ tag, vr, value: oneByteText(value) })
const items = (tag: number, ...value: (readonly WrittenElement[])[]): WrittenElement => ({ tag, vr: 'SQ', value })

const concept = (code: string, meaning: string): WrittenElement =>
  items(0x0040a043, [text(0x00080100, 'SH', code), text(0x00080102, 'SH', 'DCM'), text(0x00080104, 'LO', meaning)])

const imageReference = (sopInstanceUid: string): WrittenElement =>
  items(0x00081199, [text(0x00081150, 'UI', CT_IMAGE), text(0x00081155, 'UI', sopInstanceUid)])

/** The reader's own: no copy has it. */
export const TRACKING_UID = '1.2.826.0.1.3680043.8.498.4711'

/** A small measurement report on some images: evidence, image references, a tracking UID and words (PS3.3 A.35, C.17). */
export const structuredReport = (report: StructuredReport): Uint8Array => {
  const {
    studyInstanceUid,
    sopInstanceUid,
    seriesInstanceUid,
    images,
    patient,
    syntax = '1.2.840.10008.1.2.1',
  } = report
  const content = [
    [
      text(0x0040a010, 'CS', 'CONTAINS'),
      text(0x0040a040, 'CS', 'UIDREF'),
      concept('112040', 'Tracking Unique Identifier'),
      text(0x0040a124, 'UI', TRACKING_UID),
    ],
    [
      text(0x0040a010, 'CS', 'CONTAINS'),
      text(0x0040a040, 'CS', 'UIDREF'),
      concept('121018', 'Procedure Study Instance UID'),
      text(0x0040a124, 'UI', studyInstanceUid),
    ],
    [
      text(0x0040a010, 'CS', 'CONTAINS'),
      text(0x0040a040, 'CS', 'TEXT'),
      concept('121071', 'Finding'),
      { tag: 0x0040a160, vr: 'UT', value: new TextEncoder().encode(report.text ?? 'Nodule.') },
    ],
    ...images.map((image) => [
      text(0x0040a010, 'CS', 'CONTAINS'),
      text(0x0040a040, 'CS', 'IMAGE'),
      imageReference(image.sopInstanceUid),
    ]),
  ].map((item) => item.toSorted((a, b) => a.tag - b.tag))
  const evidence = images.map((image) => [
    imageReference(image.sopInstanceUid),
    text(0x0020000e, 'UI', image.seriesInstanceUid),
  ])
  const elements = [
    text(0x00080005, 'CS', 'ISO_IR 192'),
    text(0x00080016, 'UI', COMPREHENSIVE_SR),
    text(0x00080018, 'UI', sopInstanceUid),
    text(0x00080020, 'DA', report.studyDate ?? '20190317'),
    text(0x00080023, 'DA', '20261124'),
    text(0x00080030, 'TM', ''),
    text(0x00080050, 'SH', ''),
    text(0x00080060, 'CS', 'SR'),
    text(0x00080090, 'PN', ''),
    text(0x00100010, 'PN', patient.name),
    text(0x00100020, 'LO', patient.id),
    text(0x00100030, 'DA', ''),
    text(0x00100040, 'CS', ''),
    text(0x00120062, 'CS', 'YES'),
    text(0x00120063, 'LO', 'PS3.15 E Basic Profile, Overread'),
    text(0x0020000d, 'UI', studyInstanceUid),
    text(0x0020000e, 'UI', seriesInstanceUid),
    text(0x00200010, 'SH', ''),
    text(0x00280303, 'CS', 'MODIFIED'),
    text(0x0040a040, 'CS', 'CONTAINER'),
    concept('126000', 'Imaging Measurement Report'),
    items(0x0040a375, [items(0x00081115, ...evidence), text(0x0020000d, 'UI', studyInstanceUid)]),
    items(0x0040a730, ...content),
    ...(report.more ?? []),
  ]
  const meta = [text(0x00020002, 'UI', COMPREHENSIVE_SR), text(0x00020003, 'UI', sopInstanceUid)]
  return writeObject({ syntax, meta, elements: elements.toSorted((a, b) => a.tag - b.tag) })
}
