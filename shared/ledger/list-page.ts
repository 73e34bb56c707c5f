import type { KeyVault } from '../ports/key-vault.ts'
import type { ListRange, RecordStore, StoredRecord } from '../ports/record-store.ts'
import { openCursor, sealCursor } from './cursor.ts'

export interface PageAsked {
  readonly limit: number
  readonly cursor?: string | undefined
}

export interface Page<T> {
  readonly rows: T[]
  readonly cursor?: string
}

/** How many records one request may look at: a filter that matches little answers a short page, not a slow one. */
const LOOK_LIMIT = 2000

/** A place among the matches of one question is none among those of another: there it would skip rows unseen. */
function listOf(partition: string, range: object, { limit: _, cursor: __, ...filters }: PageAsked): string {
  return JSON.stringify([partition, range, filters])
}

/** A page of a partition, filtered; `pick` answers undefined for a record that does not belong, and no cursor tells of it. */
export async function listPage<T>(
  ports: { readonly store: RecordStore; readonly keys: Pick<KeyVault, 'mac'> },
  partition: string,
  range: Omit<ListRange, 'limit' | 'after'>,
  asked: PageAsked,
  pick: (record: StoredRecord) => T | undefined | Promise<T | undefined>,
): Promise<Page<T>> {
  const rows: T[] = []
  const list = listOf(partition, range, asked)
  let after = await openCursor(ports.keys, list, asked.cursor)
  for (let looked = 0; looked < LOOK_LIMIT;) {
    const page = await ports.store.list(partition, {
      ...range,
      limit: Math.min(1000, asked.limit * 2),
      ...(after === undefined ? {} : { after }),
    })
    for (let rest = page.records; rest.length > 0;) {
      // As many as are still wanted: what a page does not show must not be asked about, nor counted by whoever picks.
      const next = rest.slice(0, asked.limit - rows.length)
      rest = rest.slice(next.length)
      const picked = await Promise.all(next.map((record) => Promise.resolve(pick(record))))
      rows.push(...picked.filter((row) => row !== undefined))
      looked += next.length
      after = next.at(-1)?.sort ?? ''
      if (rows.length === asked.limit) return { rows, cursor: await sealCursor(ports.keys, list, after) }
    }
    if (page.after === undefined) return { rows }
    after = page.after
  }
  return after === undefined ? { rows } : { rows, cursor: await sealCursor(ports.keys, list, after) }
}
