import type { ChildProcess } from 'node:child_process'
import { fork } from 'node:child_process'
import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { Agent } from 'node:http'
import { fileURLToPath } from 'node:url'
import type { SignedRequest } from '../../shared/ports/object-store.ts'
import { cpuMs, isMain, median, peakRssMiB } from './figures.ts'
import { inParallel, send } from './keep-alive-send.ts'
import type { SignOrder } from './object-server-process.ts'

export interface UploadFigures {
  readonly objects: number
  readonly bytesEach: number
  readonly clients: number
  readonly perSecond: number
  readonly peakRssMiB: number
  readonly cpuMsEach: number
}

interface UploadSize {
  readonly objects: number
  readonly bytesEach: number
  readonly clients: number
}

const ask = async <Answer>(child: ChildProcess, order: SignOrder | 'settle'): Promise<Answer> => {
  const answered = once(child, 'message')
  child.send(order)
  const [answer] = (await answered) as [Answer]
  return answer
}

/** Objects that differ in their first bytes alone, so that making them costs the clients nothing while the clock runs. */
const objectsOf = ({ objects, bytesEach }: UploadSize) => {
  const rest = randomBytes(bytesEach - 16)
  return Array.from({ length: objects }, () => {
    const body = Buffer.concat([randomBytes(16), rest])
    return { key: randomUUID(), bytes: bytesEach, sha256: createHash('sha256').update(body).digest('hex'), body }
  })
}

/** PUT of each object by presigned URL, in a server process of its own, from as many clients at once. */
export const measureUploads = async (size: UploadSize): Promise<UploadFigures> => {
  const child = fork(fileURLToPath(new URL('object-server-process.ts', import.meta.url)))
  await once(child, 'message')
  const objects = objectsOf(size)
  const sign = objects.map(({ key, bytes, sha256 }) => ({ key, bytes, sha256 }))
  const signed = await ask<readonly SignedRequest[]>(child, { sign })
  const agent = new Agent({ keepAlive: true, maxSockets: size.clients })
  const pid = child.pid ?? 0
  const [started, cpuBefore] = [performance.now(), cpuMs(pid)]
  await inParallel(objects.entries(), size.clients, async ([at, { body }]) => {
    const upload = signed[at]
    const status = upload === undefined ? undefined : await send({ agent, ...upload, body: [body] })
    if (status !== 200) throw new Error(`an upload was answered ${status ?? 'nothing'}`)
  })
  const seconds = (performance.now() - started) / 1000
  await ask(child, 'settle')
  const cpuMsEach = (cpuMs(pid) - cpuBefore) / size.objects
  const peak = peakRssMiB(pid)
  agent.destroy()
  const gone = once(child, 'exit')
  child.send('stop')
  await gone
  return { ...size, perSecond: size.objects / seconds, peakRssMiB: peak, cpuMsEach }
}

if (isMain(import.meta.url)) {
  const runs: UploadFigures[] = []
  for (let round = 0; round < 3; round += 1)
    runs.push(await measureUploads({ objects: 300, bytesEach: 525_450, clients: 8 }))
  const perSecond = median(runs.map((run) => run.perSecond))
  const long = await measureUploads({ objects: 1000, bytesEach: 525_450, clients: 8 })
  process.stdout.write(`${JSON.stringify({ perSecond, runs, long })}\n`)
}
