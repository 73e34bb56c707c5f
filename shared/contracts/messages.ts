import * as z from 'zod'
import { orgOf, ReferralIdSchema, UrgencySchema, type ReferralId, type Urgency } from '../domain/case/case.ts'
import { InstantSchema } from '../domain/instant.ts'
import { arrivalPrefixes, placeOf } from '../domain/upload/upload-session.ts'

/** An object was created in the incoming bucket: what both editions' notifications are turned into. */
export const ObjectArrivedSchema = z.strictObject({ kind: z.literal('object-arrived'), key: z.string().min(1) })
/** The sender has said that everything has been sent: count again. */
export const UploadCompletedSchema = z.strictObject({
  kind: z.literal('upload-completed'),
  referralId: ReferralIdSchema,
})
export const IngestMessageSchema = z.discriminatedUnion('kind', [ObjectArrivedSchema, UploadCompletedSchema])
export type IngestMessage = z.infer<typeof IngestMessageSchema>
/** The case needs a reader (study available, offer lapsed, claim released, overflow entered). */
export const RouteCaseSchema = z.strictObject({ kind: z.literal('route-case'), referralId: ReferralIdSchema })
/** De-identified copies of the case are wanted, for a reader who may be shown nothing else; absent where no reader waits for them. */
export const CopyStudySchema = z.strictObject({
  kind: z.literal('copy-study'),
  referralId: ReferralIdSchema,
  readerId: z.string().optional(),
})
export const DeliverReportSchema = z.strictObject({ kind: z.literal('deliver-report'), referralId: ReferralIdSchema })
/** Events [fromEvent, toEvent) were appended; numbers are counted from them exactly once. */
export const CountEventsSchema = z.strictObject({
  kind: z.literal('count-events'),
  referralId: ReferralIdSchema,
  fromEvent: z.int().nonnegative(),
  toEvent: z.int().positive(),
})

/** Every queue and its message: the producer's output type is the consumer's input type. */
export const queues = {
  /**
   * What the incoming bucket tells on AWS, where a notification names no organisation; `arrival-dispatch` sends it on with it.
   * It cannot fail by itself, so it is tried for an hour. Embedded, the bucket names the organisation and nothing waits here.
   */
  'arrivals-stat': { message: ObjectArrivedSchema, maxReceiveCount: 40, visibilitySeconds: 90, batchSize: 10 },
  'arrivals-urgent': { message: ObjectArrivedSchema, maxReceiveCount: 40, visibilitySeconds: 90, batchSize: 10 },
  arrivals: { message: ObjectArrivedSchema, maxReceiveCount: 40, visibilitySeconds: 90, batchSize: 10 },
  'ingest-stat': { message: IngestMessageSchema, maxReceiveCount: 5, visibilitySeconds: 180, batchSize: 10 },
  'ingest-urgent': { message: IngestMessageSchema, maxReceiveCount: 5, visibilitySeconds: 180, batchSize: 10 },
  /** Of routine cases. Until stat and urgent had their own it was the queue of all: what waits in it stays good. */
  ingest: { message: IngestMessageSchema, maxReceiveCount: 5, visibilitySeconds: 180, batchSize: 10 },
  'route-stat': { message: RouteCaseSchema, maxReceiveCount: 5, visibilitySeconds: 90, batchSize: 1 },
  'route-urgent': { message: RouteCaseSchema, maxReceiveCount: 5, visibilitySeconds: 90, batchSize: 5 },
  'route-routine': { message: RouteCaseSchema, maxReceiveCount: 5, visibilitySeconds: 90, batchSize: 10 },
  copies: { message: CopyStudySchema, maxReceiveCount: 5, visibilitySeconds: 180, batchSize: 1 },
  delivery: { message: DeliverReportSchema, maxReceiveCount: 5, visibilitySeconds: 90, batchSize: 5 },
  numbers: { message: CountEventsSchema, maxReceiveCount: 5, visibilitySeconds: 90, batchSize: 10 },
} as const

export type QueueName = keyof typeof queues
export type QueueMessage<Q extends QueueName> = z.infer<(typeof queues)[Q]['message']>
export const queueNames = Object.keys(queues) as QueueName[]

/** Which queue the incoming bucket tells on AWS, by the urgency of the case. */
export const arrivalQueues = {
  stat: 'arrivals-stat',
  urgent: 'arrivals-urgent',
  routine: 'arrivals',
} as const satisfies Readonly<Record<Urgency, QueueName>>
type ArrivalQueueName = (typeof arrivalQueues)[Urgency]

export const isArrivalQueue = (name: QueueName): name is ArrivalQueueName =>
  Object.values<QueueName>(arrivalQueues).includes(name)

/** Those that functions send to. */
export const sentQueueNames = queueNames.filter((name) => !isArrivalQueue(name))

/** Where the arrivals of a case wait, by its urgency: behind nothing less urgent. */
export const ingestQueues = {
  stat: 'ingest-stat',
  urgent: 'ingest-urgent',
  routine: 'ingest',
} as const satisfies Readonly<Record<Urgency, QueueName>>

/** Where the arrival of an object of the incoming bucket goes, by the beginning of its key. */
export const arrivalRoutes = UrgencySchema.options.map((urgency) => ({
  prefix: arrivalPrefixes[urgency],
  toldOnAws: arrivalQueues[urgency],
  queue: ingestQueues[urgency],
}))

/** The ingest queue of an object of the incoming bucket; none of what is no image. */
export const ingestQueueOf = (key: string) => arrivalRoutes.find(({ prefix }) => key.startsWith(prefix))?.queue

/** The case that a message is about; undefined for no case at all. */
export const caseOf = (message: QueueMessage<QueueName>): ReferralId | undefined =>
  message.kind === 'object-arrived' ? placeOf(message.key)?.referralId : message.referralId

/** The organisation whose case a message is about: a queue that many share is fair between these. Undefined for no case at all. */
export function senderOf(message: QueueMessage<QueueName>): string | undefined {
  const referralId = caseOf(message)
  return referralId === undefined ? undefined : orgOf(referralId)
}

const anyMessage = z.union(Object.values(queues).map(({ message }) => message))

/** The case of a message as it lies in some queue; undefined as well for what is no message of ours. */
export function caseOfBody(body: string): ReferralId | undefined {
  const parsed = anyMessage.safeParse(parseJson(body))
  return parsed.success ? caseOf(parsed.data) : undefined
}

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const outbox = <Q extends QueueName>(queue: Q) =>
  z.strictObject({ queue: z.literal(queue), message: queues[queue].message, writtenAt: InstantSchema })

/** What a commit asks to be sent: written with the case, handed over afterwards, so accepting a referral is dispatching it. */
export const OutboxMessageV1Schema = z.discriminatedUnion('queue', [
  outbox('ingest'),
  outbox('route-stat'),
  outbox('route-urgent'),
  outbox('route-routine'),
  outbox('delivery'),
  outbox('numbers'),
])
/** The first form is that before copies were made, the second that before stat and urgent arrivals had queues of their own. */
export const OutboxMessageV2Schema = z.discriminatedUnion('queue', [...OutboxMessageV1Schema.options, outbox('copies')])
export const OutboxMessageSchema = z.discriminatedUnion('queue', [
  ...OutboxMessageV2Schema.options,
  outbox('ingest-stat'),
  outbox('ingest-urgent'),
])
export type OutboxMessage = z.infer<typeof OutboxMessageSchema>
