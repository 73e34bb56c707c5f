import type { AttributeValue, DynamoDBStreamEvent } from 'aws-lambda'
import type { JsonValue } from '../shared/domain/json.ts'
import type { StoredRecord } from '../shared/ports/record-store.ts'

const attributeOf = (value: JsonValue): AttributeValue => {
  if (value === null) return { NULL: true }
  if (typeof value === 'string') return { S: value }
  if (typeof value === 'number') return { N: String(value) }
  if (typeof value === 'boolean') return { BOOL: value }
  if (Array.isArray(value)) return { L: value.map(attributeOf) }
  return { M: Object.fromEntries(Object.entries(value).map(([name, member]) => [name, attributeOf(member)])) }
}

/** The attributes of a record in the cloud edition's table. */
const imageOf = ({ partition, sort, body, version, expiresAt }: StoredRecord): Record<string, AttributeValue> => ({
  pk: { S: partition },
  sk: { S: sort },
  body: attributeOf(body),
  version: { N: String(version) },
  ...(expiresAt === undefined ? {} : { expiresAt: { S: expiresAt } }),
})

/** Records that were put, as a DynamoDB stream hands them over; the sequence number is the place in the batch. */
export const streamEvent = (records: readonly StoredRecord[]): DynamoDBStreamEvent => ({
  Records: records.map((record, at) => ({
    eventName: 'INSERT',
    dynamodb: { SequenceNumber: String(at), NewImage: imageOf(record) },
  })),
})
