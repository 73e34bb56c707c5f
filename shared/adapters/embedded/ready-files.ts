import { randomBytes } from 'node:crypto'
import { closeSync, open as openCallback } from 'node:fs'
import { mkdir, open } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

/** An empty file whose name is on the disk already, open for writing. */
export interface ReadyFile {
  readonly name: string
  readonly descriptor: number
}

export interface ReadyFiles {
  /** Makes the first batch before anybody asks: the first uploads would wait for it. */
  prepare(): Promise<void>
  take(): Promise<ReadyFile>
  /** Whether this process made the batch. */
  owns(batch: string): boolean
  /** Nothing is made in the folder any more once it answers. */
  close(): Promise<void>
}

const BATCH = 64

const syncDirectory = async (path: string): Promise<void> => {
  const directory = await open(path, 'r')
  try {
    await directory.sync()
  } finally {
    await directory.close()
  }
}

const openFile = promisify(openCallback)

const makeBatch = async (root: string, batch: string): Promise<ReadyFile[]> => {
  await mkdir(join(root, batch))
  const made: ReadyFile[] = []
  for (let at = 0; at < BATCH; at += 1) {
    const name = `${batch}/${at.toString(16).padStart(2, '0')}`
    made.push({ name, descriptor: await openFile(join(root, name), 'wx', 0o600) })
  }
  await syncDirectory(join(root, batch))
  await syncDirectory(root)
  return made
}

/**
 * A new file is durable only when its directory has been synced too, and that costs as much as syncing its bytes. So empty files
 * are made by the batch, their names synced together, before anybody needs them; an upload then syncs its own bytes alone.
 * `mark`: how the names of this process's batches begin, in whichever of its threads they are made.
 */
export const readyFiles = (root: string, mark: string): ReadyFiles => {
  const ready: ReadyFile[] = []
  let refilling: Promise<void> | undefined

  const refill = async (): Promise<void> => {
    try {
      const batch = `${mark}${randomBytes(8).toString('hex')}`
      ready.push(...(await makeBatch(root, batch)))
    } finally {
      refilling = undefined
    }
  }

  const take = async (): Promise<ReadyFile> => {
    // A whole batch lies ready while the next is made, or uploads catch up with it.
    if (ready.length < BATCH) {
      refilling ??= refill()
      if (ready.length === 0) await refilling
      // Awaited by the next who finds none ready.
      else refilling.catch(() => undefined)
    }
    return ready.pop() ?? take()
  }

  return {
    prepare: () => (refilling ??= refill()),
    take,
    owns: (batch) => batch.startsWith(mark),
    close: async () => {
      // What it could not make, nobody needs any more.
      await refilling?.catch(() => undefined)
      for (const { descriptor } of ready.splice(0)) closeSync(descriptor)
    },
  }
}
