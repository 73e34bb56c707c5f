import type { ChildProcess } from 'node:child_process'
import { fork } from 'node:child_process'
import { createHash, randomBytes, randomInt, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import type { SignedRequest } from '../../../shared/ports/object-store.ts'
import { scratchFolder } from '../../builders/scratch-folder.ts'
import { sendRaw } from '../../contract/raw-request.ts'
import type { KilledCellOrder, KilledCellReport } from './killed-cell-process.ts'

const KILLS = 8
const CLIENTS = 6
const program = fileURLToPath(new URL('killed-cell-process.ts', import.meta.url))

let child: ChildProcess | undefined
afterAll(() => void child?.kill('SIGKILL'))

const start = async (dataDir: string, objectsPort: string): Promise<string> => {
  child = fork(program, [dataDir, objectsPort])
  const [origin] = (await once(child, 'message')) as [string]
  return origin
}

const ask = async <Answer>(order: KilledCellOrder): Promise<Answer> => {
  if (child === undefined) throw new Error('the cell is not running')
  const answered = once(child, 'message')
  child.send(order)
  const [answer] = (await answered) as [Answer]
  return answer
}

const kill = async (): Promise<void> => {
  if (child === undefined) return
  const gone = once(child, 'exit')
  child.kill('SIGKILL')
  await gone
}

/** Until it is answered: 200, or 412 where the answer to an earlier try was lost in a kill. */
const upload = async (signed: SignedRequest, body: Buffer, isOver: () => boolean): Promise<boolean> => {
  while (!isOver()) {
    const status = await sendRaw({ ...signed, body }).then(
      (answer) => answer.status,
      () => 0,
    )
    if (status === 200 || status === 412) return true
    await pause(20)
  }
  return false
}

describe('a cell that is killed at random moments', () => {
  it('has lost nothing it acknowledged, and keeps nothing it did not', async () => {
    const dataDir = scratchFolder('kill')
    const origin = await start(dataDir, '0')
    // The same after each start: what was signed before a kill is sent to the cell that comes after it.
    const { port } = new URL(origin)
    const objects = Array.from({ length: 400 }, () => {
      const body = randomBytes(randomInt(1000, 400_000))
      return {
        key: `studies/${randomUUID()}`,
        bytes: body.byteLength,
        sha256: createHash('sha256').update(body).digest('hex'),
        body,
      }
    })
    const signed = await ask<readonly SignedRequest[]>({
      ask: 'sign',
      objects: objects.map(({ key, bytes, sha256 }) => ({ key, bytes, sha256 })),
    })
    const acknowledged: (typeof objects)[number][] = []
    let over = false
    const work = objects.entries()
    const client = async () => {
      for (const [at, object] of work) {
        const request = signed[at]
        if (request !== undefined && (await upload(request, object.body, () => over))) acknowledged.push(object)
      }
    }
    const clients = Promise.all(Array.from({ length: CLIENTS }, client))
    for (let kills = 0; kills < KILLS; kills += 1) {
      await pause(randomInt(5, 250))
      await kill()
      await start(dataDir, port)
    }
    await pause(300)
    over = true
    await clients

    const report = await ask<KilledCellReport>({ ask: 'report', keys: acknowledged.map(({ key }) => key) })
    expect(acknowledged.length).toBeGreaterThan(KILLS)
    expect(report.digests).toEqual(acknowledged.map(({ sha256 }) => sha256))
    expect(report.left).toEqual({ visible: 0, hidden: 0, dead: 0 })
    // An upload whose answer the last kill cut off may be stored too; each that is stored has been handled, and has its file.
    expect(report.handled).toBeGreaterThanOrEqual(acknowledged.length)
    expect(report.filledFiles).toBe(report.handled)
  })
})
