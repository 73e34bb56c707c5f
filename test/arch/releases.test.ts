import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { describe, expect, it, test } from 'vitest'
import { bucketClasses } from '../../shared/contracts/bucket-classes.ts'
import { capability, capabilityNames } from '../../shared/contracts/capabilities.ts'
import { inCellPurposes } from '../../shared/domain/access/in-cell.ts'
import type { KeyVault } from '../../shared/ports/key-vault.ts'
import type { DownloadSigner, ObjectStore, UploadSigner } from '../../shared/ports/object-store.ts'

const root = join(import.meta.dirname, '../..')

/** What somebody might come with, by type. */
const rights = {
  nothing: 'undefined',
  'an heir of Right': 'Right & { readonly orgId: string; readonly referralId: string }',
  'a literal': "{ readonly record: DecisionRecord; readonly mode: 'read_identifiable' }",
  'a stored record': 'DecisionRecord',
  'a decision nobody asked what it allows': "ResidencyDecision<'image-access'>",
  'a decision for an offer': "Permit<'read_identifiable', 'offer'>",
  'a decision for a signature': "Permit<'read_identifiable', 'sign-off'>",
  'images as objects': 'IdentifiableRead',
  'images in view': 'InRegionView',
  'images as copies': 'DeidentifiedRead',
  'the patient': "Permit<'view_in_region_identifiable', 'metadata'>",
  'the patient as copies': "Permit<'transfer_deidentified', 'metadata'>",
  'reports to take away': "Permit<'read_identifiable', 'report-read'>",
  reports: "Permit<'view_in_region_identifiable', 'report-read'>",
  'reports on copies': "Permit<'transfer_deidentified', 'report-read'>",
  'the own record': 'OwnRecordAccess',
  ...Object.fromEntries(inCellPurposes.map((purpose) => [purpose, `InCell<'${purpose}'>`])),
}

const toReports = ['reports', 'reports on copies', 'the own record']
const read: Readonly<Record<(typeof bucketClasses)[number], readonly string[]>> = {
  incoming: ['judge-arrival', 'file-report'],
  quarantine: [],
  images: ['images in view', 'index-study', 'make-copy'],
  copies: [],
  reports: [...toReports, 'file-report', 'check-delivery'],
  audit: ['verify-audit'],
  network: [],
}
const url: Readonly<Record<string, readonly string[]>> = {
  ...Object.fromEntries(bucketClasses.map((bucket) => [bucket, []])),
  images: ['images as objects'],
  copies: ['images as copies'],
  reports: ['reports to take away', 'the own record'],
}

/** Everything that opens, reads or signs, called with a right of name `by`, and which rights it takes. It takes no other. */
const releasing: Readonly<Record<string, readonly string[]>> = {
  'vault.open(by, sealed, {})': [
    'the patient',
    'the patient as copies',
    'the own record',
    'judge-arrival',
    'index-study',
    'file-report',
    'free-guards',
  ],
  'openPatient(by, vault, c)': ['the patient', 'the own record', 'judge-arrival', 'file-report', 'free-guards'],
  'openForCopies(by, vault, c)': ['the patient as copies'],
  'openMetadata(by, vault, c, sealed)': ['index-study', 'file-report'],
  'openNotes(by, { store, keys: vault }, c)': ['the patient', 'the own record'],
  'originalsOf(by, { store, keys: vault }, c, new Set())': ['file-report'],
  'readSealedObject(by, objects, c.referralId, mark)': [...toReports, 'check-delivery'],
  'loadReports(by, objects, c)': toReports,
  'loadHomeReport(by, store, c.referralId, c.referralId)': [...toReports, 'file-report'],
  'loadDraft(by, store, c.referralId, c.referralId)': toReports,
  // Wherever it lies: no right holds for every bucket.
  'objects.readRange(by, ref, 0, 1)': [],
  'objects.stream(by, ref)': [],
  ...Object.fromEntries(
    bucketClasses.flatMap((bucket) => {
      const at = `{ bucket: '${bucket}', key: '' }`
      return [
        [`objects.readRange(by, ${at}, 0, 1)`, read[bucket]],
        [`objects.stream(by, ${at})`, read[bucket]],
        [`downloads.signGets({ by, bucket: '${bucket}' }, [], 1)`, url[bucket]],
        [`signImages({ downloads }, { by, bucket: '${bucket}' }, [])`, url[bucket]],
        // Whoever comes with whatever: what lies among the copies leaves by URL.
        [`(void by, objects.copy(ref, ${at}))`, bucket === 'copies' ? [] : Object.keys(rights)],
      ] as const
    }),
  ),
}

