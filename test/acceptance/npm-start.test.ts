import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import * as z from 'zod'

const root = join(import.meta.dirname, '../..')
const PackageSchema = z.looseObject({ scripts: z.looseObject({ start: z.string() }) })
const { scripts } = PackageSchema.parse(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')))

/** What a newcomer types first, run by its own words: a script that names an option the command does not have serves nobody. */
describe.skipIf(process.env['OVERREAD_TARGET'] === 'aws')('npm start', () => {
  it('serves the demo network and says where', async () => {
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
      expect(said).toContain(`curl -s ${baseUrl}/v1/referrals`)
      expect((await fetch(`${baseUrl}/docs`)).status).toBe(200)
    } finally {
      child.kill('SIGKILL')
      await rm(dataDir, { recursive: true, force: true })
    }
  })
})
