import type { GuaranteeRow } from './guarantee-row.ts'
import { guarantees, seed } from './catalogue.ts'

const print = (line: string): void => void process.stdout.write(`${line}\n`)

interface Counts {
  passed: number
  failed: number
}

const show = ({ what, tried, escaped, examples }: GuaranteeRow): void => {
  print(`  ${String(tried).padStart(8)} tried  ${String(escaped).padStart(5)} escaped  ${what}`)
  for (const example of examples) print(`${' '.repeat(32)}${example}`)
}

/** Tried nothing is failed too: a guarantee that looked at nothing guarantees nothing. */
const holds = ({ tried, escaped }: GuaranteeRow): boolean => tried > 0 && escaped === 0

const counts: Counts = { passed: 0, failed: 0 }
print(`seed ${seed}`)
for (const { name, run } of guarantees) {
  const began = performance.now()
  print(`\n${name}`)
  try {
    for (const row of await run()) {
      show(row)
      if (holds(row)) counts.passed++
      else counts.failed++
    }
  } catch (thrown) {
    counts.failed++
    print(`  broke: ${thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)}`)
  }
  print(`  (${((performance.now() - began) / 1000).toFixed(1)} s)`)
}
print('')
print(`${counts.passed} passed, ${counts.failed} failed`)
process.exitCode = counts.failed > 0 || counts.passed === 0 ? 1 : 0
