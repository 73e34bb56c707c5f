import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import * as z from 'zod'

const root = join(import.meta.dirname, '../..')
const PackageSchema = z.looseObject({ scripts: z.looseObject({ start: z.string() }) })
const { scripts } = PackageSchema.parse(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')))

const readme = readFileSync(join(root, 'README.md'), 'utf8')
const mainJob = /## The main job in curl\n+```sh\n([^]*?)```/.exec(readme)?.[1] ?? ''

/** `npm start` on a free port until `use` has had what it said. */
async function started(use: (baseUrl: string, said: string) => Promise<void>): Promise<void> {
  const dataDir = await mkdtemp(join(tmpdir(), 'overread-start-'))
  const [, ...words] = scripts.start.split(' ')
  const child = spawn(process.execPath, [...words, '--port', '0', '--data', dataDir, '--quiet'], { cwd: root })
  try {
    let said = ''
    const baseUrl = await new Promise<string>((resolve, reject) => {
      child.stdout.on('data', (chunk: Buffer) => {
        said += chunk.toString()
        const found = /Docs\s+(http:\S+)\/docs/.exec(said)?.[1]
        if (found !== undefined && said.includes('Tokens for now')) resolve(found)
      })
      child.once('exit', (code) => reject(new Error(`npm start ended with ${code}`)))
    })
    await use(baseUrl, said)
  } finally {
    child.kill('SIGKILL')
    await rm(dataDir, { recursive: true, force: true })
  }
}

const shell = async (script: string): Promise<{ out: string; err: string }> => {
  const child = spawn('bash', ['-c', script], { cwd: root })
  let [out, err] = ['', '']
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()))
  await once(child, 'close')
  return { out, err }
}

/** What a newcomer types first, run by its own words: a script that names an option the command does not have serves nobody. */
describe.skipIf(process.env['OVERREAD_TARGET'] === 'aws')('npm start', () => {
  it('serves the demo network and says where', async () => {
    await started(async (baseUrl, said) => {
      expect(said).toContain(`curl -s ${baseUrl}/v1/referrals`)
      expect((await fetch(`${baseUrl}/docs`)).status).toBe(200)
    })
  })

  it('takes the referral that it prints, then the main job of the README, and says why it does not take the job twice', async () => {
    await started(async (baseUrl, said) => {
      const printed = /TOKEN=[^]*?A token for a system/.exec(said)?.[0].replace(/^(?! *(TOKEN|curl|-H)).*$/gm, '')
      expect((await shell(printed ?? '')).out).toMatch(/^{"referralId":"[^"]+","version":1,"state":"accepted"/)
      const job = mainJob.replace(/^B=[^;]+;/, `B=${baseUrl};`)
      const { out, err } = await shell(job)
      expect(err).not.toContain('refusal')
      expect(out.slice(out.lastIndexOf('{"referralId"'))).toContain('"state":"acknowledged"')
      const again = await shell(job.slice(0, job.indexOf('# the reader')))
      expect(again.err).toContain('study-of-another-case')
    })
  }, 120_000)
})
