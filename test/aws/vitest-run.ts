import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import * as z from 'zod'

const projectRoot = path.resolve(import.meta.dirname, '../..')

/** Tests of a run by outcome. */
export interface Counts {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
}

const ReportSchema = z.looseObject({
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  numPendingTests: z.number(),
  numFailedTestSuites: z.number(),
})

/**
 * Run one vitest project in a process of its own, its output on ours. A file that breaks before its first test counts
 * as a failure, and so does a project in which nothing ran.
 */
export async function runProject(name: string, env: Readonly<Record<string, string>>): Promise<Counts> {
  const folder = await mkdtemp(path.join(tmpdir(), 'overread-vitest-'))
  const reportFile = path.join(folder, 'report.json')
  try {
    const vitest = path.join(projectRoot, 'node_modules/vitest/vitest.mjs')
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${reportFile}`]
    const child = spawn(process.execPath, [vitest, 'run', '--project', name, ...reporters], {
      cwd: projectRoot,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'inherit', 'inherit'],
    })
    const [code] = (await once(child, 'close')) as [number | null]
    const text = await readFile(reportFile, 'utf8').catch(() => undefined)
    if (text === undefined) return { passed: 0, failed: 1, skipped: 0 }
    const report = ReportSchema.parse(JSON.parse(text))
    const broken = code !== 0 && report.numFailedTests === 0 ? Math.max(1, report.numFailedTestSuites) : 0
    const nothing = report.numPassedTests === 0 && report.numFailedTests === 0 && broken === 0 ? 1 : 0
    return {
      passed: report.numPassedTests,
      failed: report.numFailedTests + broken + nothing,
      skipped: report.numPendingTests,
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
