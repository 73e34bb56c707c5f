import { closeSync, existsSync, fdatasync, fsyncSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { promisify } from 'node:util'
import { CELL_CHANGES, CELL_TABLES, SCHEMA_VERSION } from './cell-schema.ts'

export interface CellDatabase {
  /** For reading, and for the statements that `commit` runs. */
  readonly sql: DatabaseSync
  /**
   * Runs `work` in the next group commit and answers once that is on the disk. What `work` throws undoes its own changes
   * alone. It must be synchronous: everything between BEGIN and COMMIT happens in one turn of the event loop.
   */
  commit<Result>(work: () => Result): Promise<Result>
  /** After a failed sync the kernel may have dropped the pages: nothing written later can be trusted to be durable. */
  refuseWrites(cause: unknown): void
  close(): Promise<void>
}

interface Job {
  /** Runs the work and gives what to do once it is durable. */
  readonly run: () => () => void
  readonly fail: (cause: unknown) => void
}

const syncData = promisify(fdatasync)

const syncDirectory = (path: string): void => {
  const directory = openSync(path, 'r')
  fsyncSync(directory)
  closeSync(directory)
}

const bringUp = (sql: DatabaseSync): void => {
  const found = Number(sql.prepare('PRAGMA user_version').get()?.['user_version'])
  if (found > SCHEMA_VERSION) throw new Error(`the data directory was written by a later Overread (schema ${found})`)
  sql.exec('BEGIN IMMEDIATE')
  for (const change of found === 0 ? [CELL_TABLES] : CELL_CHANGES.slice(found - 1)) sql.exec(change)
  // Written each time, so that the write-ahead log exists and can be opened for syncing.
  sql.exec(`PRAGMA user_version = ${SCHEMA_VERSION}; COMMIT`)
}

const open = (path: string): DatabaseSync => {
  const sql = new DatabaseSync(path)
  try {
    // Exclusive: a second server on one data directory would hand out the same message and sweep away the other's files.
    sql.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL')
    sql.exec('PRAGMA wal_autocheckpoint = 4000; PRAGMA cache_size = -16000; PRAGMA temp_store = MEMORY')
    bringUp(sql)
    return sql
  } catch (error) {
    sql.close()
    if (error instanceof Error && error.message.includes('locked'))
      throw new Error(`the data directory ${dirname(path)} is in use by another process`, { cause: error })
    throw error
  }
}

/** A savepoint for each job: one that throws leaves no trace, and the others are committed with it. */
const groupRunner = (sql: DatabaseSync): ((jobs: readonly Job[]) => (() => void)[]) => {
  const [begin, commit] = [sql.prepare('BEGIN IMMEDIATE'), sql.prepare('COMMIT')]
  const [save, undo, keep] = [sql.prepare('SAVEPOINT job'), sql.prepare('ROLLBACK TO job'), sql.prepare('RELEASE job')]

  const settleOne = (job: Job): (() => void) => {
    save.run()
    try {
      return job.run()
    } catch (error) {
      undo.run()
      return () => job.fail(error)
    } finally {
      keep.run()
    }
  }

  return (jobs) => {
    begin.run()
    try {
      const settle = jobs.map(settleOne)
      commit.run()
      return settle
    } catch (error) {
      if (sql.isTransaction) sql.exec('ROLLBACK')
      throw error
    }
  }
}

/**
 * Opens or makes the cell's one SQLite file.
 *
 * SQLite writes the log at COMMIT but does not sync it (`synchronous = NORMAL`); we sync it in a worker thread before any
 * caller hears of success. The guarantee is that of `synchronous = FULL` - what was acknowledged survives `kill -9` and a
 * power cut - without stopping the event loop for each sync, and one sync serves all that came meanwhile (ADR 0015).
 */
export const openCellDatabase = (path: string): CellDatabase => {
  const isNew = !existsSync(path)
  const sql = open(path)
  const log = openSync(`${path}-wal`, 'r')
  if (isNew) syncDirectory(dirname(path))
  let waiting: Job[] = []
  let working: Promise<void> | undefined
  let broken: unknown

  const runGroup = groupRunner(sql)
  const refused = (): Error => new Error('the cell stopped writing after a failed disk sync', { cause: broken })

  /** Gives, once the group is on the disk or has failed, what its callers are to be told. */
  const writeGroup = async (): Promise<readonly (() => void)[]> => {
    const jobs = waiting
    waiting = []
    try {
      if (broken !== undefined) throw refused()
      const settle = runGroup(jobs)
      await syncData(log)
      return settle
    } catch (error) {
      if (!sql.isTransaction && error instanceof Error && 'syscall' in error) broken ??= error
      return jobs.map(
        ({ fail }) =>
          () =>
            fail(error),
      )
    }
  }

  const workOff = async (): Promise<void> => {
    await nextTurn()
    for (let group: ReturnType<typeof writeGroup> | undefined = writeGroup(); group !== undefined;) {
      const tell = await group
      // Before the callers of this group go on: what they do next would keep the disk waiting.
      group = waiting.length > 0 ? writeGroup() : undefined
      for (const caller of tell) caller()
    }
    working = undefined
  }

  return {
    sql,
    commit: <Result>(work: () => Result) =>
      new Promise<Result>((resolve, reject) => {
        if (broken !== undefined) {
          reject(refused())
          return
        }
        waiting.push({
          run: () => {
            const result = work()
            return () => resolve(result)
          },
          fail: reject,
        })
        working ??= workOff()
      }),
    refuseWrites: (cause) => {
      broken ??= cause
    },
    close: async () => {
      await working
      closeSync(log)
      sql.close()
    },
  }
}
