import type { ChildProcess } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { developmentTokens } from '../../local/client/development-tokens.ts'
import { closeConnections } from '../../local/client/put-object.ts'
import { runDemo, type DemoResult } from '../../local/demo/run-demo.ts'
import { buildCtSlice } from '../builders/dicom-file.ts'
import { answers, digestsOf, freePorts, kill, startCellProcess, storedDigests, type Ports } from './cell-process.ts'
import { freshUid } from './study-in-hand.ts'
import { folderWith, personOfReader } from './target.ts'

const KILLS = Number(process.env['OVERREAD_KILLS'] ?? 50)
const PATIENCE_SECONDS = 120
interface Killer {
  readonly finished: Promise<ChildProcess>
  readonly kills: () => number
}

/** Kills the server with SIGKILL at random moments, as often as asked, each time starting it again; hands over the last one. */
function killAgainAndAgain(ports: Ports, dataDir: string): Killer {
  let kills = 0
  const work = async (): Promise<ChildProcess> => {
    let server = startCellProcess(ports, dataDir)
    while (kills < KILLS) {
      await answers(ports)
      await delay(Math.random() * 600)
      await kill(server)
      kills++
      server = startCellProcess(ports, dataDir)
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
        const ports = await freePorts()
        const killer = killAgainAndAgain(ports, dataDir)
        const runs: { files: Record<string, Uint8Array>; result: DemoResult }[] = []
        try {
          do {
            const files = studies(6, 12)
            runs.push({ files, result: await demoOn(`http://127.0.0.1:${ports.api}`, files) })
          } while (killer.kills() < KILLS)
        } finally {
          await kill(await killer.finished)
          closeConnections()
        }
        for (const { files, result } of runs) {
          expect(result.cases.map(({ state }) => state)).toEqual(result.cases.map(() => 'acknowledged'))
          expect([...result.stored].sort()).toEqual(Object.keys(files).sort())
          expect([result.quarantined, result.refused]).toEqual([[], []])
          const instances = await storedDigests(
            dataDir,
            result.cases.map(({ referralId }) => referralId),
          )
          expect(instances.filter(({ announced, found }) => announced !== found)).toEqual([])
          expect(instances.map(({ found }) => found).sort()).toEqual(digestsOf(files).sort())
        }
        expect(killer.kills()).toBe(KILLS)
        await rm(dataDir, { recursive: true, force: true })
      },
    )
  },
)
