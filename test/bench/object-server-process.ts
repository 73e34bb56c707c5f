import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { CellFunctions } from '../../local/cell-functions.ts'
import { startEmbeddedCell } from '../../local/embedded-cell.ts'
import { createLog } from '../../shared/runtime/log.ts'

/** A cell whose functions do nothing: what is measured is the way of an object from the socket to the disk and the queue. */
const idle: CellFunctions = {
  http: {},
  queue: { 'study-arrival': () => () => Promise.resolve({ batchItemFailures: [] }) },
  outbox: () => () => Promise.resolve({ batchItemFailures: [] }),
  minute: () => () => Promise.resolve(),
}

export interface SignOrder {
  readonly sign: readonly { readonly key: string; readonly bytes: number; readonly sha256: string }[]
}

const dataDir = mkdtempSync(join(process.env['OVERREAD_BENCH_DIR'] ?? tmpdir(), 'overread-bench-'))
const cell = await startEmbeddedCell({
  dataDir,
  port: 0,
  cell: { cellId: 'bench', region: 'eu-central-1', residencyFindings: 0 },
  functions: idle,
  identity: { kind: 'development', users: [] },
  log: createLog((line) => void process.stderr.write(`${line}\n`)),
})

process.on('message', (order: SignOrder | 'settle' | 'stop') => {
  void (async () => {
    if (order === 'stop') {
      await cell.stop()
      rmSync(dataDir, { recursive: true })
      process.disconnect()
    } else if (order === 'settle') {
      await cell.settle()
      process.send?.('settled')
    } else {
      const requests = order.sign.map(({ key, bytes, sha256 }) => ({
        ref: { bucket: 'incoming' as const, key },
        binding: { bytes, sha256, contentType: 'application/dicom' },
      }))
      process.send?.(await cell.ports.uploads.signPuts(requests, 900))
    }
  })()
})
process.send?.('ready')
