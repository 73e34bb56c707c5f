import { randomUUID } from 'node:crypto'
import * as z from 'zod'
import type { QueueName } from '../../contracts/messages.ts'
import { queueNames, queues, senderOf } from '../../contracts/messages.ts'
import type { MessageQueues } from '../../ports/message-queues.ts'
import type { Clock } from '../../ports/surroundings.ts'
import type { CellDatabase } from './cell-database.ts'

export interface ReceivedMessage {
  readonly messageId: string
  /** Good for this receive alone: after the visibility time-out it deletes nothing any more. */
  readonly receiptHandle: string
  readonly body: string
  readonly receiveCount: number
  readonly sentAt: number
  readonly firstReceivedAt: number
}

export interface EnqueueOptions {
  readonly delaySeconds?: number
  /** With whom it shares a turn; all that name nobody share one. */
  readonly sender?: string | undefined
}

export interface QueueDepth {
  readonly visible: number
  /** Received and not yet deleted, or still delayed. */
  readonly hidden: number
  /** In the dead-letter queue. */
  readonly dead: number
}

export interface SqliteMessageQueues extends MessageQueues {
  /** Within a `commit` of the same database: the message becomes durable with whatever caused it, or not at all. */
  enqueue(queue: QueueName, body: string, options?: EnqueueOptions): void
  /**
   * At most ten of one sender, hidden until the queue's visibility time-out. Senders have turns: however much one has sent, another
   * waits for one batch of it. Those received too often go to the dead-letter queue.
   */
  receive(queue: QueueName, limit: number): Promise<readonly ReceivedMessage[]>
  delete(receiptHandles: readonly string[]): Promise<void>
  /** Makes messages visible again after so many seconds, as `ChangeMessageVisibility` does. */
  release(receiptHandles: readonly string[], afterSeconds: number): Promise<void>
  deadLetters(queue: QueueName, limit: number): readonly { readonly messageId: string; readonly body: string }[]
  /**
   * At the start: what the process before had in hand when it was killed is visible again at once, instead of after its visibility
   * time-out, since nobody else can have it. A kill is not the message's fault and is not counted as a receive - ten times; a
   * message that itself kills the process must still end as a dead letter.
   */
  takeOver(): Promise<void>
  /** Back from the dead-letter queue, with a fresh count. */
  redrive(queue: QueueName): Promise<number>
  purge(queue: QueueName): Promise<void>
  /** Whether one could be received now. */
  hasVisible(queue: QueueName): boolean
  depth(queue: QueueName): QueueDepth
  /** When the next hidden message becomes visible, in epoch milliseconds. */
  nextVisibleAt(queue: QueueName): number | undefined
  onMessage(listener: (queue: QueueName) => void): void
}

const RowSchema = z.object({
  id: z.int(),
  message_id: z.string(),
  body: z.string(),
  sent_at: z.int(),
  receive_count: z.int(),
  first_received_at: z.int().nullable(),
})

const dlq = (queue: QueueName): string => `${queue}-dlq`

const NOBODY = '-'

/** A step of the index a sender, never one a message. */
const SENDERS = `WITH RECURSIVE senders (sender) AS (
  SELECT min(sender) FROM messages WHERE queue = ?1 AND sender > ?2
  UNION ALL
  SELECT (SELECT min(sender) FROM messages WHERE queue = ?1 AND sender > senders.sender) FROM senders
  WHERE sender IS NOT NULL
)`

const prepare = ({ sql }: CellDatabase) => ({
  insert: sql.prepare(
    'INSERT INTO messages (queue, message_id, body, sent_at, visible_at, sender) VALUES (?, ?, ?, ?, ?, ?)',
  ),
  turn: sql.prepare(
    `${SENDERS} SELECT sender FROM senders
     WHERE EXISTS (SELECT 1 FROM messages WHERE queue = ?1 AND sender = senders.sender AND visible_at <= ?3) LIMIT 1`,
  ),
  visible: sql.prepare(
    `SELECT id, message_id, body, sent_at, receive_count, first_received_at FROM messages
     WHERE queue = ? AND sender = ? AND visible_at <= ? ORDER BY visible_at LIMIT ?`,
  ),
  hide: sql.prepare(
    `UPDATE messages SET visible_at = ?, receive_count = receive_count + 1, receipt = ?,
     first_received_at = coalesce(first_received_at, ?) WHERE id = ?`,
  ),
  bury: sql.prepare('UPDATE messages SET queue = ?, receipt = NULL, visible_at = ? WHERE id = ?'),
  remove: sql.prepare('DELETE FROM messages WHERE receipt = ?'),
  show: sql.prepare('UPDATE messages SET visible_at = ?, receipt = NULL WHERE receipt = ?'),
  dead: sql.prepare('SELECT message_id, body FROM messages WHERE queue = ? ORDER BY id LIMIT ?'),
  redrive: sql.prepare(
    'UPDATE messages SET queue = ?, visible_at = ?, receive_count = 0, first_received_at = NULL WHERE queue = ?',
  ),
  takeOver: sql.prepare(
    `UPDATE messages SET visible_at = ?, receipt = NULL, interrupted = interrupted + 1,
     receive_count = receive_count - (interrupted < 10) WHERE receipt IS NOT NULL`,
  ),
  purge: sql.prepare('DELETE FROM messages WHERE queue = ?'),
  count: sql.prepare('SELECT count(*) AS n FROM messages WHERE queue = ? AND visible_at <= ?'),
  total: sql.prepare('SELECT count(*) AS n FROM messages WHERE queue = ?'),
  next: sql.prepare(
    `${SENDERS} SELECT min(
       (SELECT min(visible_at) FROM messages WHERE queue = ?1 AND sender = senders.sender AND visible_at > ?3)
     ) AS at FROM senders`,
  ),
})

