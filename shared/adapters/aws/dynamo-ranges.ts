import type { QueryCommandInput } from '@aws-sdk/lib-dynamodb'
import type { ListRange } from '../../ports/record-store.ts'

/** DynamoDB has no half-open range on a sort key: both bounds are inclusive, and the caller drops the record at `to`. */
const sortCondition = ({ from, to }: ListRange) => {
  if (from !== undefined && to !== undefined) return ' AND sk BETWEEN :from AND :to'
  if (from !== undefined) return ' AND sk >= :from'
  return to === undefined ? '' : ' AND sk < :to'
}

/** DynamoDB sorts by bytes of UTF-8, JavaScript's `<` by UTF-16: they differ beyond the basic plane. */
const before = (one: string, other: string): boolean => Buffer.compare(Buffer.from(one), Buffer.from(other)) < 0
const notBefore = (one: string, other: string): boolean => !before(one, other)

/** A start key outside the bounds is a ValidationException, so a cursor from before the range starts at its beginning. */
const startsInside = ({ from, to, newestFirst }: ListRange, after: string): boolean =>
  newestFirst === true ? to === undefined || before(after, to) : from === undefined || notBefore(after, from)

/** True when nothing can lie in the range beyond the cursor, or in the range at all. */
export const isEmptyRange = ({ from, to, after, newestFirst }: ListRange): boolean => {
  if (from !== undefined && to !== undefined && notBefore(from, to)) return true
  if (after === undefined) return false
  return newestFirst === true ? from !== undefined && notBefore(from, after) : to !== undefined && notBefore(after, to)
}

export const queryOf = (table: string, partition: string, range: ListRange): QueryCommandInput => ({
  TableName: table,
  ConsistentRead: true,
  KeyConditionExpression: `pk = :pk${sortCondition(range)}`,
  ExpressionAttributeValues: {
    ':pk': partition,
    ...(range.from === undefined ? {} : { ':from': range.from }),
    ...(range.to === undefined ? {} : { ':to': range.to }),
  },
  Limit: range.limit,
  ScanIndexForward: range.newestFirst !== true,
  ...(range.after === undefined || !startsInside(range, range.after)
    ? {}
    : { ExclusiveStartKey: { pk: partition, sk: range.after } }),
})
