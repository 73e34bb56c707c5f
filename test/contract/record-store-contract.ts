import { randomUUID } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import type { JsonObject } from '../../shared/domain/json.ts'
import type { ListRange, RecordStore, RecordWrite } from '../../shared/ports/record-store.ts'

type Put = Extract<RecordWrite, { write: 'put' }>

const LONG_AGO = '2001-01-01T00:00:00.000Z'
const FAR_AHEAD = '2096-01-01T00:00:00.000Z'

/** What every RecordStore must do. `make` may hand out a store that others use too: each test has its own partition. */
export const recordStoreContract = (name: string, make: () => Promise<RecordStore>): void => {
  describe(`${name} as RecordStore`, () => {
    let store: RecordStore
    beforeAll(async () => {
      store = await make()
    })

    const fresh = () => `org-${randomUUID()}#case`
    const put = (partition: string, sort: string, body: JsonObject = {}, more: Partial<Put> = {}): RecordWrite => ({
      write: 'put',
      when: 'absent',
      partition,
      sort,
      body,
      ...more,
    })
    const sortsOf = async (partition: string, range: ListRange) =>
      (await store.list(partition, range)).records.map(({ sort }) => sort)
    const allSorts = async (partition: string, range: ListRange): Promise<string[]> => {
      const page = await store.list(partition, range)
      const sorts = page.records.map(({ sort }) => sort)
      return page.after === undefined
        ? sorts
        : [...sorts, ...(await allSorts(partition, { ...range, after: page.after }))]
    }

    describe('reading', () => {
      it('finds nothing where nothing was put', async () => {
        expect(await store.read({ partition: fresh(), sort: 'case' })).toBeUndefined()
      })

      it('gives back what was put, with version 1', async () => {
        const partition = fresh()
        const body = {
          text: 'Bauchschmerzen – Ä 日本 \u{1F9B4}',
          empty: '',
          none: null,
          number: -12.5,
          large: 9007199254740991,
          yes: true,
          list: [1, 'two', null, [], {}],
          nested: { deep: { deeper: [{ a: 1 }] } },
        }
        expect(await store.transact([put(partition, 'case', body)])).toEqual({ outcome: 'committed' })
        expect(await store.read({ partition, sort: 'case' })).toEqual({ partition, sort: 'case', body, version: 1 })
      })

      it('gives back when a record expires', async () => {
        const partition = fresh()
        await store.transact([put(partition, 'claim', { by: 'r-weiss' }, { expiresAt: FAR_AHEAD })])
        expect(await store.read({ partition, sort: 'claim' })).toMatchObject({ expiresAt: FAR_AHEAD, version: 1 })
      })

      it('treats an expired record as gone, though it may still lie there', async () => {
        const partition = fresh()
        await store.transact([put(partition, 'claim', {}, { expiresAt: LONG_AGO }), put(partition, 'kept')])
        expect(await store.read({ partition, sort: 'claim' })).toBeUndefined()
        expect(await sortsOf(partition, { limit: 10 })).toEqual(['kept'])
      })
    })

    describe('conditions', () => {
      it('puts an absent record once', async () => {
        const partition = fresh()
        await store.transact([put(partition, 'case', { first: true })])
        expect(await store.transact([put(partition, 'case', { first: false })])).toEqual({
          outcome: 'condition-failed',
          at: { partition, sort: 'case' },
          found: { partition, sort: 'case', body: { first: true }, version: 1 },
        })
      })

      it('puts over an expired record as over nothing, and starts at version 1 again', async () => {
        const partition = fresh()
        await store.transact([put(partition, 'claim', {}, { expiresAt: LONG_AGO })])
        expect(await store.transact([put(partition, 'claim', { by: 'r-weiss' })])).toEqual({ outcome: 'committed' })
        expect(await store.read({ partition, sort: 'claim' })).toEqual({
          partition,
          sort: 'claim',
          body: { by: 'r-weiss' },
          version: 1,
        })
      })

      it('replaces the version that was read, and counts it up', async () => {
        const partition = fresh()
        await store.transact([put(partition, 'case', { state: 'submitted' })])
        const accepted = put(partition, 'case', { state: 'accepted' }, { when: { version: 1 } })
        expect(await store.transact([accepted])).toEqual({ outcome: 'committed' })
        expect(await store.read({ partition, sort: 'case' })).toMatchObject({ body: { state: 'accepted' }, version: 2 })
      })

      it('refuses a stale version and shows the present one, so that nobody overwrites unseen', async () => {
        const partition = fresh()
        await store.transact([put(partition, 'case', { state: 'submitted' })])
        await store.transact([put(partition, 'case', { state: 'accepted' }, { when: { version: 1 } })])
        expect(await store.transact([put(partition, 'case', { state: 'rejected' }, { when: { version: 1 } })])).toEqual(
          {
            outcome: 'condition-failed',
            at: { partition, sort: 'case' },
            found: { partition, sort: 'case', body: { state: 'accepted' }, version: 2 },
          },
        )
      })

      it('refuses a version of a record that is not there, or has expired', async () => {
        const partition = fresh()
        await store.transact([put(partition, 'expired', {}, { expiresAt: LONG_AGO })])
        for (const sort of ['missing', 'expired']) {
          expect(await store.transact([put(partition, sort, {}, { when: { version: 1 } })])).toEqual({
            outcome: 'condition-failed',
            at: { partition, sort },
            found: undefined,
          })
        }
      })

      it('puts always, whatever stands there, and drops an expiry that is not given again', async () => {
        const partition = fresh()
        const always = { when: 'always' } as const
        await store.transact([put(partition, 'presence', { n: 1 }, { ...always, expiresAt: FAR_AHEAD })])
        await store.transact([put(partition, 'presence', { n: 2 }, always)])
        expect(await store.read({ partition, sort: 'presence' })).toEqual({
          partition,
          sort: 'presence',
          body: { n: 2 },
          version: 2,
        })
      })

      it('removes by version, and always, even what is not there', async () => {
        const partition = fresh()
        await store.transact([put(partition, 'a'), put(partition, 'b')])
        const stale = { write: 'remove', partition, sort: 'a', when: { version: 7 } } as const
        expect(await store.transact([stale])).toMatchObject({ outcome: 'condition-failed', found: { version: 1 } })
        const gone = { write: 'remove', partition, sort: 'z', when: 'always' } as const
        expect(await store.transact([{ ...stale, when: { version: 1 } }, { ...gone, sort: 'b' }, gone])).toEqual({
          outcome: 'committed',
        })
        expect(await store.list(partition, { limit: 10 })).toEqual({ records: [] })
      })

      it('checks without changing', async () => {
        const partition = fresh()
        await store.transact([put(partition, 'case')])
        const check = (sort: string, when: 'absent' | { version: number }) =>
          store.transact([{ write: 'check', partition, sort, when }])
        expect(await check('case', { version: 1 })).toEqual({ outcome: 'committed' })
        expect(await check('other', 'absent')).toEqual({ outcome: 'committed' })
        expect(await check('case', 'absent')).toMatchObject({ outcome: 'condition-failed', found: { version: 1 } })
        expect(await check('case', { version: 2 })).toMatchObject({ outcome: 'condition-failed' })
        expect(await store.read({ partition, sort: 'case' })).toMatchObject({ version: 1 })
      })
    })

    describe('counting', () => {
      it('starts a missing record and a missing field at zero, and adds to the rest', async () => {
        const partition = fresh()
        const add = (counts: Record<string, number>) =>
          store.transact([{ write: 'add', partition, sort: 'kpi', counts }])
        await add({ received: 3 })
        await add({ received: 4, failed: 1 })
        await add({ received: -2 })
        expect(await store.read({ partition, sort: 'kpi' })).toMatchObject({
          body: { received: 5, failed: 1 },
          version: 3,
        })
      })

      it('keeps the other fields of the record', async () => {
        const partition = fresh()
        await store.transact([put(partition, 'kpi', { site: 'donau-vienna', received: 1 })])
        await store.transact([{ write: 'add', partition, sort: 'kpi', counts: { received: 1 } }])
        expect(await store.read({ partition, sort: 'kpi' })).toMatchObject({
          body: { site: 'donau-vienna', received: 2 },
          version: 2,
        })
      })

      it('loses no count when many add at once', async () => {
        const partition = fresh()
        const once = { write: 'add', partition, sort: 'kpi', counts: { received: 1 } } as const
        await Promise.all(Array.from({ length: 20 }, () => store.transact([once])))
        expect(await store.read({ partition, sort: 'kpi' })).toMatchObject({ body: { received: 20 }, version: 20 })
      })
    })

    describe('transactions', () => {
      it('writes all or nothing', async () => {
        const partition = fresh()
        await store.transact([put(partition, 'b')])
        const outcome = await store.transact([
          put(partition, 'a'),
          { write: 'add', partition, sort: 'n', counts: { n: 1 } },
          put(partition, 'b'),
          put(partition, 'c'),
        ])
        expect(outcome).toMatchObject({ outcome: 'condition-failed', at: { partition, sort: 'b' } })
        expect(await sortsOf(partition, { limit: 10 })).toEqual(['b'])
      })

      it('names the first write whose condition failed', async () => {
        const partition = fresh()
        await store.transact([put(partition, 'b', { n: 2 }), put(partition, 'a', { n: 1 })])
        expect(await store.transact([put(partition, 'c'), put(partition, 'b'), put(partition, 'a')])).toMatchObject({
          at: { sort: 'b' },
          found: { body: { n: 2 } },
        })
      })

      it('spans partitions', async () => {
        const [one, other] = [fresh(), fresh()]
        await store.transact([put(one, 'case'), put(other, 'case')])
        expect(await store.read({ partition: one, sort: 'case' })).toMatchObject({ version: 1 })
        expect(await store.read({ partition: other, sort: 'case' })).toMatchObject({ version: 1 })
      })

      it('lets exactly one of many win the same version: a claim is exclusive', async () => {
        const partition = fresh()
        await store.transact([put(partition, 'case')])
        const outcomes = await Promise.all(
          Array.from({ length: 12 }, (_, n) =>
            store.transact([put(partition, 'case', { by: n }, { when: { version: 1 } })]),
          ),
        )
        expect(outcomes.filter(({ outcome }) => outcome === 'committed')).toHaveLength(1)
      })

      it('takes 100 writes', async () => {
        const partition = fresh()
        const writes = Array.from({ length: 100 }, (_, n) => put(partition, String(n).padStart(4, '0')))
        expect(await store.transact(writes)).toEqual({ outcome: 'committed' })
        expect(await allSorts(partition, { limit: 1000 })).toHaveLength(100)
      })

      it('commits an empty transaction', async () => {
        expect(await store.transact([])).toEqual({ outcome: 'committed' })
      })

      it('throws on more than 100 writes and writes none of them', async () => {
        const partition = fresh()
        const writes = Array.from({ length: 101 }, (_, n) => put(partition, `s${n}`))
        await expect(store.transact(writes)).rejects.toThrow()
        expect(await store.list(partition, { limit: 1 })).toEqual({ records: [] })
      })

      it('throws on two writes to one key', async () => {
        const partition = fresh()
        const check = { write: 'check', partition, sort: 'a', when: 'absent' } as const
        await expect(store.transact([put(partition, 'a'), check])).rejects.toThrow()
        expect(await store.read({ partition, sort: 'a' })).toBeUndefined()
      })

      it('throws on an empty key, which DynamoDB has no place for', async () => {
        await expect(store.transact([put(fresh(), '')])).rejects.toThrow()
        await expect(store.transact([put('', 'a')])).rejects.toThrow()
      })

      it('throws on a record over 400 KB, which DynamoDB does not hold', async () => {
        await expect(store.transact([put(fresh(), 'a', { text: 'x'.repeat(420_000) })])).rejects.toThrow()
      })
    })

    describe('listing', () => {
      const fill = async (sorts: readonly string[]) => {
        const partition = fresh()
        await store.transact(sorts.map((sort) => put(partition, sort, { of: sort })))
        return partition
      }

      it('goes by sort key, as bytes of UTF-8', async () => {
        const partition = await fill(['b', 'a', 'B', 'ä', 'z', '\u{1F9B4}', '\uFF21', '#1'])
        expect(await sortsOf(partition, { limit: 10 })).toEqual(['#1', 'B', 'a', 'b', 'z', 'ä', '\uFF21', '\u{1F9B4}'])
      })

      it('sees one partition only', async () => {
        const partition = await fill(['a'])
        await store.transact([put(`${partition}2`, 'a'), put(partition.slice(0, -1), 'a')])
        expect(await sortsOf(partition, { limit: 10 })).toEqual(['a'])
      })

      it('includes from and excludes to', async () => {
        const partition = await fill(['event#1', 'event#2', 'event#3', 'other'])
        expect(await sortsOf(partition, { from: 'event#2', limit: 10 })).toEqual(['event#2', 'event#3', 'other'])
        expect(await sortsOf(partition, { to: 'event#3', limit: 10 })).toEqual(['event#1', 'event#2'])
        expect(await sortsOf(partition, { from: 'event#', to: 'event$', limit: 10 })).toEqual([
          'event#1',
          'event#2',
          'event#3',
        ])
        expect(await sortsOf(partition, { from: 'x', to: 'b', limit: 10 })).toEqual([])
        expect(await sortsOf(partition, { from: 'other', to: 'other', limit: 10 })).toEqual([])
      })

      it('pages through everything once, in both directions', async () => {
        const sorts = Array.from({ length: 23 }, (_, n) => String(n).padStart(2, '0'))
        const partition = await fill(sorts)
        expect(await allSorts(partition, { limit: 5 })).toEqual(sorts)
        expect(await allSorts(partition, { limit: 5, newestFirst: true })).toEqual(sorts.toReversed())
        expect(await allSorts(partition, { limit: 4, from: '03', to: '11', newestFirst: true })).toEqual(
          ['03', '04', '05', '06', '07', '08', '09', '10'].reverse(),
        )
      })

      it('goes on after a key that has been removed meanwhile', async () => {
        const partition = await fill(['a', 'b', 'c'])
        await store.transact([{ write: 'remove', when: 'always', partition, sort: 'b' }])
        expect(await sortsOf(partition, { after: 'b', limit: 10 })).toEqual(['c'])
        expect(await sortsOf(partition, { after: 'b', limit: 10, newestFirst: true })).toEqual(['a'])
      })

      it('never gives more than asked for', async () => {
        const partition = await fill(['a', 'b', 'c'])
        expect(await sortsOf(partition, { limit: 1 })).toEqual(['a'])
        expect(await sortsOf(partition, { limit: 1, newestFirst: true })).toEqual(['c'])
      })

      it('refuses an empty bound, which no store of keys takes', async () => {
        await expect(store.list(fresh(), { from: '', limit: 10 })).rejects.toThrow()
      })
    })
  })
}