/** Queues as SQS has them: at least once, visibility time-out, delay, receive count, redrive to a dead-letter queue. */
export const sqliteMessageQueues = (database: CellDatabase, clock: Clock): SqliteMessageQueues => {
  const statements = prepare(database)
  const listeners: ((queue: QueueName) => void)[] = []
  const now = () => Date.parse(clock.now())
  const tell = (queue: QueueName) => listeners.forEach((listener) => listener(queue))

  const served = new Map<QueueName, string>()

  const senderAfter = (queue: QueueName, sender: string, at: number): string | undefined => {
    const found = statements.turn.get(queue, sender, at)?.['sender']
    return typeof found === 'string' ? found : undefined
  }

  const nextSender = (queue: QueueName, at: number): string | undefined =>
    senderAfter(queue, served.get(queue) ?? '', at) ?? senderAfter(queue, '', at)

  const enqueue = (
    queue: QueueName,
    body: string,
    { delaySeconds = 0, sender = NOBODY }: EnqueueOptions = {},
  ): void => {
    const at = now()
    statements.insert.run(queue, randomUUID(), body, at, at + delaySeconds * 1000, sender)
    // After the commit, and the commit is this turn's: the listener must not look before.
    setImmediate(tell, queue)
  }

  const receiveRow = (queue: QueueName, row: unknown, at: number): ReceivedMessage | undefined => {
    const { id, message_id, body, sent_at, receive_count, first_received_at } = RowSchema.parse(row)
    const { maxReceiveCount, visibilitySeconds } = queues[queue]
    if (receive_count >= maxReceiveCount) {
      statements.bury.run(dlq(queue), at, id)
      return undefined
    }
    const receiptHandle = randomUUID()
    statements.hide.run(at + visibilitySeconds * 1000, receiptHandle, at, id)
    return {
      messageId: message_id,
      receiptHandle,
      body,
      receiveCount: receive_count + 1,
      sentAt: sent_at,
      firstReceivedAt: first_received_at ?? at,
    }
  }

  const hasVisible = (queue: QueueName): boolean => senderAfter(queue, '', now()) !== undefined

  return {
    send: async (queue, message, { delaySeconds = 0 } = {}) => {
      if (!(delaySeconds >= 0 && delaySeconds <= 900)) throw new RangeError('a message is delayed by 0 to 900 seconds')
      const body = JSON.stringify(queues[queue].message.parse(message))
      await database.commit(() => enqueue(queue, body, { delaySeconds, sender: senderOf(message) }))
    },
    sendAll: async (queue, messages) => {
      const checked = messages.map((message) => ({
        body: JSON.stringify(queues[queue].message.parse(message)),
        sender: senderOf(message),
      }))
      await database.commit(() => checked.forEach(({ body, sender }) => enqueue(queue, body, { sender })))
      return messages.map(() => ({ status: 'fulfilled', value: undefined }))
    },
    enqueue,
    receive: async (queue, limit) => {
      if (!hasVisible(queue)) return []
      return database.commit(() => {
        const [at, most] = [now(), Math.min(limit, 10)]
        const received: ReceivedMessage[] = []
        // Where all of a turn are dead letters, those behind them have the next.
        for (let sender = nextSender(queue, at); sender !== undefined; sender = nextSender(queue, at)) {
          served.set(queue, sender)
          const rows = statements.visible.all(queue, sender, at, most)
          received.push(...rows.flatMap((row) => receiveRow(queue, row, at) ?? []))
          if (received.length > 0) break
        }
        return received
      })
    },
    delete: (receiptHandles) =>
      database.commit(() => receiptHandles.forEach((receiptHandle) => statements.remove.run(receiptHandle))),
    release: (receiptHandles, afterSeconds) =>
      database.commit(() => {
        const at = now() + afterSeconds * 1000
        for (const receiptHandle of receiptHandles) statements.show.run(at, receiptHandle)
        for (const queue of queueNames) setImmediate(tell, queue)
      }),
    deadLetters: (queue, limit) =>
      statements.dead
        .all(dlq(queue), limit)
        .map(({ message_id, body }) => ({ messageId: String(message_id), body: String(body) })),
    takeOver: () => database.commit(() => void statements.takeOver.run(now())),
    redrive: (queue) =>
      database.commit(() => {
        setImmediate(tell, queue)
        return Number(statements.redrive.run(queue, now(), dlq(queue)).changes)
      }),
    purge: (queue) => database.commit(() => void statements.purge.run(queue)),
    hasVisible,
    depth: (queue) => {
      const count = (name: string, at: number) => Number(statements.count.get(name, at)?.['n'])
      const visible = count(queue, now())
      const total = (name: string) => Number(statements.total.get(name)?.['n'])
      return { visible, hidden: total(queue) - visible, dead: total(dlq(queue)) }
    },
    nextVisibleAt: (queue) => {
      const at = statements.next.get(queue, '', now())?.['at']
      return typeof at === 'number' ? at : undefined
    },
    onMessage: (listener) => void listeners.push(listener),
  }
}
