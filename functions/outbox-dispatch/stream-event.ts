import type { AttributeValue, DynamoDBRecord } from 'aws-lambda'
import type { JsonObject, JsonValue } from '../../shared/domain/json.ts'

function valueOf(attribute: AttributeValue): JsonValue {
  if (attribute.S !== undefined) return attribute.S
  if (attribute.N !== undefined) return Number(attribute.N)
  if (attribute.BOOL !== undefined) return attribute.BOOL
  if (attribute.L !== undefined) return attribute.L.map(valueOf)
  if (attribute.M !== undefined) return objectOf(attribute.M)
  return null
}

const objectOf = (map: Readonly<Record<string, AttributeValue>>): JsonObject =>
  Object.fromEntries(Object.entries(map).map(([key, attribute]) => [key, valueOf(attribute)]))

export interface OutboxRecord {
  readonly partition: string
  readonly sort: string
  readonly body: JsonObject
}

/** The outbox record that was put, if that is what the change was: the filter of the event source lets nothing else through. */
export function outboxRecordOf(record: DynamoDBRecord): OutboxRecord | undefined {
  const { pk, sk, body } = record.dynamodb?.NewImage ?? {}
  if (pk?.S?.startsWith('outbox') !== true || sk?.S === undefined || body?.M === undefined) return undefined
  return { partition: pk.S, sort: sk.S, body: objectOf(body.M) }
}
