import type { FileHandle } from 'node:fs/promises'
import { open, readdir, rm, rmdir } from 'node:fs/promises'
import { join } from 'node:path'
import { Refusal } from '../../domain/refusal.ts'
import type { NewFile } from './new-file.ts'
import { newFile } from './new-file.ts'
import { readyFiles } from './ready-files.ts'

export interface ObjectFiles {
  create(): Promise<NewFile>
  /** Bytes [from, toExclusive), cut at the end of the file. */
  read(name: string, from: number, toExclusive: number): Promise<Uint8Array>
  stream(name: string, from: number, toExclusive: number): AsyncIterable<Uint8Array>
  remove(name: string): Promise<void>
  /** Removes what an earlier process left behind: every file of its batches that is not known. */
  sweep(isKnown: (name: string) => boolean): Promise<number>
  /** Lets go of the files that lie ready. */
  close(): void
}

const READ_BYTES = 256 * 1024

/** Between the look at its row and this the object may have been removed: then it is not there, as S3 would say. */
const openStored = async (path: string): Promise<FileHandle> => {
  try {
    return await open(path, 'r')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') throw new Refusal('not-found', {}, error)
    throw error
  }
}

/**
 * The bytes of objects, under random names: no key ever becomes a path. A row in the cell's database is what makes a file an
 * object, so there is nothing to rename and no half object that anybody could see.
 */
export const objectFiles = (root: string): ObjectFiles => {
  const ready = readyFiles(root)

  async function* stream(name: string, from: number, toExclusive: number): AsyncGenerator<Uint8Array> {
    const handle = await openStored(join(root, name))
    try {
      for (let at = from; at < toExclusive;) {
        const chunk = Buffer.allocUnsafe(Math.min(READ_BYTES, toExclusive - at))
        const { bytesRead } = await handle.read(chunk, 0, chunk.byteLength, at)
        if (bytesRead === 0) throw new Error('an object is shorter on the disk than was stored')
        yield chunk.subarray(0, bytesRead)
        at += bytesRead
      }
    } finally {
      await handle.close()
    }
  }

  return {
    create: async () => {
      const { name, descriptor } = await ready.take()
      return newFile(name, join(root, name), descriptor)
    },
    read: async (name, from, toExclusive) => {
      const chunks: Uint8Array[] = []
      for await (const chunk of stream(name, from, toExclusive)) chunks.push(chunk)
      return chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks)
    },
    stream,
    remove: (name) => rm(join(root, name), { force: true }),
    sweep: async (isKnown) => {
      let removed = 0
      for (const batch of (await readdir(root)).filter((name) => !ready.owns(name))) {
        const files = await readdir(join(root, batch))
        const unknown = files.map((file) => `${batch}/${file}`).filter((name) => !isKnown(name))
        for (const name of unknown) await rm(join(root, name), { force: true })
        if (unknown.length === files.length) await rmdir(join(root, batch))
        removed += unknown.length
      }
      return removed
    },
    close: () => ready.close(),
  }
}
