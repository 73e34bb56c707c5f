import type { JsonObject, JsonValue } from '../../shared/domain/json.ts'

/** A DynamoDB attribute as the stream carries it. */
export type Attribute =
  | { readonly S: string }
  | { readonly N: string }
  | { readonly BOOL: boolean }
  | { readonly NULL: true }
  | { readonly L: readonly Attribute[] }
  | { readonly M: Readonly<Record<string, Attribute>> }

export interface StreamEvent {
  readonly Records: readonly {
    readonly eventName?: string
    readonly dynamodb: { readonly SequenceNumber: string; readonly NewImage?: Readonly<Record<string, Attribute>> }
  }[]
}

function valueOf(attribute: Attribute): JsonValue {
  if ('S' in attribute) return attribute.S
  if ('N' in attribute) return Number(attribute.N)
  if ('BOOL' in attribute) return attribute.BOOL
  if ('NULL' in attribute) return null
  if ('L' in attribute) return attribute.L.map(valueOf)
  return objectOf(attribute.M)
}

const objectOf = (map: Readonly<Record<string, Attribute>>): JsonObject =>
  Object.fromEntries(Object.entries(map).map(([key, attribute]) => [key, valueOf(attribute)]))

export interface OutboxRecord {
  readonly partition: string
  readonly sort: string
  readonly body: JsonObject
}

/** The outbox record that was put, if that is what the change was: the filter of the event source lets nothing else through. */
export function outboxRecordOf(record: StreamEvent['Records'][number]): OutboxRecord | undefined {
  const image = record.dynamodb.NewImage
  if (image === undefined) return undefined
  const { pk, sk, body } = objectOf(image)
  if (typeof pk !== 'string' || typeof sk !== 'string' || !pk.startsWith('outbox')) return undefined
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return undefined
  return { partition: pk, sort: sk, body: body as JsonObject }
}
