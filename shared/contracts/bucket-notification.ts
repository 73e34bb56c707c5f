import * as z from 'zod'

const BucketNotificationSchema = z.object({
  Records: z.array(z.object({ s3: z.object({ object: z.object({ key: z.string() }) }) })),
})
const BucketTestSchema = z.object({ Event: z.literal('s3:TestEvent') })

/** S3 encodes keys as in a form: a space is a plus sign. */
const decodedKey = (key: string): string => decodeURIComponent(key.replaceAll('+', ' '))

/** A bucket notification as the messages it stands for; our own message as it is; the test event of a new bucket as none. */
export function decodeArrival(body: string): unknown {
  const json: unknown = JSON.parse(body)
  if (BucketTestSchema.safeParse(json).success) return []
  const notification = BucketNotificationSchema.safeParse(json)
  if (!notification.success) return json
  return notification.data.Records.map(({ s3 }) => ({ kind: 'object-arrived', key: decodedKey(s3.object.key) }))
}
