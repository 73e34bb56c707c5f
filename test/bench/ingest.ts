import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { Agent } from 'node:http'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as pause } from 'node:timers/promises'
import * as z from 'zod'
import { apiClient, type ApiClient } from '../../local/client/api-client.ts'
import { developmentTokens } from '../../local/client/development-tokens.ts'
import { openUpload } from '../../local/client/upload-study.ts'
import { missingUrls } from '../../local/client/upload-urls.ts'
import { PathwayIdSchema, SiteIdSchema } from '../../shared/domain/network/ids.ts'
import { ctStudy, type CtStudy } from './ct-study.ts'
import { cpuMs, isMain, peakRssMiB } from './figures.ts'
import { inParallel, send } from './keep-alive-send.ts'
import { newStore, removeStores } from './stores.ts'

export interface IngestFigures {
  readonly perSecond: number
  readonly peakRssMiB: number
  readonly cpuMsEach: number
}

const projectRoot = join(import.meta.dirname, '../..')
const ServedSchema = z.object({ baseUrl: z.string() })

/** The cell as `npm start` runs it, in a process of its own on an empty data directory. */
const startCell = async (nodeOptions: readonly string[]) => {
  const folder = newStore('overread-ingest-')
  const line = ['serve', '--port', '0', '--data', folder, '--json', '--quiet']
  const child = spawn(process.execPath, [...nodeOptions, join(projectRoot, 'cli/overread.ts'), ...line], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const gone = once(child, 'exit')
  const [said] = (await Promise.race([
    once(createInterface(child.stdout), 'line'),
    gone.then(() => Promise.reject(new Error('the cell did not start'))),
  ])) as [string]
  return {
    baseUrl: ServedSchema.parse(JSON.parse(said)).baseUrl,
    pid: child.pid ?? 0,
    stop: async () => {
      child.kill('SIGTERM')
      await gone
    },
  }
}

/** The sender's whole way by the public API: referral, manifest, signed URLs, PUTs, until the study is available. */
const sendStudy = async (api: ApiClient, study: CtStudy, clients: number): Promise<void> => {
  const { referralId } = await api.call('submitReferral', {
    body: {
      siteId: SiteIdSchema.parse('donau-vienna'),
      pathwayId: PathwayIdSchema.parse('stroke'),
      patient: { patientId: 'MRN-77', name: { family: 'Muster', given: 'Maria' }, birthDate: '1956-02-29' },
      clinical: { question: 'Large vessel occlusion?' },
      order: { modality: 'CT', bodyPart: 'HEAD', studyInstanceUid: study.studyInstanceUid },
    },
  })
  const files = study.objects.map((object) => ({ ...object, path: '' }))
  const { uploadId } = await openUpload(api, referralId, study.studyInstanceUid, files)
  const agent = new Agent({ keepAlive: true, maxSockets: clients })
  await inParallel(missingUrls(api, { referralId, uploadId }), clients, async ({ index, put }) => {
    const content = study.objects[index]?.content
    if (put === undefined || content === undefined) throw new Error('the cell asks for what the study does not have')
    const status = await send({ agent, ...put, body: [content] })
    if (status !== 200) throw new Error(`an upload was answered ${status}`)
  })
  agent.destroy()
  for (;;) {
    const { images } = await api.call('readStatus', { params: { referralId } })
    if (images.failed > 0) throw new Error('an instance was not stored')
    if (images.complete && images.stored === study.objects.length) return
    await pause(5)
  }
}

/** `before`: a study that the cell takes in first, with no clock running; without one it is cold. */
export const measureIngest = async (
  study: CtStudy,
  clients: number,
  {
    before,
    nodeOptions = [],
  }: { readonly before?: CtStudy | undefined; readonly nodeOptions?: readonly string[] } = {},
): Promise<IngestFigures> => {
  const cell = await startCell(nodeOptions)
  try {
    const token = developmentTokens(cell.baseUrl)('p-clerk-vienna')
    await token()
    const api = apiClient(cell.baseUrl, token)
    if (before !== undefined) await sendStudy(api, before, clients)
    const [started, cpuBefore] = [performance.now(), cpuMs(cell.pid)]
    await sendStudy(api, study, clients)
    const seconds = (performance.now() - started) / 1000
    const count = study.objects.length
    const cpuMsEach = (cpuMs(cell.pid) - cpuBefore) / count
    return { perSecond: count / seconds, peakRssMiB: peakRssMiB(cell.pid), cpuMsEach }
  } finally {
    await cell.stop()
  }
}

/** Alone, for a profile of the server: `node test/bench/ingest.ts 300 --cpu-prof --cpu-prof-dir=DIR`. */
if (isMain(import.meta.url)) {
  const [instances = '300', ...nodeOptions] = process.argv.slice(2)
  const figures = await measureIngest(ctStudy(Number(instances)), 8, { nodeOptions })
  removeStores()
  process.stdout.write(`${JSON.stringify(figures)}\n`)
}
