import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import { unmarshall } from '@aws-sdk/util-dynamodb'
import * as z from 'zod'
import type { JsonObject } from '../../domain/json.ts'
import type { StoredRecord } from '../../ports/record-store.ts'

const StoredItemSchema = z.object({
  pk: z.string(),
  sk: z.string(),
  body: z.custom<JsonObject>((body) => typeof body === 'object' && body !== null && !Array.isArray(body)),
  version: z.int().positive(),
  expiresAt: z.string().optional(),
})

/** An item as lib-dynamodb gives it. An item of another shape is a fault: the table holds records only. */
export const recordOf = (item: unknown): StoredRecord => {
  const { pk, sk, body, version, expiresAt } = StoredItemSchema.parse(item)
  return { partition: pk, sort: sk, body, version, ...(expiresAt === undefined ? {} : { expiresAt }) }
}

/** The same from a cancelled transaction or a stream, which come as attribute values. */
export const recordOfImage = (image: Record<string, AttributeValue>): StoredRecord => recordOf(unmarshall(image))

/** DynamoDB's own deletion lags by days; a reader never sees what has expired. */
export const unlessExpired = (record: StoredRecord | undefined, now: string): StoredRecord | undefined =>
  record?.expiresAt !== undefined && record.expiresAt <= now ? undefined : record
