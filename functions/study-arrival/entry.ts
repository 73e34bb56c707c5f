import * as z from 'zod'
import { placeOf } from '../../shared/domain/upload/upload-session.ts'
import { giveUpOnCase } from '../../shared/ledger/give-up.ts'
import { inflateRawBounded } from '../../shared/runtime/bounded-inflate.ts'
import type { Log } from '../../shared/runtime/log.ts'
import { queueFunction } from '../../shared/runtime/queue-function.ts'
import { ingest } from './record-arrival.ts'
import { receiveObjects, type ArrivalPorts } from './receive-objects.ts'

const BucketNotificationSchema = z.object({
  Records: z.array(z.object({ s3: z.object({ object: z.object({ key: z.string() }) }) })),
})
const BucketTestSchema = z.object({ Event: z.literal('s3:TestEvent') })

/** S3 encodes keys as in a form: a space is a plus sign. */
const decodedKey = (key: string): string => decodeURIComponent(key.replaceAll('+', ' '))

/** A bucket notification as the messages it stands for; its own message as it is; the test event of a new bucket as none. */
export function decodeArrival(body: string): unknown {
  const json: unknown = JSON.parse(body)
  if (BucketTestSchema.safeParse(json).success) return []
  const notification = BucketNotificationSchema.safeParse(json)
  if (!notification.success) return json
  return notification.data.Records.map(({ s3 }) => ({ kind: 'object-arrived', key: decodedKey(s3.object.key) }))
}

export const entry = (given: Omit<ArrivalPorts, 'inflateRaw'> & { readonly log: Log }) => {
  const ports: ArrivalPorts & { readonly log: Log } = { ...given, inflateRaw: inflateRawBounded }
  return queueFunction(ports, 'ingest', decodeArrival, {
    handle: (messages) => receiveObjects(ports, messages),
    giveUp: async (message) => {
      const referralId = message.kind === 'object-arrived' ? placeOf(message.key)?.referralId : message.referralId
      if (referralId !== undefined) await giveUpOnCase(ports, referralId, ingest)
    },
  })
}
