import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startEmbeddedCell, type EmbeddedCell, type EmbeddedCellOptions } from '../../local/embedded-cell.ts'
import { cellFunctions } from '../../local/functions.ts'
import { demoNetworkAt, demoUsers } from '../../local/seed/demo-network.ts'
import { demoPolicy } from '../../local/seed/demo-policy.ts'
import type { NetworkDefinition } from '../../shared/domain/network/network-definition.ts'
import type { Clock } from '../../shared/ports/surroundings.ts'
import { createLog } from '../../shared/runtime/log.ts'

export interface ScratchCell extends EmbeddedCell {
  readonly dataDir: string
  /** Every line the cell has logged. */
  readonly logged: readonly string[]
}

export interface ScratchOptions {
  readonly clock?: Clock
  readonly cell?: EmbeddedCellOptions['cell']
  readonly network?: (network: NetworkDefinition) => NetworkDefinition
  readonly sweepIntervalMs?: number
  /** All of the product's unless told otherwise. */
  readonly functions?: EmbeddedCellOptions['functions']
}

const europe = { cellId: 'eu-central-1', region: 'eu-central-1', residencyFindings: 0 }

/** Runs `work` on a cell of the demo network in a folder of its own; both are gone afterwards. */
export async function withScratchCell<T>(options: ScratchOptions, work: (cell: ScratchCell) => Promise<T>): Promise<T> {
  const dataDir = await mkdtemp(join(tmpdir(), 'overread-guarantee-'))
  const logged: string[] = []
  const network = options.network ?? ((same: NetworkDefinition) => same)
  try {
    const cell = await startEmbeddedCell({
      dataDir,
      port: 0,
      cell: options.cell ?? europe,
      functions: options.functions ?? cellFunctions,
      identity: { kind: 'development', users: demoUsers },
      seed: (origin) => ({ network: network(demoNetworkAt(origin)), policy: demoPolicy }),
      log: createLog((line) => void logged.push(line)),
      sweepIntervalMs: options.sweepIntervalMs ?? 1000,
      ...(options.clock === undefined ? {} : { clock: options.clock }),
    })
    try {
      return await work({ ...cell, dataDir, logged })
    } finally {
      await cell.stop()
    }
  } finally {
    await rm(dataDir, { recursive: true, force: true })
  }
}
