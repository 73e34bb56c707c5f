import middy from '@middy/core'
import type { Context, DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda'
import { faultFields, type Log } from '../../shared/runtime/log.ts'
import { dispatchMessage, type DispatchPorts } from './dispatch-outbox.ts'
import { outboxRecordOf } from './stream-event.ts'

type StreamHandler = (event: DynamoDBStreamEvent, context: Context) => Promise<DynamoDBBatchResponse>

/** The change feed of the outbox. What fails here is tried again by the feed, and after that by the minute sweep. */
export function entry(ports: DispatchPorts & { readonly log: Log }): StreamHandler {
  const dispatchAll: StreamHandler = async ({ Records }) => {
    const batchItemFailures: DynamoDBBatchResponse['batchItemFailures'] = []
    for (const record of Records) {
      const outbox = outboxRecordOf(record)
      if (outbox === undefined) continue
      try {
        await dispatchMessage(ports, outbox)
      } catch (thrown) {
        ports.log.error('message-retried', { queue: 'outbox', ...faultFields(thrown) })
        batchItemFailures.push({ itemIdentifier: record.dynamodb?.SequenceNumber ?? '' })
      }
    }
    return { batchItemFailures }
  }
  return middy<DynamoDBStreamEvent, DynamoDBBatchResponse>().handler(dispatchAll)
}