type Method = keyof (KeyVault & ObjectStore & DownloadSigner & UploadSigner)
/** Every method of these ports: a new one does not compile until it is said here whether it shows anything. */
const methods: Readonly<Record<Method, 'shows' | 'takes in' | 'tells no content'>> = {
  open: 'shows',
  readRange: 'shows',
  stream: 'shows',
  signGets: 'shows',
  seal: 'takes in',
  put: 'takes in',
  signPuts: 'takes in',
  signParts: 'takes in',
  startMultipart: 'takes in',
  completeMultipart: 'takes in',
  abortMultipart: 'takes in',
  copy: 'tells no content',
  remove: 'tells no content',
  head: 'tells no content',
  listParts: 'tells no content',
  mac: 'tells no content',
  sign: 'tells no content',
  publicKey: 'tells no content',
  signToken: 'tells no content',
  tokenPublicKey: 'tells no content',
}

const before = `
import { openNotes } from '../../functions/case-desk/case-notes.ts'
import { signImages } from '../../functions/image-access/image-reading.ts'
import type { InCell } from '../../shared/domain/access/in-cell.ts'
import type { OwnRecordAccess } from '../../shared/domain/access/own-record.ts'
import type { Right } from '../../shared/domain/access/right.ts'
import type { Case, Sealed } from '../../shared/domain/case/case.ts'
import type { DeidentifiedRead, IdentifiableRead, InRegionView, Permit, ResidencyDecision } from '../../shared/domain/residency/decide.ts'
import type { DecisionRecord } from '../../shared/domain/residency/decision-record.ts'
import { originalsOf } from '../../shared/ledger/home-uids.ts'
import { openForCopies, openMetadata, openPatient } from '../../shared/ledger/patient-seal.ts'
import { loadDraft, loadHomeReport, loadReports, readSealedObject } from '../../shared/ledger/sealed-reports.ts'
import type { KeyVault } from '../../shared/ports/key-vault.ts'
import type { DownloadSigner, ObjectRef, ObjectStore } from '../../shared/ports/object-store.ts'
import type { RecordStore } from '../../shared/ports/record-store.ts'
declare const vault: KeyVault, objects: ObjectStore, downloads: DownloadSigner, store: RecordStore
declare const c: Case, mark: Case['reports'][number], sealed: Sealed, ref: ObjectRef
`

/** The lines of a file of this folder that do not compile, under the project's own settings. */
function linesRefused(text: string): ReadonlySet<number> {
  const path = join(import.meta.dirname, 'planted-release.ts')
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), (name) => ts.sys.readFile(name)) as {
    config: object
  }
  const parsed = ts.parseJsonConfigFileContent({ ...config, include: [], files: [path] }, ts.sys, root)
  const { tsBuildInfoFile: _file, incremental: _incremental, ...options } = parsed.options
  const host = ts.createCompilerHost(options)
  const onDisk = host.getSourceFile.bind(host)
  host.getSourceFile = (name, target, ...rest) =>
    name === path ? ts.createSourceFile(name, text, target) : onDisk(name, target, ...rest)
  const program = ts.createProgram([path], options, host)
  const planted = program.getSourceFile(path)
  if (planted === undefined) throw new Error('nothing was compiled')
  const faults = [...program.getSyntacticDiagnostics(planted), ...program.getSemanticDiagnostics(planted)]
  return new Set(faults.map(({ start }) => planted.getLineAndCharacterOfPosition(start ?? 0).line))
}

describe('what opens, reads or signs compiles with the right it asks for and with no other', () => {
  const first = before.split('\n').length - 1
  const tried = Object.keys(releasing).flatMap((call) => Object.keys(rights).map((right) => ({ call, right })))
  const line = ({ call, right }: (typeof tried)[number], at: number) =>
    `export const f${at} = (by: ${rights[right as 'nothing']}) => ${call}`
  const text = before + tried.map(line).join('\n')
  const refused = linesRefused(text)

  it('and the test itself compiles', () => {
    expect([...refused].filter((line) => line < first)).toEqual([])
    expect(tried.length).toBeGreaterThan(500)
  })

  it('of each method of a port that shows anything', () => {
    const shown = Object.entries(methods).flatMap(([method, does]) => (does === 'shows' ? [method] : []))
    const asked = (method: string) =>
      Object.keys(releasing).some((call) => call.includes(`.${method}(by`) || call.includes(`.${method}({ by`))
    expect(shown.filter((method) => !asked(method))).toEqual([])
  })

  it.each(Object.entries(releasing))('%s', (call, allowed) => {
    const compiled = tried.flatMap((one, at) => (one.call === call && !refused.has(first + at) ? [one.right] : []))
    expect(compiled.toSorted()).toEqual([...allowed].toSorted())
  })
})

const product = execFileSync('git', ['ls-files', 'shared', 'functions', 'local', 'cli'], {
  cwd: root,
  encoding: 'utf8',
})
  .split('\n')
  .filter((path) => path.endsWith('.ts'))
  .map((path) => ({ path, source: readFileSync(join(root, path), 'utf8') }))

