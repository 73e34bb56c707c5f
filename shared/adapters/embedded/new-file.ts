import { closeSync, fdatasync, writeSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { promisify } from 'node:util'

/** A file that no row names yet: whatever ends before the row is written leaves only what the next start sweeps away. */
export interface NewFile {
  readonly name: string
  readonly descriptor: number
  /**
   * Into the page cache, before it returns: a system call of 10 to 20 microseconds, where a turn through the thread pool costs
   * five times as much and would have to hold the chunk meanwhile (ADR 0017).
   */
  write(chunk: Uint8Array): void
  /** Syncs what was written to the disk, and closes; discards the file when that fails. */
  keep(): Promise<void>
  close(): void
  discard(): Promise<void>
}

const syncData = promisify(fdatasync)

export const newFile = (name: string, path: string, descriptor: number): NewFile => {
  let open = true
  const close = (): void => {
    // Once: the number may be another file's by then.
    if (!open) return
    open = false
    closeSync(descriptor)
  }

  const discard = async (): Promise<void> => {
    close()
    await rm(path, { force: true })
  }

  return {
    name,
    descriptor,
    close,
    write: (chunk) => {
      for (let at = 0; at < chunk.byteLength;) at += writeSync(descriptor, chunk, at)
    },
    keep: async () => {
      try {
        await syncData(descriptor)
      } catch (error) {
        await discard()
        throw error
      }
      close()
    },
    discard,
  }
}
