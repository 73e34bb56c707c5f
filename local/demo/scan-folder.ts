import { open, readdir, stat } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { DICOM_LIMITS } from '../../shared/domain/dicom/limits.ts'
import { inspectDicomObject } from '../../shared/domain/dicom/inspect-object.ts'
import { judgeStorage, type InstanceFacts } from '../../shared/domain/dicom/storage-judgement.ts'
import { inflateRawBounded } from '../../shared/runtime/bounded-inflate.ts'
import { digestOf, type StudyFile } from '../client/upload-study.ts'

/** A file of the folder: an instance that can be grouped, or one that nothing can be read from. */
export interface ScannedFile extends StudyFile {
  readonly name: string
  readonly facts?: InstanceFacts
}

/** A file as the folder lists it, nothing of it read. */
export interface ListedFile {
  readonly path: string
  readonly name: string
  readonly bytes: number
  readonly modifiedMs: number
}

async function scanFile({ path, name }: ListedFile): Promise<ScannedFile> {
  const handle = await open(path)
  try {
    const { size: bytes } = await handle.stat()
    const read = async (from: number, toExclusive: number) => {
      const buffer = new Uint8Array(toExclusive - from)
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, from)
      return buffer.subarray(0, bytesRead)
    }
    const verdict = await inspectDicomObject({ size: bytes, read }, DICOM_LIMITS, inflateRawBounded)
    const file = { path, name, bytes, sha256: await digestOf(path) }
    if (verdict.verdict === 'rejected') return file
    const judgement = judgeStorage(verdict.facts)
    if (judgement.kind === 'refused') return file
    return { ...file, facts: judgement.instance, sopInstanceUid: judgement.instance.sopInstanceUid }
  } finally {
    await handle.close()
  }
}

/** Every file below the folder, in name order. */
export async function listFolder(root: string): Promise<ListedFile[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true })
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
  return Promise.all(
    paths.map(async (path) => {
      const { size, mtimeMs } = await stat(path)
      return { path, name: relative(root, path), bytes: size, modifiedMs: mtimeMs }
    }),
  )
}

/** An empty file can neither be announced nor sent; whoever lists the folder says what became of it. */
export const isEmpty = ({ bytes }: ListedFile): boolean => bytes === 0

export async function scanFiles(listed: readonly ListedFile[]): Promise<ScannedFile[]> {
  const scanned: ScannedFile[] = []
  for (const file of listed) if (!isEmpty(file)) scanned.push(await scanFile(file))
  return scanned
}

export const scanFolder = async (root: string): Promise<ScannedFile[]> => scanFiles(await listFolder(root))

export interface StudyGroup {
  readonly studyInstanceUid: string
  readonly files: readonly (ScannedFile & { readonly facts: InstanceFacts })[]
}

/** A patient can be named by an id, or by name and birth date together; otherwise no referral can be written for the study. */
export const namesPatient = ({ patientId, patientName, patientBirthDate }: InstanceFacts): boolean =>
  patientId !== undefined || (patientName !== undefined && patientBirthDate !== undefined)

const keyOf = (facts: InstanceFacts): string =>
  JSON.stringify([facts.studyInstanceUid, facts.patientId ?? [facts.patientName, facts.patientBirthDate]])

const isGrouped = (file: ScannedFile): file is StudyGroup['files'][number] =>
  file.facts !== undefined && namesPatient(file.facts)

/** One group a study and patient; what can be in none goes with the first case and ends in quarantine with a reason. */
export function groupByStudy(files: readonly ScannedFile[]): { groups: StudyGroup[]; ungrouped: ScannedFile[] } {
  const grouped = Map.groupBy(files.filter(isGrouped), ({ facts }) => keyOf(facts))
  const groups = [...grouped.values()].flatMap((group): StudyGroup[] => {
    const studyInstanceUid = group[0]?.facts.studyInstanceUid
    return studyInstanceUid === undefined ? [] : [{ studyInstanceUid, files: group }]
  })
  return { groups, ungrouped: files.filter((file) => !isGrouped(file)) }
}
