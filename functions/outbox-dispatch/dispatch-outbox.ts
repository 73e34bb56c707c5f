import { OutboxMessageSchema, type OutboxMessage } from '../../shared/contracts/messages.ts'
import type { MessageQueues } from '../../shared/ports/message-queues.ts'
import type { RecordKey, RecordStore, StoredRecord } from '../../shared/ports/record-store.ts'

export interface DispatchPorts {
  readonly store: RecordStore
  readonly queues: MessageQueues
}

const send = ({ queue, message }: OutboxMessage, queues: MessageQueues): Promise<void> => queues.send(queue, message)

/**
 * Sends one outbox message and only then takes the record away: killed in between, it is sent twice, which every consumer
 * bears, and never not at all.
 */
export async function dispatchMessage(
  ports: DispatchPorts,
  record: Pick<StoredRecord, 'body'> & RecordKey,
): Promise<void> {
  await send(OutboxMessageSchema.parse(record.body), ports.queues)
  const { partition, sort } = record
  await ports.store.transact([{ write: 'remove', when: 'always', partition, sort }])
}
