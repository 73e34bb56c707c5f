import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import type { Command } from 'commander'
import { inspectDicomObject } from '../shared/domain/dicom/inspect-object.ts'
import { DICOM_LIMITS } from '../shared/domain/dicom/limits.ts'
import { DICOM_REJECTION_TITLES } from '../shared/domain/dicom/rejection.ts'
import type { DicomRejection } from '../shared/domain/dicom/rejection.ts'
import { inflateRawBounded } from '../shared/runtime/bounded-inflate.ts'

/** One line of `dicom check --json`; a stable interface of the CLI. */
export interface DicomCheckLine {
  readonly file: string
  readonly verdict: 'accepted' | 'rejected'
  readonly reason: DicomRejection | 'unreadable' | null
  readonly studyInstanceUid: string | null
  readonly seriesInstanceUid: string | null
  readonly sopInstanceUid: string | null
  readonly sopClassUid: string | null
  readonly transferSyntaxUid: string | null
  readonly modality: string | null
}

/** Who the file says it is of. Asked for by name only: it is for the site, which compares it with its referral. */
interface DicomPatient {
  readonly patientId: string | null
  readonly patientName: string | null
  readonly patientBirthDate: string | null
}

interface Checked {
  readonly line: DicomCheckLine
  readonly patient: DicomPatient
}

const rejected = (file: string, reason: DicomRejection | 'unreadable'): Checked => ({
  line: {
    file,
    verdict: 'rejected',
    reason,
    studyInstanceUid: null,
    seriesInstanceUid: null,
    sopInstanceUid: null,
    sopClassUid: null,
    transferSyntaxUid: null,
    modality: null,
  },
  patient: { patientId: null, patientName: null, patientBirthDate: null },
})

const readRange = async (handle: FileHandle, from: number, toExclusive: number): Promise<Uint8Array> => {
  const bytes = new Uint8Array(toExclusive - from)
  let filled = 0
  while (filled < bytes.length) {
    const { bytesRead } = await handle.read(bytes, filled, bytes.length - filled, from + filled)
    if (bytesRead === 0) break
    filled += bytesRead
  }
  return bytes.subarray(0, filled)
}

const inspectHandle = async (file: string, handle: FileHandle): Promise<Checked> => {
  const stat = await handle.stat()
  // Of a pipe, a device or a folder no range can be read again, and a size of 0 would be a lie.
  if (!stat.isFile()) return rejected(file, 'unreadable')
  const source = { size: stat.size, read: (from: number, to: number) => readRange(handle, from, to) }
  const verdict = await inspectDicomObject(source, DICOM_LIMITS, inflateRawBounded)
  if (verdict.verdict === 'rejected') return rejected(file, verdict.reason)
  const { facts } = verdict
  return {
    line: {
      file,
      verdict: 'accepted',
      reason: null,
      studyInstanceUid: facts.studyInstanceUid ?? null,
      seriesInstanceUid: facts.seriesInstanceUid ?? null,
      sopInstanceUid: facts.sopInstanceUid ?? null,
      sopClassUid: facts.sopClassUid ?? null,
      transferSyntaxUid: facts.transferSyntaxUid ?? null,
      modality: facts.modality ?? null,
    },
    patient: {
      patientId: facts.patientId ?? null,
      patientName: facts.patientName ?? null,
      patientBirthDate: facts.patientBirthDate ?? null,
    },
  }
}

/** Judges one file as the gate of the cell does, by ranges. A file that cannot be read is a rejected one, never a crash. */
export const checkDicomFile = async (file: string): Promise<Checked> => {
  let handle: FileHandle | undefined
  try {
    // Without O_NONBLOCK, opening a named pipe that nobody writes would never return.
    handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK)
    return await inspectHandle(file, handle)
  } catch {
    return rejected(file, 'unreadable')
  } finally {
    await handle?.close()
  }
}

const asText = ({ line, patient }: Checked, withPatient: boolean): string => {
  if (line.reason === null) {
    const { patientId, patientName, patientBirthDate } = patient
    const of = withPatient ? [patientId, patientName, patientBirthDate].map((text) => `  ${text ?? '-'}`).join('') : ''
    return `accepted  ${line.file}  ${line.modality ?? '-'}  ${line.studyInstanceUid ?? 'no study'}${of}`
  }
  const title = line.reason === 'unreadable' ? 'The file cannot be read' : DICOM_REJECTION_TITLES[line.reason]
  return `rejected  ${line.file}  ${line.reason}: ${title}`
}

/** Adds `overread dicom check`. */
export const registerDicom = (program: Command): void => {
  const dicom = program.command('dicom').description('judge DICOM files as the gate of a cell does')
  dicom
    .command('check')
    .description('say of each file whether the gate would accept it, and why not')
    .argument('<file...>', 'files to judge; only as much of each is read as the judgement needs')
    .option('--json', 'one JSON object a line for each file')
    .option('--patient', 'add patient id, name and birth date, to compare with the referral')
    .addHelpText('after', '\nExit code: 0 all accepted, 1 a file was rejected, 2 the call is wrong.')
    .action(async (files: string[], options: { json?: true; patient?: true }, command: Command) => {
      const output = command.configureOutput()
      for (const file of files) {
        const checked = await checkDicomFile(file)
        const { line, patient } = checked
        const withPatient = options.patient === true
        const json = () => JSON.stringify(withPatient ? { ...line, ...patient } : line)
        output.writeOut?.(`${options.json === true ? json() : asText(checked, withPatient)}\n`)
        if (line.verdict === 'rejected') process.exitCode = 1
      }
    })
}
