import { closeSync, fdatasync, write } from 'node:fs'
import { rm } from 'node:fs/promises'
import { promisify } from 'node:util'

/** A file that no row names yet: whatever ends before the row is written leaves only what the next start sweeps away. */
export interface NewFile {
  readonly name: string
  /** Resolves when the next chunk may come; the chunk has been copied and may be used again. */
  write(chunk: Uint8Array): Promise<void>
  /** Writes the rest and syncs it to the disk; discards the file when that fails. */
  keep(): Promise<void>
  discard(): Promise<void>
}

const BUFFER_BYTES = 256 * 1024
/** More than two for each of a few dozen simultaneous uploads are let go. */
const SPARE_BUFFERS = 64

/**
 * Buffers that are used again. Holding the socket's own chunks until the disk has taken them would carry them past the young
 * generation of the garbage collector, and memory would grow with the speed of the senders.
 */
const spare: Buffer[] = []
const takeBuffer = (): Buffer => spare.pop() ?? Buffer.allocUnsafeSlow(BUFFER_BYTES)
const giveBack = (buffer: Buffer): void => {
  if (spare.length < SPARE_BUFFERS) spare.push(buffer)
}

const syncData = promisify(fdatasync)

/** The callback form: `FileHandle` makes promises of its own at each step, which is felt where thousands of files are written. */
const writeSome = (descriptor: number, buffer: Buffer, from: number, bytes: number): Promise<number> =>
  new Promise((resolve, reject) => {
    write(descriptor, buffer, from, bytes, null, (error, written) => {
      if (error === null) resolve(written)
      else reject(error)
    })
  })

const writeWhole = async (descriptor: number, buffer: Buffer, bytes: number): Promise<void> => {
  for (let at = 0; at < bytes;) at += await writeSome(descriptor, buffer, at, bytes - at)
}

/** One write is under way while the next buffer fills: a fast sender waits for the disk, never in memory. */
export const newFile = (name: string, path: string, descriptor: number): NewFile => {
  let buffer = takeBuffer()
  let filled = 0
  let writing: Promise<void> = Promise.resolve()

  const writeFilled = async (): Promise<void> => {
    await writing
    const [full, bytes] = [buffer, filled]
    buffer = takeBuffer()
    filled = 0
    writing = writeWhole(descriptor, full, bytes).finally(() => giveBack(full))
    // Awaited by whoever comes next; until then it must not count as unhandled.
    writing.catch(() => undefined)
  }

  let open = true
  const close = (): void => {
    // Once: a buffer given back twice would be filled by two uploads at the same time.
    if (!open) return
    open = false
    giveBack(buffer)
    closeSync(descriptor)
  }

  const discard = async (): Promise<void> => {
    await writing.catch(() => undefined)
    close()
    await rm(path, { force: true })
  }

  return {
    name,
    write: async (chunk) => {
      for (let at = 0; at < chunk.byteLength;) {
        if (filled === BUFFER_BYTES) await writeFilled()
        const taken = Math.min(chunk.byteLength - at, BUFFER_BYTES - filled)
        buffer.set(chunk.subarray(at, at + taken), filled)
        filled += taken
        at += taken
      }
    },
    keep: async () => {
      try {
        if (filled > 0) await writeFilled()
        await writing
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
