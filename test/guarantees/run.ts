import { spawnSync } from 'node:child_process'
import { guarantees, seed } from './catalogue.ts'
import type { Guarantee, GuaranteeRow } from './guarantee-row.ts'

interface Counts {
  passed: number
  failed: number
}

const print = (line: string): void => void process.stdout.write(`${line}\n`)

function show({ what, tried, escaped, examples }: GuaranteeRow): void {
  print(`  ${String(tried).padStart(8)} tried  ${String(escaped).padStart(5)} escaped  ${what}`)
  for (const example of examples) print(`${' '.repeat(32)}${example}`)
}

/** Tried nothing is failed too: a guarantee that looked at nothing guarantees nothing. */
const holds = ({ tried, escaped }: GuaranteeRow): boolean => tried > 0 && escaped === 0

async function runOne({ name, run }: Guarantee): Promise<void> {
  const began = performance.now()
  print(`\n${name}`)
  const rows = await run()
  rows.forEach(show)
  print(`  (${((performance.now() - began) / 1000).toFixed(1)} s)`)
  process.exitCode = rows.length > 0 && rows.every(holds) ? 0 : 1
}

/** Each in a process of its own: one that breaks hides no other, and memory is that of what is being tried. */
function runAll(): void {
  const counts: Counts = { passed: 0, failed: 0 }
  print(`seed ${seed}`)
  for (const { name } of guarantees) {
    const { status, stdout, stderr } = spawnSync(process.execPath, ['--expose-gc', import.meta.filename, name], {
      env: { ...process.env, OVERREAD_SEED: String(seed) },
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
    })
    process.stdout.write(stdout)
    if (status !== 0) process.stdout.write(stderr)
    const rows = stdout.split('\n').filter((line) => / tried .* escaped /.test(line))
    const held = rows.filter((line) => / tried {2,}0 escaped /.test(line) && !/^ +0 tried/.test(line)).length
    counts.passed += held
    counts.failed += Math.max(rows.length - held, status === 0 ? 0 : 1)
  }
  print(`\n${counts.passed} passed, ${counts.failed} failed`)
  process.exitCode = counts.failed > 0 || counts.passed === 0 ? 1 : 0
}

const USAGE = 2

const names = guarantees.map(({ name }) => `  ${name}`).join('\n')

const help = `npm run guarantees              all of them, each in a process of its own: about four minutes on two cores
npm run guarantees -- 'NAME'    one of them

OVERREAD_SEED=NUMBER repeats a run: its first line is the seed.
Exit code: 0 nothing escaped, 1 something did, 2 no guarantee of that name.

${names}`

const asked = process.argv[2]
const one = guarantees.find(({ name }) => name === asked)
if (asked === undefined) runAll()
else if (one !== undefined) await runOne(one)
else if (asked === '--help' || asked === '-h') print(help)
else {
  process.stderr.write(`There is no guarantee of that name. Those there are:\n${names}\n`)
  process.exitCode = USAGE
}
