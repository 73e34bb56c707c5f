import middy from '@middy/core'
import { faultFields, type Log } from '../../shared/runtime/log.ts'
import { dispatchMessage, type DispatchPorts } from './dispatch-outbox.ts'
import { outboxRecordOf, type StreamEvent } from './stream-event.ts'

interface BatchAnswer {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[]
}

/** The change feed of the outbox. What fails here is tried again by the feed, and after that by the minute sweep. */
export const entry = (ports: DispatchPorts & { readonly log: Log }) =>
  middy<StreamEvent, BatchAnswer>().handler(async (event) => {
    const failures: string[] = []
    for (const record of event.Records) {
      const outbox = outboxRecordOf(record)
      if (outbox === undefined) continue
      try {
        await dispatchMessage(ports, outbox)
      } catch (thrown) {
        ports.log.error('message-retried', { queue: 'outbox', ...faultFields(thrown) })
        failures.push(record.dynamodb.SequenceNumber)
      }
    }
    return { batchItemFailures: failures.map((itemIdentifier) => ({ itemIdentifier })) }
  })
