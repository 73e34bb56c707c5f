import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { accessSync, constants, existsSync, writeFileSync } from 'node:fs'
import { Agent } from 'node:http'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { delimiter, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import * as z from 'zod'
import { cpuMs, peakRssMiB } from './figures.ts'
import { inParallel, send } from './keep-alive-send.ts'
import { newStore } from './stores.ts'

export interface OrthancFigures {
  readonly perSecond: number
  readonly peakRssMiB: number
  readonly cpuMsEach: number
}

const findOrthanc = (): string | undefined => {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin']
  return folders
    .map((folder) => join(folder, 'Orthanc'))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK)
        return true
      } catch {
        return false
      }
    })
}

const PLUGINS = '/usr/share/orthanc/plugins/'

export const hasDicomWeb = (): boolean => existsSync(join(PLUGINS, 'libOrthancDicomWeb.so'))

const freePort = async (): Promise<number> => {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as AddressInfo
  await new Promise((resolve) => probe.close(resolve))
  return port
}

export interface RunningOrthanc {
  readonly port: number
  readonly agent: Agent
  readonly pid: number
  readonly stop: () => Promise<void>
}

/** SQLite index, no compression, a fresh database, loopback, no authentication; `undefined` where it is not installed. */
export const startOrthanc = async (clients: number): Promise<RunningOrthanc | undefined> => {
  const program = findOrthanc()
  if (program === undefined) return undefined
  const [port, dicomPort] = [await freePort(), await freePort()]
  const folder = newStore('overread-orthanc-')
  const settings = {
    StorageDirectory: join(folder, 'db'),
    IndexDirectory: join(folder, 'db'),
    StorageCompression: false,
    HttpPort: port,
    DicomPort: dicomPort,
    HttpThreadsCount: 50,
    KeepAlive: true,
    TcpNoDelay: true,
    RemoteAccessAllowed: false,
    AuthenticationEnabled: false,
    ...(hasDicomWeb() ? { Plugins: [join(PLUGINS, 'libOrthancDicomWeb.so')] } : {}),
  }
  writeFileSync(join(folder, 'orthanc.json'), JSON.stringify(settings))
  const child = spawn(program, [join(folder, 'orthanc.json')], { stdio: 'ignore' })
  for (let tries = 0; ; tries += 1) {
    const up = await fetch(`http://127.0.0.1:${port}/system`).then(
      ({ ok }) => ok,
      () => false,
    )
    if (up) break
    if (tries > 100 || child.exitCode !== null) throw new Error('Orthanc did not start')
    await pause(100)
  }
  const agent = new Agent({ keepAlive: true, maxSockets: clients })
  return {
    port,
    agent,
    pid: child.pid ?? 0,
    stop: async () => {
      agent.destroy()
      const gone = once(child, 'exit')
      child.kill('SIGTERM')
      await gone
    },
  }
}

/** REST takes the file as it is; STOW-RS (PS3.18 10.5) wraps it in a multipart body, one instance a request here. */
export type OrthancRoute = 'rest' | 'stow'

const BOUNDARY = 'overread-bench'
const stowHead = Buffer.from(`--${BOUNDARY}\r\ncontent-type: application/dicom\r\n\r\n`)
const stowTail = Buffer.from(`\r\n--${BOUNDARY}--\r\n`)

const routes: Readonly<
  Record<OrthancRoute, { path: string; contentType: string; wrap: (file: Uint8Array) => readonly Uint8Array[] }>
> = {
  rest: { path: '/instances', contentType: 'application/dicom', wrap: (file) => [file] },
  stow: {
    path: '/dicom-web/studies',
    contentType: `multipart/related; type="application/dicom"; boundary=${BOUNDARY}`,
    wrap: (file) => [stowHead, file, stowTail],
  },
}

const post = async ({ port, agent }: RunningOrthanc, route: OrthancRoute, file: Uint8Array): Promise<void> => {
  const { path, contentType, wrap } = routes[route]
  const body = wrap(file)
  const headers = { 'content-type': contentType, 'content-length': body.reduce((sum, part) => sum + part.length, 0) }
  const status = await send({ agent, url: `http://127.0.0.1:${port}${path}`, method: 'POST', headers, body })
  if (status !== 200) throw new Error(`Orthanc answered ${status}`)
}

const StatisticsSchema = z.object({ CountInstances: z.int() })

/**
 * Upload of each file, from as many clients at once, until all of them can be queried; `undefined` where it is absent. `before` is
 * sent first, with no clock running.
 */
export const measureOrthanc = async (
  files: readonly Uint8Array[],
  clients: number,
  route: OrthancRoute = 'rest',
  before: readonly Uint8Array[] = [],
): Promise<OrthancFigures | undefined> => {
  const orthanc = await startOrthanc(clients)
  if (orthanc === undefined) return undefined
  try {
    await inParallel(before, clients, (file) => post(orthanc, route, file))
    const [started, cpuBefore] = [performance.now(), cpuMs(orthanc.pid)]
    await inParallel(files, clients, (file) => post(orthanc, route, file))
    const statistics = await fetch(`http://127.0.0.1:${orthanc.port}/statistics`)
    const { CountInstances: queryable } = StatisticsSchema.parse(await statistics.json())
    if (queryable !== before.length + files.length)
      throw new Error(`Orthanc holds ${queryable} of ${files.length} instances`)
    const seconds = (performance.now() - started) / 1000
    const cpuMsEach = (cpuMs(orthanc.pid) - cpuBefore) / files.length
    return { perSecond: files.length / seconds, peakRssMiB: peakRssMiB(orthanc.pid), cpuMsEach }
  } finally {
    await orthanc.stop()
  }
}
