import { randomBytes } from 'node:crypto'
import type { FileHandle } from 'node:fs/promises'
import { mkdir, open, readdir, rm, rmdir } from 'node:fs/promises'
import { join } from 'node:path'
import { Refusal } from '../../domain/refusal.ts'
import type { NewFile } from './new-file.ts'
import { newFile } from './new-file.ts'

export interface ObjectFiles {
  create(): Promise<NewFile>
  /** Bytes [from, toExclusive), cut at the end of the file. */
  read(name: string, from: number, toExclusive: number): Promise<Uint8Array>
  stream(name: string, from: number, toExclusive: number): AsyncIterable<Uint8Array>
  remove(name: string): Promise<void>
  /** Removes what an earlier process left behind: every file of its batches that is not known. */
  sweep(isKnown: (name: string) => boolean): Promise<number>
}

/** So many empty files are made together, and their names synced to the disk with one sync of their directory. */
const BATCH = 64
const READ_BYTES = 256 * 1024

const syncDirectory = async (path: string): Promise<void> => {
  const directory = await open(path, 'r')
  try {
    await directory.sync()
  } finally {
    await directory.close()
  }
}

const makeBatch = async (root: string, batch: string): Promise<string[]> => {
  await mkdir(join(root, batch))
  const names = Array.from({ length: BATCH }, (_, at) => `${batch}/${at.toString(16).padStart(2, '0')}`)
  for (const name of names) await (await open(join(root, name), 'wx', 0o600)).close()
  await syncDirectory(join(root, batch))
  await syncDirectory(root)
  return names
}

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
  const ready: string[] = []
  const own = new Set<string>()
  let refilling: Promise<void> | undefined

  const refill = async (): Promise<void> => {
    try {
      const batch = randomBytes(12).toString('hex')
      own.add(batch)
      ready.push(...(await makeBatch(root, batch)))
    } finally {
      refilling = undefined
    }
  }

  const take = async (): Promise<string> => {
    if (ready.length < BATCH / 2) {
      refilling ??= refill()
      if (ready.length === 0) await refilling
      // Awaited by the next who finds none ready.
      else refilling.catch(() => undefined)
    }
    const name = ready.pop()
    return name ?? take()
  }

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
      const name = await take()
      const path = join(root, name)
      return newFile(name, path, await open(path, 'r+'))
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
      for (const batch of (await readdir(root)).filter((name) => !own.has(name))) {
        const files = await readdir(join(root, batch))
        const unknown = files.map((file) => `${batch}/${file}`).filter((name) => !isKnown(name))
        for (const name of unknown) await rm(join(root, name), { force: true })
        if (unknown.length === files.length) await rmdir(join(root, batch))
        removed += unknown.length
      }
      return removed
    },
  }
}
