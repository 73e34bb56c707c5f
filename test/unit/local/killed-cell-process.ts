import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { startEmbeddedCell } from '../../../local/embedded-cell.ts'
import { createLog } from '../../../shared/runtime/log.ts'
import { sha256Of } from '../../../shared/runtime/streamed-hash.ts'
import { inside } from '../../builders/inside.ts'

/** What the test asks of the cell it is about to kill. */
export type KilledCellOrder =
  | {
      readonly ask: 'sign'
      readonly objects: readonly { readonly key: string; readonly bytes: number; readonly sha256: string }[]
    }
  | { readonly ask: 'report'; readonly keys: readonly string[] }

export interface KilledCellReport {
  readonly handled: number
  readonly left: { readonly visible: number; readonly hidden: number; readonly dead: number }
  /** Of the bytes on the disk, read again. */
  readonly digests: readonly string[]
  readonly filledFiles: number
}

const [, , dataDir = '', objectsPort = '0'] = process.argv

/** Objects that arrived are noted in the records, one by one: what a function of the product does, and nothing else. */
const cell = await startEmbeddedCell({
  dataDir,
  port: 0,
  objectsPort: Number(objectsPort),
  cell: { cellId: 'killed', region: 'eu-central-1', residencyFindings: 0 },
  identity: { kind: 'development', users: [] },
  log: createLog((line) => void process.stderr.write(`${line}\n`)),
  functions: {
    http: {},
    queue: {
      'study-arrival': (ports) => async (event) => {
        for (const { body } of event.Records) {
          const { key } = JSON.parse(body) as { key: string }
          await ports.store.transact([{ write: 'put', when: 'always', partition: 'arrived', sort: key, body: {} }])
        }
        return { batchItemFailures: [] }
      },
    },
    outbox: () => () => Promise.resolve({ batchItemFailures: [] }),
    minute: () => () => Promise.resolve(),
  },
})

const handledCount = async (after?: string): Promise<number> => {
  const page = await cell.ports.store.list('arrived', { limit: 1000, ...(after === undefined ? {} : { after }) })
  return page.records.length + (page.after === undefined ? 0 : await handledCount(page.after))
}

const digestOf = (key: string): Promise<string> =>
  cell.ports.objects
    .stream(inside, { bucket: 'incoming', key })
    .then(sha256Of)
    .catch(() => 'missing')

const report = async (keys: readonly string[]): Promise<KilledCellReport> => {
  const { queues } = cell.ports
  await cell.settle()
  // The sweep of what the killed processes left runs at the start, beside everything else.
  await cell.sweepNow()
  const files = readdirSync(join(dataDir, 'objects'), { recursive: true, withFileTypes: true })
  return {
    handled: await handledCount(),
    left: queues.depth('ingest'),
    digests: await Promise.all(keys.map(digestOf)),
    filledFiles: files.filter((file) => file.isFile() && statSync(join(file.parentPath, file.name)).size > 0).length,
  }
}

process.on('message', (order: KilledCellOrder) => {
  void (async () => {
    switch (order.ask) {
      case 'sign': {
        const requests = order.objects.map(({ key, bytes, sha256 }) => ({
          ref: { bucket: 'incoming' as const, key },
          binding: { bytes, sha256, contentType: 'application/dicom' },
        }))
        process.send?.(await cell.ports.uploads.signPuts(requests, 900))
        return
      }
      case 'report':
        process.send?.(await report(order.keys))
    }
  })()
})
process.send?.(cell.objectsUrl)