const naming = (name: string): string[] =>
  product.flatMap(({ path, source }) => (new RegExp(`\\b${name}\\b`).test(source) ? [path] : []))

/**
 * Who opens without a decision, and for what. Of these only the audit's, the reports' and the guards' serve requests, and what
 * they give back is no patient's: checkpoints, digests, where a document or a refusal stands, keys.
 */
const opensInCell = {
  'functions/audit-trail/read-audit-trail.ts': ['verify-audit'],
  'functions/report-delivery/deliver-report.ts': ['check-delivery'],
  'functions/report-filing/bring-attachments-home.ts': ['file-report'],
  'functions/report-filing/bring-home.ts': ['file-report'],
  'functions/report-filing/take-attachments.ts': ['file-report'],
  'functions/study-arrival/judge-object.ts': ['judge-arrival'],
  'functions/study-arrival/receive-objects.ts': ['judge-arrival'],
  'functions/study-arrival/settle-study.ts': ['index-study'],
  'functions/study-deidentify/make-copy.ts': ['make-copy'],
  'shared/ledger/order-guards.ts': ['free-guards'],
}

describe('what makes a right is named by few', () => {
  test('in the cell: each module for its own purpose, and none hands it on', () => {
    const found = product.flatMap(({ path, source }) => {
      if (path === 'shared/domain/access/in-cell.ts' || !/\binCell\b/.test(source)) return []
      const purposes = [...source.matchAll(/\binCell\(([^)]*)\)/g)].map(([, given]) => given?.replaceAll("'", ''))
      return [[path, purposes] as const]
    })
    expect(Object.fromEntries(found)).toEqual(opensInCell)
    expect(product.filter(({ source }) => /export const \w+ = inCell/.test(source))).toEqual([])
    // A purpose nobody has is one that somebody could take up unseen.
    expect([...new Set(Object.values(opensInCell).flat())].toSorted()).toEqual([...inCellPurposes].toSorted())
  })

  test('in the cell: a function that answers requests holds what was opened for three purposes, and no other', () => {
    const capabilityOf = (path: string) => capabilityNames.find((name) => path.startsWith(`functions/${name}/`))
    const answers = (path: string) => {
      const name = capabilityOf(path)
      return name === undefined || capability(name).trigger === 'http'
    }
    const held = Object.entries(opensInCell).flatMap(([path, purposes]) => (answers(path) ? purposes : []))
    expect([...new Set(held)].toSorted()).toEqual(['file-report', 'free-guards', 'verify-audit'])
    // Nor does any of them take it from a function that has nobody to answer.
    const silent = capabilityNames.filter((name) => capability(name).trigger !== 'http').join('|')
    const taking = product.filter(
      ({ path, source }) => answers(path) && new RegExp(`from '(?:\\.\\./|.*/functions/)(?:${silent})/`).test(source),
    )
    expect(taking.map(({ path }) => path).filter((path) => !path.startsWith('local/'))).toEqual([])
  })

  test.each([
    [
      'extends Right',
      ['shared/domain/access/in-cell.ts', 'shared/domain/access/own-record.ts', 'shared/domain/residency/decide.ts'],
    ],
    ['ANY_CASE', ['shared/domain/access/in-cell.ts', 'shared/domain/access/right.ts']],
    [
      'ownRecordAccess',
      [
        'functions/case-desk/review-copies.ts',
        'shared/domain/access/own-record.ts',
        'shared/ledger/residency-question.ts',
      ],
    ],
    // Text that lies in records, or in bytes once they are read: parsed where the right was asked for.
    ['PatientRecordSchema', ['shared/ledger/patient-seal.ts']],
    ['StoredNoteSchema', ['functions/case-desk/case-notes.ts', 'shared/contracts/stored/note.ts']],
    ['SealedReportSchema', ['shared/contracts/stored/sealed-report.ts', 'shared/ledger/sealed-reports.ts']],
    ['HomeReportSchema', ['shared/contracts/stored/home-report.ts', 'shared/ledger/sealed-reports.ts']],
    ['ReportDraftSchema', ['shared/contracts/stored/report-draft.ts', 'shared/ledger/sealed-reports.ts']],
  ])('%s', (name, modules) => {
    expect(naming(name).toSorted()).toEqual(modules)
  })

  test('decide is asked by one module of the cell, and by the command line', () => {
    const asking = product.filter(({ source }) =>
      /import \{[^}]*\bdecide\b[^}]*\} from '[^']*residency\/decide\.ts'/.test(source),
    )
    expect(asking.map(({ path }) => path)).toEqual(['cli/decide.ts', 'shared/ledger/residency-question.ts'])
  })
})
