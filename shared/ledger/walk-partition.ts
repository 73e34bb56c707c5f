import type { ListRange, RecordStore, StoredRecord } from '../ports/record-store.ts'

const PAGE = 1000

/** All records of a partition within bounds, in order, page after page. */
export async function* walkPartition(
  store: Pick<RecordStore, 'list'>,
  partition: string,
  range: Pick<ListRange, 'from' | 'to'> = {},
): AsyncGenerator<StoredRecord> {
  let after: string | undefined
  do {
    const page = await store.list(partition, { ...range, limit: PAGE, ...(after === undefined ? {} : { after }) })
    yield* page.records
    after = page.after
  } while (after !== undefined)
}
