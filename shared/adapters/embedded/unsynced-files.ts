import { fdatasync } from 'node:fs'
import { promisify } from 'node:util'
import type { CellDatabase } from './cell-database.ts'

/**
 * Files that a row names before their bytes are on the disk. Until they are, nobody is answered, and no second row is made for
 * them: a copy in another bucket is not looked at again after a power cut, as what was received is (`dropHalfReceived`).
 */
export interface UnsyncedFiles {
  /** `descriptor` stays the caller's to close. */
  sync(name: string, descriptor: number): Promise<void>
  /** At once where the file is no longer, or never was, under way. */
  onDisk(name: string): Promise<void>
}

const syncData = promisify(fdatasync)

export const unsyncedFiles = (
  database: Pick<CellDatabase, 'refuseWrites'>,
  sync: (descriptor: number) => Promise<void> = syncData,
): UnsyncedFiles => {
  const underWay = new Map<string, Promise<void>>()

  const syncOrStop = async (name: string, descriptor: number): Promise<void> => {
    try {
      await sync(descriptor)
    } catch (error) {
      database.refuseWrites(error)
      throw error
    } finally {
      underWay.delete(name)
    }
  }

  return {
    sync: (name, descriptor) => {
      const syncing = syncOrStop(name, descriptor)
      underWay.set(name, syncing)
      return syncing
    },
    onDisk: async (name) => underWay.get(name),
  }
}
