import type { DicomJson } from './dicom-json-values.ts'
import { toDicomJson } from './dicom-json.ts'
import type { AcceptedObject, RangeSource } from './inspect-object.ts'
import type { DicomLimits } from './limits.ts'

/** The data set of an accepted object up to its pixel data; reads only what the inspection did not leave in `prefix`. */
const headerBytes = async (source: RangeSource, accepted: AcceptedObject): Promise<Uint8Array> => {
  const { dataSetOffset, headerEnd, deflated } = accepted.layout
  const { prefix } = accepted
  if (deflated || prefix.length >= headerEnd) return prefix.subarray(dataSetOffset, headerEnd)
  const rest = await source.read(prefix.length, headerEnd)
  const header = new Uint8Array(headerEnd)
  header.set(prefix)
  header.set(rest, prefix.length)
  return header.subarray(dataSetOffset)
}

/** DICOM JSON of an accepted object, for the metadata that ingest writes once for each series. */
export const readDicomJson = async (
  source: RangeSource,
  accepted: AcceptedObject,
  limits: DicomLimits,
): Promise<DicomJson | 'header-too-large'> => {
  if (accepted.layout.headerEnd > limits.metadataReadBytes) return 'header-too-large'
  return toDicomJson(await headerBytes(source, accepted), accepted.layout.encoding, limits)
}
