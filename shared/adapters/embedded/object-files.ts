import { closeSync, openSync, readSync } from 'node:fs'
import { open, readdir, rm, rmdir } from 'node:fs/promises'
import { join } from 'node:path'
import { Refusal } from '../../domain/refusal.ts'
import type { NewFile } from './new-file.ts'
import { newFile } from './new-file.ts'
import { readyFiles } from './ready-files.ts'

export interface ObjectFiles {
  readonly root: string
  readonly mark: string
  /** For whoever receives: the first uploads then find files ready. */
  prepare(): Promise<void>
  create(): Promise<NewFile>
  /** Bytes [from, toExclusive), cut at the end of the file. */
  read(name: string, from: number, toExclusive: number): Promise<Uint8Array>
  stream(name: string, from: number, toExclusive: number): AsyncIterable<Uint8Array>
  remove(name: string): Promise<void>
  /** Removes what an earlier process left behind: every file of its batches that is not known. */
  sweep(isKnown: (name: string) => boolean): Promise<number>
  /** Lets go of the files that lie ready. */
  close(): Promise<void>
}

const READ_BYTES = 256 * 1024

/** Between the look at its row and the opening the object may have been removed: then it is not there, as S3 would say. */
const faultOf = (error: unknown): unknown =>
  error instanceof Error && 'code' in error && error.code === 'ENOENT' ? new Refusal('not-found', {}, error) : error

const opened = <File>(opening: () => File): File => {
  try {
    return opening()
  } catch (error) {
    throw faultOf(error)
  }
}

const tooShort = (): Error => new Error('an object is shorter on the disk than was stored')

/** At once: what is read so is the head of an object that has just been written, and lies in the page cache (ADR 0017). */
const readAtOnce = (path: string, from: number, bytes: number): Uint8Array => {
  const descriptor = opened(() => openSync(path, 'r'))
  try {
    const chunk = Buffer.allocUnsafe(bytes)
    for (let at = 0; at < bytes;) {
      const read = readSync(descriptor, chunk, at, bytes - at, from + at)
      if (read === 0) throw tooShort()
      at += read
    }
    return chunk
  } finally {
    closeSync(descriptor)
  }
}

/**
 * The bytes of objects, under random names: no key ever becomes a path. A row in the cell's database is what makes a file an
 * object, so there is nothing to rename and no half object that anybody could see.
 */
export const objectFiles = (root: string, mark: string): ObjectFiles => {
  const ready = readyFiles(root, mark)

  async function* stream(name: string, from: number, toExclusive: number): AsyncGenerator<Uint8Array> {
    const handle = await open(join(root, name), 'r').catch((error: unknown) => {
      throw faultOf(error)
    })
    try {
      for (let at = from; at < toExclusive;) {
        const chunk = Buffer.allocUnsafe(Math.min(READ_BYTES, toExclusive - at))
        const { bytesRead } = await handle.read(chunk, 0, chunk.byteLength, at)
        if (bytesRead === 0) throw tooShort()
        yield chunk.subarray(0, bytesRead)
        at += bytesRead
      }
    } finally {
      await handle.close()
    }
  }

  return {
    root,
    mark,
    prepare: () => ready.prepare(),
    create: async () => {
      const { name, descriptor } = await ready.take()
      return newFile(name, join(root, name), descriptor)
    },
    read: async (name, from, toExclusive) => {
      if (toExclusive - from <= READ_BYTES) return readAtOnce(join(root, name), from, toExclusive - from)
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
