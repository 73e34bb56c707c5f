import { spawn, type ChildProcess } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { developmentTokens } from '../../local/client/development-tokens.ts'
import { closeConnections } from '../../local/client/put-object.ts'
import { startDemoCell } from '../../local/demo-cell.ts'
import { runDemo, type DemoResult } from '../../local/demo/run-demo.ts'
import { StoredInstanceSchema } from '../../shared/domain/upload/instance.ts'
import { recordsUnder } from '../../shared/ledger/upload-ledger.ts'
import { buildCtSlice } from '../builders/dicom-file.ts'
import { freshUid } from './study-in-hand.ts'
import { folderWith, personOfReader } from './target.ts'

const KILLS = Number(process.env['OVERREAD_KILLS'] ?? 50)
const PATIENCE_SECONDS = 120
const root = join(import.meta.dirname, '../..')

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}

/** The same after each start: URLs that were signed before a kill lead to the cell that comes after it. */
interface Ports {
  readonly api: number
  readonly objects: number
}

const start = ({ api, objects }: Ports, dataDir: string): ChildProcess => {
  const places = ['--port', String(api), '--objects-port', String(objects), '--data', dataDir]
  return spawn(process.execPath, ['cli/overread.ts', 'serve', ...places, '--json', '--quiet'], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
}

async function answers(url: string): Promise<void> {
  for (;;) {
    try {
      if ((await fetch(`${url}/v1/openapi.json`)).ok) return
    } catch (thrown) {
      if (!(thrown instanceof TypeError)) throw thrown
    }
    await delay(20)
  }
}

const ended = (server: ChildProcess): Promise<unknown> => new Promise((resolve) => server.once('exit', resolve))

interface Killer {
  readonly finished: Promise<ChildProcess>
  readonly kills: () => number
}

/** Kills the server with SIGKILL at random moments, as often as asked, each time starting it again; hands over the last one. */
function killAgainAndAgain(ports: Ports, dataDir: string): Killer {
  let kills = 0
  const work = async (): Promise<ChildProcess> => {
    let server = start(ports, dataDir)
    while (kills < KILLS) {
      await answers(`http://127.0.0.1:${ports.api}`)
      await delay(Math.random() * 600)
      const gone = ended(server)
      server.kill('SIGKILL')
      await gone
      kills++
      server = start(ports, dataDir)
    }
    return server
  }
  return { finished: work(), kills: () => kills }
}

function studies(count: number, slices: number): Record<string, Uint8Array> {
  const files: Record<string, Uint8Array> = {}
  for (let study = 0; study < count; study++) {
    const [studyInstanceUid, seriesInstanceUid] = [freshUid(), freshUid()]
    for (let at = 0; at < slices; at++) {
      files[`s${study}-${at}.dcm`] = buildCtSlice({
        studyInstanceUid,
        seriesInstanceUid,
        sopInstanceUid: freshUid(),
        instanceNumber: at + 1,
        rows: 64,
        columns: 64,
        bodyPart: study % 2 === 0 ? 'HEAD' : 'KNEE',
        patient: { id: `P-${study}`, name: `Patient^${study}`, birthDate: '19600101' },
      })
    }
  }
  return files
}

/** Every instance the cell says it holds, read from its store and hashed again. */
async function instancesOf(dataDir: string, result: DemoResult): Promise<{ announced: string; found: string }[]> {
  const cell = await startDemoCell({ dataDir, port: 0, quiet: true })
  try {
    const digests: { announced: string; found: string }[] = []
    for (const { referralId } of result.cases) {
      for await (const record of recordsUnder(cell.ports.store, referralId, 'instance#')) {
        const instance = StoredInstanceSchema.parse(record.body)
        const hash = createHash('sha256')
        for await (const chunk of await cell.ports.objects.stream({ bucket: 'images', key: instance.key }))
          hash.update(chunk)
        digests.push({ announced: instance.sha256, found: hash.digest('hex') })
      }
    }
    return digests
  } finally {
    await cell.stop()
  }
}

const digestsOf = (files: Readonly<Record<string, Uint8Array>>): string[] =>
  Object.values(files).map((bytes) => createHash('sha256').update(bytes).digest('hex'))

async function demoOn(baseUrl: string, files: Record<string, Uint8Array>): Promise<DemoResult> {
  const folder = await folderWith(files)
  try {
    const tokenFor = developmentTokens(baseUrl, PATIENCE_SECONDS)
    const cast = { baseUrl, tokenFor, personOf: personOfReader, patienceSeconds: PATIENCE_SECONDS }
    return await runDemo(cast, { folder: folder.path, parallel: 4, onProgress: () => undefined })
  } finally {
    await folder.remove()
  }
}

describe.skipIf(process.env['OVERREAD_TARGET'] === 'aws')(
  'a cell that is killed again and again in the middle of its work',
  () => {
    it(
      `ends each demo as if nothing had been, with every instance intact (${KILLS} kills)`,
      { timeout: 600_000 },
      async () => {
        const dataDir = await mkdtemp(join(tmpdir(), 'overread-killed-'))
        const ports = { api: await freePort(), objects: await freePort() }
        const killer = killAgainAndAgain(ports, dataDir)
        const runs: { files: Record<string, Uint8Array>; result: DemoResult }[] = []
        try {
          do {
            const files = studies(6, 12)
            runs.push({ files, result: await demoOn(`http://127.0.0.1:${ports.api}`, files) })
          } while (killer.kills() < KILLS)
        } finally {
          const server = await killer.finished
          const gone = ended(server)
          server.kill('SIGKILL')
          await gone
          closeConnections()
        }
        for (const { files, result } of runs) {
          expect(result.cases.map(({ state }) => state)).toEqual(result.cases.map(() => 'acknowledged'))
          expect([...result.stored].sort()).toEqual(Object.keys(files).sort())
          expect([result.quarantined, result.refused]).toEqual([[], []])
          const instances = await instancesOf(dataDir, result)
          expect(instances.filter(({ announced, found }) => announced !== found)).toEqual([])
          expect(instances.map(({ found }) => found).sort()).toEqual(digestsOf(files).sort())
        }
        expect(killer.kills()).toBe(KILLS)
        await rm(dataDir, { recursive: true, force: true })
      },
    )
  },
)
