import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, it } from 'vitest'
import { openCellDatabase } from '../../../../../shared/adapters/embedded/cell-database.ts'
import { sqliteMessageQueues } from '../../../../../shared/adapters/embedded/sqlite-message-queues.ts'
import { sqliteRecordStore } from '../../../../../shared/adapters/embedded/sqlite-record-store.ts'
import { scratchFolder } from '../../../../builders/scratch-folder.ts'

const clock = { now: () => '2026-11-24T03:00:00.000Z' }
const fresh = () => join(scratchFolder('database'), 'cell.db')

describe('the database of a cell', () => {
  it('undoes what threw and keeps what was committed with it', async () => {
    const database = openCellDatabase(fresh())
    const insert = database.sql.prepare('INSERT INTO records VALUES (?, ?, ?, 1, NULL)')
    const outcomes = await Promise.allSettled([
      database.commit(() => insert.run('a', '1', '{}')),
      database.commit(() => {
        insert.run('a', '2', '{}')
        throw new Error('on purpose')
      }),
      database.commit(() => insert.run('a', '3', '{}')),
    ])
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    expect(database.sql.prepare('SELECT sort FROM records ORDER BY sort').all()).toEqual([{ sort: '1' }, { sort: '3' }])
    await database.close()
  })

  it('refuses every write once the disk has failed to sync anything, those that wait included', async () => {
    const database = openCellDatabase(fresh())
    const insert = database.sql.prepare('INSERT INTO records VALUES (?, ?, ?, 1, NULL)')
    const waiting = database.commit(() => insert.run('a', '1', '{}'))
    database.refuseWrites(new Error('EIO'))
    await expect(waiting).rejects.toThrow('failed disk sync')
    await expect(database.commit(() => insert.run('a', '2', '{}'))).rejects.toThrow('failed disk sync')
    expect(database.sql.prepare('SELECT sort FROM records').all()).toEqual([])
    await database.close()
  })

  it('takes what comes in the moment a group is answered', async () => {
    const database = openCellDatabase(fresh())
    const insert = database.sql.prepare('INSERT INTO records VALUES (?, ?, ?, 1, NULL)')
    const chain = async (name: string) => {
      for (let n = 0; n < 20; n += 1) await database.commit(() => insert.run(name, String(n), '{}'))
    }
    await Promise.all(['a', 'b', 'c'].map(chain))
    expect(database.sql.prepare('SELECT count(*) AS n FROM records').get()).toEqual({ n: 60 })
    await database.close()
  })

  it('keeps everything over a restart', async () => {
    const path = fresh()
    const first = openCellDatabase(path)
    const key = { partition: 'org#a', sort: 'case' }
    await sqliteRecordStore(first, clock).transact([{ ...key, write: 'put', when: 'absent', body: { n: 1 } }])
    await first.close()
    const second = openCellDatabase(path)
    expect(await sqliteRecordStore(second, clock).read(key)).toMatchObject({ body: { n: 1 } })
    await second.close()
  })

  it('is refused to a second process: two servers would hand out the same message', async () => {
    const path = fresh()
    const database = openCellDatabase(path)
    const module = new URL('../../../../../shared/adapters/embedded/cell-database.ts', import.meta.url).href
    const script = `import { openCellDatabase } from ${JSON.stringify(module)}; openCellDatabase(${JSON.stringify(path)})`
    const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' })
    expect(status).not.toBe(0)
    expect(stderr).toContain('in use by another process')
    await database.close()
  })

  it('of the first version is brought up: what waited in it is handed out', async () => {
    const path = fresh()
    const first = openCellDatabase(path)
    await sqliteMessageQueues(first, clock).send('ingest', { kind: 'object-arrived', key: 'studies/a' })
    first.sql.exec(`DROP INDEX messages_by_sender; ALTER TABLE messages DROP COLUMN sender;
      CREATE INDEX messages_by_visibility ON messages (queue, visible_at); PRAGMA user_version = 1`)
    await first.close()
    const database = openCellDatabase(path)
    const received = await sqliteMessageQueues(database, clock).receive('ingest', 10)
    expect(received).toMatchObject([{ body: '{"kind":"object-arrived","key":"studies/a"}' }])
    await database.close()
    await openCellDatabase(path).close()
  })

  it('of a later version is refused, not misread', () => {
    const path = fresh()
    const later = new DatabaseSync(path)
    later.exec('PRAGMA user_version = 99')
    later.close()
    expect(() => openCellDatabase(path)).toThrow('later Overread')
  })
})

describe('records in SQLite', () => {
  it('that have expired are cleared away', async () => {
    const database = openCellDatabase(fresh())
    const store = sqliteRecordStore(database, clock)
    const put = (sort: string, expiresAt: string) =>
      store.transact([{ write: 'put', when: 'absent', partition: 'a', sort, body: {}, expiresAt }])
    await put('old', '2026-11-24T02:59:59.000Z')
    await put('new', '2026-11-24T03:00:01.000Z')
    expect(await store.removeExpired(10)).toBe(1)
    expect(database.sql.prepare('SELECT sort FROM records').all()).toEqual([{ sort: 'new' }])
    await database.close()
  })

  it('of the outbox are told of and listed, and no others', async () => {
    const database = openCellDatabase(fresh())
    const store = sqliteRecordStore(database, clock)
    let told = 0
    store.onOutbox(() => (told += 1))
    const put = (partition: string) =>
      store.transact([{ write: 'put', when: 'absent', partition, sort: '1', body: { partition } }])
    for (const partition of ['org#a', 'outbox#1', 'outbox#2', 'outboy', 'outbo']) await put(partition)
    expect(told).toBe(2)
    expect(store.outboxRecords(10).map(({ partition }) => partition)).toEqual(['outbox#1', 'outbox#2'])
    expect(store.outboxRecords(10, { partition: 'outbox#1', sort: '1' })).toHaveLength(1)
    await database.close()
  })

  it('refuse to count on what is no number', async () => {
    const database = openCellDatabase(fresh())
    const store = sqliteRecordStore(database, clock)
    const key = { partition: 'a', sort: '1' }
    await store.transact([{ ...key, write: 'put', when: 'absent', body: { n: 'one' } }])
    await expect(store.transact([{ ...key, write: 'add', counts: { n: 1 } }])).rejects.toThrow(TypeError)
    expect(await store.read(key)).toMatchObject({ body: { n: 'one' }, version: 1 })
    await database.close()
  })
})
