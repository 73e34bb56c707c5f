import { systemClock } from '../../../shared/adapters/system-clock.ts'
import type { QueueName } from '../../../shared/contracts/messages.ts'
import { addMinutes } from '../../../shared/domain/instant.ts'
import { CellIdSchema } from '../../../shared/domain/network/ids.ts'
import { standardLog } from '../../../shared/runtime/log.ts'
import { startEmbeddedCell } from '../../../local/embedded-cell.ts'
import { cellFunctions } from '../../../local/functions.ts'
import { demoNetwork, demoUsers } from '../../../local/seed/demo-network.ts'
import { demoPolicy } from '../../../local/seed/demo-policy.ts'

export interface CellOrder {
  readonly dataDir: string
  readonly port: number
  readonly cellId: string
  readonly cells: readonly { readonly cellId: string; readonly baseUrl: string }[]
  readonly cellOfSite: Readonly<Record<string, string>>
}

/** What the parent may ask of a running cell; each is answered with `done` once the cell is at rest. */
export type CellErrand =
  | { readonly errand: 'settle' }
  | { readonly errand: 'advance'; readonly minutes: number }
  | { readonly errand: 'enqueue'; readonly queue: QueueName; readonly body: string }

const order = JSON.parse(process.argv[2] ?? '') as CellOrder
const cellId = CellIdSchema.parse(order.cellId)
const system = systemClock()
let aheadMinutes = 0
const clock = { now: () => addMinutes(system.now(), aheadMinutes) }

/** The demo network with its sites in two regions, as both cells know it. */
const network = {
  ...demoNetwork,
  cells: order.cells.map((cell) => ({ ...cell, region: cell.cellId, origin: 'EU' })),
  sites: demoNetwork.sites.map((site) => ({ ...site, cellId: order.cellOfSite[site.siteId] ?? site.cellId })),
}

const cell = await startEmbeddedCell({
  dataDir: order.dataDir,
  port: order.port,
  cell: { cellId, region: cellId, residencyFindings: 0 },
  functions: cellFunctions,
  identity: { kind: 'development', users: demoUsers },
  seed: () => ({ network, policy: demoPolicy }),
  log: standardLog,
  clock,
})

async function run(asked: CellErrand): Promise<void> {
  switch (asked.errand) {
    case 'settle':
      return cell.settle()
    case 'advance':
      aheadMinutes += asked.minutes
      await cell.sweepNow()
      return cell.settle()
    case 'enqueue':
      // Behind the schema that guards every sender: what a foreign producer or a bug could put there.
      cell.ports.queues.enqueue(asked.queue, asked.body)
      return cell.settle()
  }
}

process.on('message', (asked: CellErrand) => {
  run(asked).then(
    () => process.send?.({ done: true }),
    (fault: unknown) => process.send?.({ fault: String(fault) }),
  )
})
process.send?.({ done: true })
