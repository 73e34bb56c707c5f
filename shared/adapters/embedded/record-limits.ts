import type { RecordWrite } from '../../ports/record-store.ts'
import { TRANSACTION_LIMIT } from '../../ports/record-store.ts'

const KIB = 1024
const ITEM_BYTES = 400 * KIB
const TRANSACTION_BYTES = 4 * KIB * KIB

const bytesOf = (text: string): number => Buffer.byteLength(text, 'utf8')

const bodyBytes = (write: RecordWrite): number =>
  write.write === 'put' ? bytesOf(JSON.stringify(write.body)) + bytesOf(write.partition) + bytesOf(write.sort) : 0

/**
 * What DynamoDB would refuse is refused here too, so that a case which works on a laptop also works in the cloud. JSON is a
 * little longer than DynamoDB's own count of an item, so the bound errs on the safe side.
 */
export const refuseWhatDynamoRefuses = (writes: readonly RecordWrite[]): void => {
  if (writes.length > TRANSACTION_LIMIT) throw new RangeError(`${writes.length} writes exceed one transaction`)
  const keys = new Set(writes.map(({ partition, sort }) => JSON.stringify([partition, sort])))
  if (keys.size < writes.length) throw new RangeError('two writes of one transaction have the same key')
  for (const { partition, sort } of writes) {
    if (partition === '' || bytesOf(partition) > 2 * KIB) throw new RangeError('a partition key has 1 to 2048 bytes')
    if (sort === '' || bytesOf(sort) > KIB) throw new RangeError('a sort key has 1 to 1024 bytes')
  }
  const sizes = writes.map(bodyBytes)
  if (sizes.some((size) => size > ITEM_BYTES)) throw new RangeError('a record exceeds 400 KiB')
  if (sizes.reduce((sum, size) => sum + size, 0) > TRANSACTION_BYTES)
    throw new RangeError('a transaction exceeds 4 MiB')
}
