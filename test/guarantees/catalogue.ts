import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { rowOf, type Guarantee } from './guarantee-row.ts'

const root = join(import.meta.dirname, '../..')

/** A fresh seed each run finds new cases; the one that failed is printed and can be given again. */
export const seed = Number(process.env['OVERREAD_SEED'] ?? Date.now() % 1_000_000)

/** Loaded when it is run: the memory of a guarantee must be that of what it tries. */
export const guarantees: readonly Guarantee[] = [
  {
    name: 'residency policy',
    run: async () => (await import('../fixtures/policy-cases.ts')).runPolicyCases({ count: 50_000, seed }),
  },
  {
    name: 'hostile DICOM, by name',
    run: async () => {
      const { DICOM_ATTACKS, runNamedAttacks } = await import('../fixtures/dicom-attacks.ts')
      const attacks = await runNamedAttacks()
      const escaped = attacks.flatMap(({ name, held }) => (held ? [] : [name]))
      return [
        rowOf('named attacks answered as they must be', attacks.length, escaped),
        await (await import('./hostile/measured-attacks.ts')).runMeasuredAttacks(DICOM_ATTACKS),
      ]
    },
  },
  {
    name: 'hostile DICOM, fuzzed',
    run: async () => (await import('./hostile/measured-fuzz.ts')).runMeasuredFuzz({ count: 10_000, seed }),
  },
  {
    name: 'de-identification',
    run: async () =>
      (await import('../fixtures/deidentification-cases.ts')).runDeidentificationCases({ count: 1000, seed }),
  },
  {
    // Ten million take some minutes; what they came to is in ADR 0018.
    name: 'replaced UIDs',
    run: async () =>
      (await import('./replaced-uids.ts')).runReplacedUids({ count: Number(process.env['OVERREAD_UIDS'] ?? 500_000) }),
  },
  { name: 'keys and paths', run: async () => (await import('./keys-and-paths.ts')).runKeysAndPaths() },
  {
    name: 'de-identified copies',
    run: async () => [
      await (await import('../fixtures/copy-releases.ts')).runCopyReleases({ count: 200, seed }),
      (await import('../fixtures/home-documents.ts')).runHomeDocuments({ count: 5_000, seed }),
    ],
  },
  {
    name: 'audit',
    run: async () => {
      const { runAuditTampering } = await import('../fixtures/audit-tampering.ts')
      const { tried, escaped } = runAuditTampering()
      return [rowOf('tamperings found, at the record that is broken', tried, escaped)]
    },
  },
  {
    name: 'a crash at every await',
    run: async () => (await import('../fixtures/release-crashes.ts')).runReleaseCrashes(),
  },
  {
    name: 'access matrix',
    run: async () => (await import('./access-matrix.ts')).runAccessMatrix({ seed }),
  },
  {
    name: 'erasure',
    run: async () => [
      await (await import('../fixtures/erasure-crashes.ts')).runErasureCrashes(),
      await (await import('../fixtures/erasure-under-way.ts')).runErasureUnderWay(),
    ],
  },
  {
    name: 'canaries in two cells',
    run: async () => (await import('./two-cell-canaries.ts')).runTwoCellCanaries({ seed, objects: 12 }),
  },
  { name: 'tokens', run: async () => (await import('./token-attacks.ts')).runTokenAttacks() },
  { name: 'assertions of systems', run: async () => (await import('./assertion-attacks.ts')).runAssertionAttacks() },
  { name: 'flood', run: async () => (await import('./flood.ts')).runFlood({ requests: 5000 }) },
  { name: 'backlog', run: async () => (await import('./backlog.ts')).runBacklog({ few: 500, many: 2000 }) },
  { name: 'presigned requests', run: async () => (await import('./presigned-attacks.ts')).runPresignedAttacks() },
  { name: 'our templates', run: async () => (await import('./own-templates.ts')).runOwnTemplates() },
  { name: 'supply chain', run: async () => (await import('./supply-chain.ts')).runSupplyChain() },
]

/** Where the guarantees are written down, each with its code and its test. */
export const guaranteesPage = (): string => {
  const path = join(root, 'docs/guarantees.md')
  return existsSync(path) ? readFileSync(path, 'utf8') : ''
}
