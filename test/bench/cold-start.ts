import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { bundleFunctions } from '../../infra/bundles/bundle-functions.ts'
import { environmentFor } from '../builders/function-environment.ts'
import { median } from './figures.ts'

export interface ColdStartRow {
  readonly capability: string
  readonly kib: number
  readonly processMs: number
  /** Median over the rounds of this process's time divided by a bare node process's in the same round. */
  readonly ratioToBare: number
}

const run = promisify(execFile)

const timeOf = async (script: string, env: Record<string, string>): Promise<number> => {
  const started = performance.now()
  await run(process.execPath, ['--input-type=module', '-e', script], { env })
  return performance.now() - started
}

/** A fresh process a bundle, in rounds with a bare one: a proxy for a cold function, not Lambda itself. */
export const benchColdStart = async (rounds = 9): Promise<readonly ColdStartRow[]> => {
  const output = await mkdtemp(join(tmpdir(), 'overread-bundles-'))
  try {
    const bundles = await bundleFunctions(output)
    const times = bundles.map((): number[] => [])
    const bare: number[] = []
    for (let round = 0; round < rounds; round += 1) {
      bare.push(await timeOf('0', {}))
      for (const [at, { name, file }] of bundles.entries()) {
        const env = { ...environmentFor(name), AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 'secret' }
        times[at]?.push(await timeOf(`await import(${JSON.stringify(file)})`, env))
      }
    }
    return bundles.map(({ name, bytes }, at) => ({
      capability: name,
      kib: bytes / 1024,
      processMs: median(times[at] ?? []),
      ratioToBare: median((times[at] ?? []).map((time, round) => time / (bare[round] ?? Number.NaN))),
    }))
  } finally {
    await rm(output, { recursive: true, force: true })
  }
}
