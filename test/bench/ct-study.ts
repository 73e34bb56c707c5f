import { createHash, randomInt } from 'node:crypto'
import { buildCtSlice } from '../builders/dicom-file.ts'

export interface CtStudy {
  readonly studyInstanceUid: string
  readonly objects: readonly {
    readonly sopInstanceUid: string
    readonly bytes: number
    readonly sha256: string
    readonly content: Uint8Array
  }[]
}

const freshUid = (): string => `2.25.${randomInt(1, 2 ** 47)}${randomInt(1, 2 ** 47)}`

/** CT slices of 512 x 512 x 16 bit, made and hashed before any clock runs. */
export const ctStudy = (instances: number): CtStudy => {
  const [studyInstanceUid, seriesInstanceUid] = [freshUid(), freshUid()]
  const objects = Array.from({ length: instances }, (_, at) => {
    const sopInstanceUid = freshUid()
    const content = buildCtSlice({
      studyInstanceUid,
      seriesInstanceUid,
      sopInstanceUid,
      instanceNumber: at + 1,
      patient: { id: 'MRN-77', name: 'Muster^Maria', birthDate: '19560229' },
    })
    return {
      sopInstanceUid,
      bytes: content.length,
      sha256: createHash('sha256').update(content).digest('hex'),
      content,
    }
  })
  return { studyInstanceUid, objects }
}
