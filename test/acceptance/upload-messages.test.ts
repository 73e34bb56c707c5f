import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runDemo } from '../../local/demo/run-demo.ts'
import { buildCtSlice } from '../builders/dicom-file.ts'
import { scratchFolder } from '../builders/scratch-folder.ts'
import { eventually, freshUid, referralBody, studyInHand, submit } from './study-in-hand.ts'
import { folderWith, openTarget, personOfReader, type Target } from './target.ts'
import { runUpload, type UploadRun } from './upload-command.ts'

let target: Target
const cwd = scratchFolder('upload-messages')

interface Folder {
  readonly path: string
  readonly study: ReturnType<typeof studyInHand>
}

async function folderOf(files: Readonly<Record<string, Uint8Array>>, slices = 2): Promise<Folder> {
  const study = studyInHand(slices)
  const path = join(cwd, study.studyInstanceUid)
  await mkdir(path)
  const own = study.objects.map(({ content }, at) => [`${at}.dcm`, content] as const)
  for (const [name, bytes] of [...own, ...Object.entries(files)]) await writeFile(join(path, name), bytes)
  return { path, study }
}

const referralFor = async ({ study }: Folder): Promise<string> => (await submit(target, referralBody(study))).referralId

const upload = ({ path: folder }: Folder, referralId: string, more: string[] = [], as?: string): Promise<UploadRun> =>
  runUpload({ folder, referralId, baseUrl: target.baseUrl, cwd, more, ...(as === undefined ? {} : { as }) })

const killedAt = async (moment: string, { path: folder }: Folder, referralId: string): Promise<void> => {
  const run = await runUpload({ folder, referralId, baseUrl: target.baseUrl, cwd }, moment)
  expect(run.signal).toBe('SIGKILL')
}

const slice = (studyInstanceUid: string, patient: { id: string; name: string; birthDate: string }): Uint8Array =>
  buildCtSlice({
    studyInstanceUid,
    seriesInstanceUid: freshUid(),
    sopInstanceUid: freshUid(),
    instanceNumber: 9,
    rows: 32,
    columns: 32,
    patient,
  })

const ours = { id: 'MRN-77', name: 'Muster^Maria', birthDate: '19560229' }
const text = (words: string): Uint8Array => new TextEncoder().encode(words)

