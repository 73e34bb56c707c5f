import middy from '@middy/core'
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda'
import { queues, type QueueMessage, type QueueName } from '../contracts/messages.ts'
import { Refusal } from '../domain/refusal.ts'
import { CaseErased } from '../ledger/erased-case.ts'
import { faultFields, type Log } from './log.ts'

/** `again` puts the message back without calling it a failure of the code: something it needs is not there yet. */
export type Handled = 'done' | 'again'

export interface QueueWork<Q extends QueueName> {
  /** Handles a batch; the answer says of each message, in order, what became of it or what was thrown. */
  readonly handle: (messages: readonly QueueMessage<Q>[]) => Promise<readonly PromiseSettledResult<Handled>[]>
  /** The last attempt failed: the case must get an exception that somebody owns before the message goes to the DLQ. */
  readonly giveUp: (message: QueueMessage<Q>) => Promise<void>
}

/** Handles one message after the other; the usual form where a batch gains nothing. */
export const each =
  <Q extends QueueName>(handleOne: (message: QueueMessage<Q>) => Promise<Handled>) =>
  (messages: readonly QueueMessage<Q>[]): Promise<readonly PromiseSettledResult<Handled>[]> =>
    Promise.allSettled(messages.map((message) => handleOne(message)))

/** Handles a batch one message at a time, for messages that write to the same few records and would only get in each other's way. */
export const inTurn =
  <Q extends QueueName>(handleOne: (message: QueueMessage<Q>) => Promise<Handled>) =>
  async (messages: readonly QueueMessage<Q>[]): Promise<readonly PromiseSettledResult<Handled>[]> => {
    const results: PromiseSettledResult<Handled>[] = []
    for (const message of messages) results.push(...(await Promise.allSettled([handleOne(message)])))
    return results
  }

interface Envelope<Q extends QueueName> {
  readonly record: SQSRecord
  readonly message: QueueMessage<Q>
}

const receiveCount = (record: SQSRecord): number => Number(record.attributes.ApproximateReceiveCount)

const queueOf = (record: SQSRecord): string => record.eventSourceARN.slice(record.eventSourceARN.lastIndexOf(':') + 1)

/**
 * The one stack of every queue capability: partial batch answers, a retry for what failed, and on the last attempt an owned
 * exception before the message ends in the DLQ. A message that does not fit its schema cannot be retried into sense: it goes
 * to the DLQ too, where an alarm waits, and is never dropped.
 */
export function queueFunction<Q extends QueueName>(
  ports: { readonly log: Log },
  queue: Q,
  decode: (body: string) => unknown,
  work: QueueWork<Q>,
): (event: SQSEvent, context: Context) => Promise<SQSBatchResponse> {
  const { message: schema, maxReceiveCount } = queues[queue]

  async function failed(record: SQSRecord, thrown: unknown, message: QueueMessage<Q> | undefined): Promise<void> {
    const fields = { queue: queueOf(record), receiveCount: receiveCount(record), ...faultFields(thrown) }
    const refusal = thrown instanceof Refusal ? { refusal: thrown.code } : {}
    if (receiveCount(record) < maxReceiveCount) {
      ports.log.error('message-retried', { ...fields, ...refusal })
      return
    }
    ports.log.error('message-given-up', { ...fields, ...refusal })
    try {
      if (message !== undefined) await work.giveUp(message)
    } catch (fault) {
      // The other messages of the batch are other patients' cases: they are answered for whatever happens to this one.
      ports.log.error('give-up-failed', { ...fields, ...faultFields(fault) })
    }
  }

  async function handleAll(event: SQSEvent): Promise<SQSBatchResponse> {
    const envelopes: Envelope<Q>[] = []
    const failures = new Set<string>()
    for (const record of event.Records) {
      try {
        const decoded = decode(record.body)
        for (const one of Array.isArray(decoded) ? decoded : [decoded]) {
          envelopes.push({ record, message: schema.parse(one) as QueueMessage<Q> })
        }
      } catch (thrown) {
        failures.add(record.messageId)
        await failed(record, thrown, undefined)
      }
    }
    const results = envelopes.length === 0 ? [] : await work.handle(envelopes.map(({ message }) => message))
    for (const [at, { record, message }] of envelopes.entries()) {
      const result = results[at] ?? { status: 'rejected', reason: new Error('no answer for a message') }
      if (result.status === 'fulfilled' && result.value === 'done') continue
      // Nothing is left that it could be done to, and nobody to own that it was not.
      if (result.status === 'rejected' && result.reason instanceof CaseErased) continue
      failures.add(record.messageId)
      await failed(record, result.status === 'rejected' ? result.reason : new Error('not yet'), message)
    }
    return { batchItemFailures: [...failures].map((itemIdentifier) => ({ itemIdentifier })) }
  }

  return middy<SQSEvent, SQSBatchResponse>().handler(handleAll)
}

export const decodeJson = (body: string): unknown => JSON.parse(body)
