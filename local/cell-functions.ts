import type { CapabilityName } from '../shared/contracts/capabilities.ts'
import { capability } from '../shared/contracts/capabilities.ts'
import type { QueueName } from '../shared/contracts/messages.ts'
import type { CellPorts } from './cell-ports.ts'
import type { SweepHandler } from './minute-sweep.ts'
import type { OutboxHandler } from './outbox-pump.ts'
import type { QueueHandler } from './queue-pump.ts'
import type { HttpHandler } from './server.ts'

type Entry<Handler> = (ports: CellPorts) => Handler
type Entries<Handler> = Partial<Readonly<Record<CapabilityName, Entry<Handler>>>>

/** The functions' entries by what triggers them: the same that are Lambda functions in the cloud edition. */
export interface CellFunctions {
  readonly http: Entries<HttpHandler>
  readonly queue: Entries<QueueHandler>
  readonly outbox: Entry<OutboxHandler>
  readonly minute: Entry<SweepHandler>
}

const namedEntries = <Handler>(entries: Entries<Handler>) =>
  Object.entries(entries) as [CapabilityName, Entry<Handler>][]

export const httpHandlers = ({ http }: CellFunctions, ports: CellPorts): ReadonlyMap<string, HttpHandler> =>
  new Map(namedEntries(http).map(([name, entry]) => [name, entry(ports)]))

/** Who consumes which queue is written in the table of capabilities, for both editions. */
export const queueConsumers = ({ queue }: CellFunctions, ports: CellPorts): ReadonlyMap<QueueName, QueueHandler> =>
  new Map(
    namedEntries(queue).flatMap(([name, entry]) => {
      const handler = entry(ports)
      return (capability(name).consumes ?? []).map((consumed) => [consumed, handler] as const)
    }),
  )
