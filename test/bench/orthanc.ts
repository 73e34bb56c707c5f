import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { accessSync, constants, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { cpuMs, peakRssMiB } from './figures.ts'

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
  const folder = mkdtempSync(join(process.env['OVERREAD_BENCH_DIR'] ?? tmpdir(), 'overread-orthanc-'))
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
    Plugins: ['/usr/share/orthanc/plugins/'],
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
      rmSync(folder, { recursive: true })
    },
  }
}

const post = ({ port, agent }: RunningOrthanc, body: Uint8Array): Promise<void> =>
  new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/dicom', 'content-length': body.byteLength }
    const options = { host: '127.0.0.1', port, path: '/instances', method: 'POST', headers, agent }
    request(options, (answer) => {
      answer.resume().on('end', () => {
        if (answer.statusCode === 200) resolve()
        else reject(new Error(`Orthanc answered ${answer.statusCode ?? 0}`))
      })
    })
      .on('error', reject)
      .end(body)
  })

/** REST upload of each file, from as many clients at once. What it has answered is indexed and can be queried. */
export const measureOrthanc = async (
  files: readonly Uint8Array[],
  clients: number,
): Promise<OrthancFigures | undefined> => {
  const orthanc = await startOrthanc(clients)
  if (orthanc === undefined) return undefined
  try {
    const work = files.values()
    const client = async () => {
      for (const file of work) await post(orthanc, file)
    }
    const [started, cpuBefore] = [performance.now(), cpuMs(orthanc.pid)]
    await Promise.all(Array.from({ length: clients }, client))
    const seconds = (performance.now() - started) / 1000
    const cpuMsEach = (cpuMs(orthanc.pid) - cpuBefore) / files.length
    return { perSecond: files.length / seconds, peakRssMiB: peakRssMiB(orthanc.pid), cpuMsEach }
  } finally {
    await orthanc.stop()
  }
}
