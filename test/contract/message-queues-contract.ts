import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { beforeAll, describe, expect, it } from 'vitest'
import type { QueueName } from '../../shared/contracts/messages.ts'
import { ReferralIdSchema } from '../../shared/domain/case/case.ts'
import type { MessageQueues } from '../../shared/ports/message-queues.ts'

export interface TakenMessage {
  readonly body: string
  /** Whose turn it was. */
  readonly sender?: string | undefined
}

export interface QueueSubject {
  readonly queues: MessageQueues
  /** Takes what is visible now off the queue. Nobody else consumes the queue meanwhile. */
  readonly take: (queue: QueueName) => Promise<readonly TakenMessage[]>
}

export const messageQueuesContract = (name: string, make: () => Promise<QueueSubject>): void => {
  describe(`${name} as MessageQueues`, () => {
    let subject: QueueSubject
    beforeAll(async () => {
      subject = await make()
    })

    const arrived = (key: string) => ({ kind: 'object-arrived', key }) as const
    /** At least once and unordered: what was sent is among what is taken, sooner or later. */
    const takenUntil = async (queue: QueueName, wanted: readonly string[], seconds = 10): Promise<TakenMessage[]> => {
      const seen: TakenMessage[] = []
      const isSeen = (body: string) => seen.some((one) => one.body === body)
      for (let turn = 0; turn < seconds * 10 && !wanted.every(isSeen); turn += 1) {
        seen.push(...(await subject.take(queue)))
        await pause(100)
      }
      return seen
    }
    const takeUntil = async (queue: QueueName, wanted: readonly string[]): Promise<string[]> =>
      (await takenUntil(queue, wanted)).map(({ body }) => body)

    it('hands a message over as it was sent', async () => {
      const message = arrived(`ä/${randomUUID()} "quoted"`)
      await subject.queues.send('ingest', message)
      const [body] = (await takeUntil('ingest', [JSON.stringify(message)])).filter((text) =>
        text.includes(message.key.slice(2, 38)),
      )
      expect(JSON.parse(body ?? 'null')).toEqual(message)
    })

    it('keeps queues apart', async () => {
      const message = {
        kind: 'route-case',
        referralId: ReferralIdSchema.parse('donau-hospitals.01jdtestqueuesapart0000000'),
      } as const
      await subject.queues.send('route-stat', message)
      expect(await subject.take('route-routine')).toEqual([])
      expect(await takeUntil('route-stat', [JSON.stringify(message)])).toContain(JSON.stringify(message))
    })

    it('loses none of many sent at once', async () => {
      const messages = Array.from({ length: 40 }, () => arrived(randomUUID()))
      await Promise.all(messages.map((message) => subject.queues.send('ingest', message)))
      const bodies = messages.map((message) => JSON.stringify(message))
      expect(new Set(await takeUntil('ingest', bodies))).toEqual(new Set(bodies))
    })

    it('takes many of several organisations in one call, each for the turn of its own', async () => {
      const keys = ['donau-vienna', 'liffey-dublin'].flatMap((organisation) =>
        Array.from({ length: 13 }, (_, index) => `stat/${organisation}.${'0'.repeat(26)}/${'1'.repeat(26)}/${index}`),
      )
      const sent = await subject.queues.sendAll('ingest-stat', keys.map(arrived))
      expect(sent).toEqual(keys.map(() => ({ status: 'fulfilled', value: undefined })))
      const bodies = keys.map((key) => JSON.stringify(arrived(key)))
      const taken = await takenUntil('ingest-stat', bodies)
      const senderOfBody = new Map(taken.map(({ body, sender }) => [body, sender]))
      expect(bodies.map((body) => senderOfBody.get(body))).toEqual(keys.map((key) => key.slice(5, key.indexOf('.'))))
    })

    it('takes none in a call where one could not be read by its consumer', async () => {
      const message = arrived(randomUUID())
      await expect(subject.queues.sendAll('ingest-urgent', [message, arrived('')])).rejects.toThrow()
      await pause(500)
      expect(await subject.take('ingest-urgent')).toEqual([])
    })

    it('holds a delayed message back', async () => {
      const message = arrived(randomUUID())
      const body = JSON.stringify(message)
      await subject.queues.send('ingest', message, { delaySeconds: 2 })
      await pause(500)
      expect((await subject.take('ingest')).map((taken) => taken.body)).not.toContain(body)
      expect(await takeUntil('ingest', [body])).toContain(body)
    })

    it('refuses a delay of more than 900 seconds', async () => {
      await expect(subject.queues.send('ingest', arrived('x'), { delaySeconds: 901 })).rejects.toThrow()
      await expect(subject.queues.send('ingest', arrived('x'), { delaySeconds: -1 })).rejects.toThrow()
    })

    it('refuses to send what its consumer could not read', async () => {
      await expect(subject.queues.send('ingest', { kind: 'object-arrived' } as never)).rejects.toThrow()
    })
  })
}
