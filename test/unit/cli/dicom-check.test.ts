import { spawnSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Command, CommanderError } from 'commander'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { registerDicom } from '../../../cli/dicom-check.ts'
import { buildCtSlice } from '../../builders/dicom-file.ts'

let folder: string
let slice: string
let cut: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'overread-dicom-'))
  const bytes = buildCtSlice({
    studyInstanceUid: '1.2.3',
    seriesInstanceUid: '1.2.3.4',
    sopInstanceUid: '1.2.3.4.5',
    instanceNumber: 1,
    patient: { id: 'SECRET-ID', name: 'Secret^Name' },
  })
  slice = join(folder, 'slice.dcm')
  cut = join(folder, 'cut.dcm')
  await writeFile(slice, bytes)
  await writeFile(cut, bytes.subarray(0, 30_000))
})
afterAll(() => rm(folder, { recursive: true }))
afterEach(() => {
  process.exitCode = undefined
})

const overread = async (...words: string[]) => {
  let [out, err] = ['', '']
  const program = new Command('overread').exitOverride()
  program.configureOutput({ writeOut: (text) => (out += text), writeErr: (text) => (err += text) })
  registerDicom(program)
  try {
    await program.parseAsync(['dicom', 'check', ...words], { from: 'user' })
    return { out, err, exit: process.exitCode ?? 0 }
  } catch (error) {
    if (error instanceof CommanderError) return { out, err, exit: error.exitCode }
    throw error
  }
}
const lines = (out: string): unknown[] =>
  out
    .trimEnd()
    .split('\n')
    .map((line): unknown => JSON.parse(line))

describe('overread dicom check', () => {
  it('prints a JSON line of the fixed form for a good file and exits 0', async () => {
    const { out, exit } = await overread(slice, '--json')
    expect(lines(out)).toEqual([
      {
        file: slice,
        verdict: 'accepted',
        reason: null,
        studyInstanceUid: '1.2.3',
        seriesInstanceUid: '1.2.3.4',
        sopInstanceUid: '1.2.3.4.5',
        sopClassUid: '1.2.840.10008.5.1.4.1.1.2',
        transferSyntaxUid: '1.2.840.10008.1.2.1',
        modality: 'CT',
      },
    ])
    expect(exit).toBe(0)
  })

  it('goes on after a rejected file and exits 1', async () => {
    const { out, exit } = await overread('--json', cut, slice)
    expect(lines(out)).toMatchObject([
      { file: cut, verdict: 'rejected', reason: 'truncated', studyInstanceUid: null },
      { verdict: 'accepted' },
    ])
    expect(exit).toBe(1)
  })

  it('takes a missing file, a folder and a pipe that nobody writes for unreadable files', async () => {
    const pipe = join(folder, 'pipe')
    spawnSync('mkfifo', [pipe])
    const { out, exit } = await overread('--json', join(folder, 'absent.dcm'), folder, pipe)
    expect(lines(out)).toMatchObject(Array.from({ length: 3 }, () => ({ verdict: 'rejected', reason: 'unreadable' })))
    expect(exit).toBe(1)
  })

  it('tells a person why, and names no patient', async () => {
    const { out } = await overread(cut, slice)
    expect(out).toContain('truncated: The object ends before its data set does')
    expect(out).not.toMatch(/secret/i)
  })

  it('names the patient to whoever asks for it, so that a referral can be compared before anything is sent', async () => {
    const { out } = await overread(cut, slice, '--patient', '--json')
    expect(lines(out)).toMatchObject([
      { verdict: 'rejected', patientId: null },
      { verdict: 'accepted', patientId: 'SECRET-ID', patientName: 'Secret^Name' },
    ])
    expect((await overread(slice, '--patient')).out).toMatch(/^accepted .* {2}SECRET-ID {2}Secret\^Name /)
  })

  it('asks for a file', async () => {
    expect((await overread()).exit).not.toBe(0)
  })
})
