import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { checkSupplyChain } from '../../infra/checks/supply-chain/check-project.ts'
import { runAuditTampering } from '../fixtures/audit-tampering.ts'
import { runDeidentificationCases } from '../fixtures/deidentification-cases.ts'
import { runNamedAttacks } from '../fixtures/dicom-attacks.ts'
import { runDicomFuzz } from '../fixtures/dicom-fuzz.ts'
import { runPolicyCases } from '../fixtures/policy-cases.ts'
import { runReleaseCrashes } from '../fixtures/release-crashes.ts'
import { rowOf, type Guarantee } from './guarantee-row.ts'
import { runTokenAttacks } from './token-attacks.ts'

const root = join(import.meta.dirname, '../..')

/** A fresh seed each run finds new cases; the one that failed is printed and can be given again. */
export const seed = Number(process.env['OVERREAD_SEED'] ?? Date.now() % 1_000_000)

const LONGEST_MS = 2000
const LARGEST_MIB = 256

export const guarantees: readonly Guarantee[] = [
  { name: 'residency policy', run: () => runPolicyCases({ count: 50_000, seed }) },
  {
    name: 'hostile DICOM',
    run: async () => {
      const attacks = await runNamedAttacks()
      const fuzz = await runDicomFuzz({ count: 10_000, seed })
      const slow = fuzz.slowestMs > LONGEST_MS ? [`${fuzz.slowestMs} ms`] : []
      return [
        rowOf(
          'named attacks answered as they must be',
          attacks.length,
          attacks.flatMap(({ name, held }) => (held ? [] : [name])),
        ),
        rowOf('fuzzed files answered without a crash, within 2 s', fuzz.files, [...fuzz.escaped, ...slow]),
        rowOf(
          `memory of the fuzzing process below ${LARGEST_MIB} MiB above its start`,
          1,
          fuzz.peakRssMiB > LARGEST_MIB ? [`${fuzz.peakRssMiB} MiB`] : [],
        ),
      ]
    },
  },
  { name: 'de-identification', run: () => runDeidentificationCases({ count: 1000, seed }) },
  {
    name: 'audit',
    run: () => {
      const { tried, escaped } = runAuditTampering()
      return [rowOf('tamperings found, at the record that is broken', tried, escaped)]
    },
  },
  { name: 'a crash at every await', run: runReleaseCrashes },
  { name: 'tokens', run: runTokenAttacks },
  {
    name: 'supply chain',
    run: () => {
      const { packages, problems } = checkSupplyChain(root)
      return [rowOf('packages pinned, licensed, with no install script that is not allowed', packages, problems)]
    },
  },
]

/** Where the guarantees are written down, each with its code and its test. */
export const guaranteesPage = (): string => {
  const path = join(root, 'docs/guarantees.md')
  return existsSync(path) ? readFileSync(path, 'utf8') : ''
}