describe.skipIf(process.env['OVERREAD_TARGET'] === 'aws')('what overread upload says', () => {
  beforeAll(async () => {
    target = await openTarget()
  })
  afterAll(() => target.stop())

  it('names each file that is no image, is empty or belongs to another patient, and stores the rest', async () => {
    const folder = await folderOf({ 'read me.txt': text('hello'), 'empty.dcm': new Uint8Array() })
    const other = slice(folder.study.studyInstanceUid, { id: 'X-1', name: 'Anders^Otto', birthDate: '19400101' })
    await writeFile(join(folder.path, 'other.dcm'), other)
    const referralId = await referralFor(folder)
    const run = await upload(folder, referralId, ['--json'])
    const at = (name: string) => join(folder.study.studyInstanceUid, name)
    expect(run.exit).toBe(1)
    expect(JSON.parse(run.out)).toEqual({
      referralId,
      stored: 2,
      failed: [
        { file: at('empty.dcm'), reason: 'empty-file' },
        { file: at('other.dcm'), reason: 'patient-id-differs' },
        { file: at('read me.txt'), reason: 'not-dicom' },
      ],
    })
    const again = await upload(folder, referralId)
    expect([again.exit, again.puts]).toEqual([1, []])
    expect(again.out).toContain(`2 stored, 3 failed\n  empty-file                   ${at('empty.dcm')}\n`)
  })

  it('sends what came into the folder since the last run, and nothing else', async () => {
    const folder = await folderOf({})
    const referralId = await referralFor(folder)
    await killedAt('opened 1', folder, referralId)
    await writeFile(join(folder.path, 'left out.dcm'), slice(folder.study.studyInstanceUid, ours))
    expect(await upload(folder, referralId)).toMatchObject({ exit: 0, out: '3 stored, 0 failed\n' })
    expect(await upload(folder, referralId)).toMatchObject({ exit: 0, puts: [] })
  })

  it('says so when the case takes no more images', async () => {
    const folder = await folderOf({})
    const referralId = await referralFor(folder)
    await upload(folder, referralId)
    await eventually(target, 'p-clerk-vienna', referralId, ({ state }) => state === 'offered')
    await writeFile(join(folder.path, 'late.dcm'), slice(folder.study.studyInstanceUid, ours))
    const { exit, err } = await upload(folder, referralId)
    const why =
      '409 study-with-reader: The study is with its readers: further images come in once one of them asks for what is missing'
    expect([exit, err]).toEqual([1, `overread: 1 files cannot be announced: ${why}\n`])
  })

  it('refuses a folder of two studies, of none, and one that is not there', async () => {
    const two = await folderOf({ 'second.dcm': slice(freshUid(), ours) })
    const none = await folderOf({ 'a.txt': text('a') }, 0)
    const referralId = await referralFor(two)
    const errors = [two, none, { ...none, path: join(cwd, 'nowhere') }].map(async (folder) => {
      const { exit, err } = await upload(folder, referralId)
      return [exit, err]
    })
    expect(await Promise.all(errors)).toEqual([
      [1, 'overread: the folder holds 2 studies; a referral takes one\n'],
      [1, 'overread: no file of the folder is a DICOM instance\n'],
      [1, expect.stringContaining('no such file or folder')],
    ])
  })

  it('says what a cell or an issuer refuses in words, and at once', async () => {
    const folder = await folderOf({})
    const unknown = `donau-klinikum.${'0'.repeat(26)}`
    const started = performance.now()
    const runs = [await upload(folder, unknown), await upload(folder, unknown, [], 'nobody')]
    expect(runs.map(({ exit, err }) => [exit, err])).toEqual([
      [1, 'overread: 2 files cannot be announced: 404 not-found: Nothing of that name is known to you\n'],
      [1, expect.stringMatching(/^overread: the issuer refused a token for nobody: 4\d\d\n$/)],
    ])
    expect(performance.now() - started).toBeLessThan(25_000)
  })

  it('takes --parallel as a number of requests and nothing else', async () => {
    const folder = await folderOf({})
    const run = await upload(folder, 'x', ['--parallel', 'many'])
    expect([run.exit, run.err]).toEqual([2, expect.stringContaining('A whole number from 1 to 64.')])
  })

  it.each([
    ['changed', (path: string) => writeFile(path, text('shorter')), /has changed since it was announced/],
    ['removed', (path: string) => rm(path), /no such file/],
  ])('names a file that was %s before the cell had it', async (_, spoil, said) => {
    const folder = await folderOf({})
    const referralId = await referralFor(folder)
    await killedAt('opened 1', folder, referralId)
    await spoil(join(folder.path, '1.dcm'))
    const run = await upload(folder, referralId)
    expect([run.exit, run.err]).toEqual([1, expect.stringMatching(said)])
    expect(run.err).toContain(join(folder.path, '1.dcm'))
  })

  it('lets the demo name an empty file as refused', async () => {
    const study = studyInHand(1)
    const folder = await folderWith({ 'a.dcm': study.objects[0]?.content ?? text(''), 'empty.dcm': text('') })
    const cast = { baseUrl: target.baseUrl, tokenFor: target.tokenFor, personOf: personOfReader, patienceSeconds: 60 }
    try {
      const { stored, refused } = await runDemo(cast, { folder: folder.path, parallel: 1, onProgress: () => undefined })
      expect([stored, refused]).toEqual([['a.dcm'], [{ file: 'empty.dcm', reason: 'empty-file' }]])
    } finally {
      await folder.remove()
    }
  })
})
