import { randomBytes, randomUUID } from 'node:crypto'
import { readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, describe, expect, it } from 'vitest'
import { openCellDatabase } from '../../../../../shared/adapters/embedded/cell-database.ts'
import { commitFile, diskObjectStore } from '../../../../../shared/adapters/embedded/disk-object-store.ts'
import { dropHalfReceived, openShelf, tidyShelf } from '../../../../../shared/adapters/embedded/open-shelf.ts'
import { sqliteMessageQueues } from '../../../../../shared/adapters/embedded/sqlite-message-queues.ts'
import { unsyncedFiles } from '../../../../../shared/adapters/embedded/unsynced-files.ts'
import { virtualClock } from '../../../../../shared/adapters/embedded/virtual-clock.ts'
import { queueNames } from '../../../../../shared/contracts/messages.ts'
import type { ObjectRef } from '../../../../../shared/ports/object-store.ts'
import { scratchFolder } from '../../../../builders/scratch-folder.ts'
import { inside } from '../../../../builders/inside.ts'

const dicom = { contentType: 'application/dicom' }
const clock = virtualClock('2026-11-24T03:00:00.000Z')
const folder = scratchFolder('shelf')
const database = openCellDatabase(join(folder, 'cell.db'))
afterAll(() => database.close())
const queues = sqliteMessageQueues(database, clock)
const objects = diskObjectStore(openShelf(folder, database, queues))
const fresh = <B extends ObjectRef['bucket'] = 'images'>(bucket = 'images' as B): ObjectRef<B> => ({
  bucket,
  key: randomUUID(),
})

/** Files that hold bytes; empty ones lie ready for the next uploads. */
const filled = () =>
  readdirSync(join(folder, 'objects'), { recursive: true, withFileTypes: true }).filter(
    (entry) => entry.isFile() && statSync(join(entry.parentPath, entry.name)).size > 0,
  ).length

describe('objects on disk', () => {
  it('share one file with their copies; it goes with the last of them', async () => {
    const before = filled()
    const [one, two] = [fresh('incoming'), fresh('images')]
    await objects.put(one, randomBytes(100), dicom)
    await objects.copy(one, two)
    expect(filled()).toBe(before + 1)
    await objects.remove(one)
    expect(filled()).toBe(before + 1)
    await objects.remove(two)
    expect(filled()).toBe(before)
  })

  it('are made ready in the background, and nothing is made any more once the shelf is closed', async () => {
    const own = scratchFolder('closing')
    const { files } = openShelf(own, database, queues)
    // The second finds less than a batch left.
    for (const file of [await files.create(), await files.create()]) await file.discard()
    await files.close()
    const lying = () => readdirSync(join(own, 'objects'), { recursive: true }).length
    const before = lying()
    await pause(100)
    expect(lying()).toBe(before)
  })

  it('leave no file behind when they are replaced or not taken', async () => {
    const before = filled()
    const ref = fresh()
    await objects.put(ref, randomBytes(10), dicom)
    await objects.put(ref, randomBytes(20), { ...dicom, replace: true })
    await Promise.all([objects.put(ref, randomBytes(30), dicom), objects.put(ref, randomBytes(30), dicom)])
    expect(filled()).toBe(before + 1)
  })

  it.each([
    ['stat/', 'ingest-stat'],
    ['urgent/', 'ingest-urgent'],
    ['studies/', 'ingest'],
  ] as const)('announce what arrives under %s to %s, once, and no other bucket or key', async (prefix, queue) => {
    const ref: ObjectRef = { bucket: 'incoming', key: `${prefix}${randomUUID()}` }
    await objects.put(ref, randomBytes(10), dicom)
    await objects.put(ref, randomBytes(10), dicom)
    await objects.put({ ...ref, bucket: 'images' }, randomBytes(10), dicom)
    await objects.put({ bucket: 'incoming', key: `attachments/${ref.key}` }, randomBytes(10), dicom)
    const received = await Promise.all(queueNames.map(async (name) => [name, await queues.receive(name, 10)] as const))
    expect(
      received.flatMap(([name, messages]) => messages.map(({ body }) => [name, JSON.parse(body) as unknown])),
    ).toEqual([[queue, { kind: 'object-arrived', key: ref.key }]])
  })

  it('keep their names out of the file system', async () => {
    const ref: ObjectRef = { bucket: 'images', key: 'Huber^Anna/../../PAT-4711' }
    await objects.put(ref, randomBytes(10), dicom)
    const names = readdirSync(folder, { recursive: true }).map(String)
    expect(names.filter((name) => !/^(cell\.db(-wal)?|objects(\/[0-9a-f]{24}(\/[0-9a-f]{2})?)?)$/.test(name))).toEqual(
      [],
    )
  })
})

/** A folder whose first process has been killed: what it wrote is there, and a second has opened it. */
const killedAndRestarted = () => {
  const own = scratchFolder('killed')
  const ownDatabase = openCellDatabase(join(own, 'cell.db'))
  const open = () => openShelf(own, ownDatabase, sqliteMessageQueues(ownDatabase, clock))
  const killed = open()
  return {
    own,
    killed,
    restarted: open(),
    tidy: async (opened = open()) => {
      // What is killed makes no more files ready.
      await killed.files.prepare()
      await tidyShelf(opened, Date.parse(clock.now()))
    },
  }
}

const write = async ({ files }: ReturnType<typeof openShelf>, bytes: number) => {
  const file = await files.create()
  file.write(randomBytes(bytes))
  await file.keep()
  return file.name
}

describe('what a killed process left', () => {
  it('is swept away at the next start, and nothing else', async () => {
    const { killed, restarted, tidy } = killedAndRestarted()
    const kept = [fresh(), fresh()]
    for (const ref of kept) await diskObjectStore(killed).put(ref, randomBytes(1000), dicom)
    const orphan = await write(killed, 5000)
    await tidy(restarted)
    await expect(restarted.files.read(orphan, 0, 1)).rejects.toMatchObject({ code: 'not-found' })
    for (const ref of kept)
      expect((await diskObjectStore(restarted).readRange(inside, ref, 0, 1000)).byteLength).toBe(1000)
  })

  it('is all that is swept: not a file that this process is filling', async () => {
    const { restarted, tidy } = killedAndRestarted()
    const uploading = await restarted.files.create()
    uploading.write(randomBytes(5000))
    await tidy(restarted)
    await uploading.keep()
    expect((await restarted.files.read(uploading.name, 0, 5000)).byteLength).toBe(5000)
  })

  it('is, of an upload in parts, given up after a day, with its files', async () => {
    const { killed, restarted, tidy } = killedAndRestarted()
    const [ref, begun] = [fresh('incoming'), Date.parse(clock.now())]
    const multipartId = await killed.database.commit(() => killed.multiparts.start(ref, 'application/dicom', begun))
    const file = await write(killed, 700)
    await killed.database.commit(() =>
      killed.multiparts.savePart(ref, multipartId, { partNumber: 1, bytes: 700 }, file),
    )
    await tidy(restarted)
    expect((await restarted.files.read(file, 0, 700)).byteLength).toBe(700)
    clock.advance(25 * 3_600_000)
    await tidy(restarted)
    expect(restarted.multiparts.isOpen(ref, multipartId)).toBe(false)
    await expect(restarted.files.read(file, 0, 700)).rejects.toMatchObject({ code: 'not-found' })
  })

  it.each([
    ['without its last bytes', (bytes: Buffer) => bytes.subarray(0, 400)],
    ['with zeros for some of its bytes', (bytes: Buffer) => bytes.fill(0, 500)],
  ])('is, of an upload that a power cut left %s, dropped: its sender was not answered', async (_, spoilt) => {
    const { own, killed, restarted } = killedAndRestarted()
    const [whole, cut, copied] = [fresh('incoming'), fresh('incoming'), fresh()]
    for (const ref of [whole, cut, copied]) await diskObjectStore(killed).put(ref, randomBytes(1000), dicom)
    for (const ref of [cut, copied]) {
      const { segments } = restarted.rows.find(ref) ?? { segments: [] }
      writeFileSync(join(own, 'objects', segments[0]?.file ?? ''), spoilt(randomBytes(1000)))
    }
    expect(await dropHalfReceived(restarted)).toBe(1)
    expect(restarted.rows.find(cut)).toBeUndefined()
    // What was answered long ago and is now spoilt is damage, to be reported and not to be forgotten.
    for (const ref of [whole, copied]) expect(restarted.rows.find(ref)).toBeDefined()
  })

  it('is noticed when the disk gives back less than was stored', async () => {
    const { own, killed, restarted } = killedAndRestarted()
    const ref = fresh()
    await diskObjectStore(killed).put(ref, randomBytes(1000), dicom)
    const { segments } = restarted.rows.find(ref) ?? { segments: [] }
    writeFileSync(join(own, 'objects', segments[0]?.file ?? ''), randomBytes(10))
    await expect(diskObjectStore(restarted).readRange(inside, ref, 0, 1000)).rejects.toThrow('shorter')
  })
})

describe('an upload whose bytes are not on the disk yet', () => {
  const receiving = async () => {
    const own = scratchFolder('syncing')
    const opened = openCellDatabase(join(own, 'cell.db'))
    const disk = Promise.withResolvers<undefined>()
    const shelf = {
      ...openShelf(own, opened, sqliteMessageQueues(opened, clock)),
      unsynced: unsyncedFiles(opened, () => disk.promise),
    }
    const [ref, file] = [fresh('incoming'), await shelf.files.create()]
    file.write(randomBytes(100))
    const { name, descriptor } = file
    const object = { name, descriptor, bytes: 100, sha256: undefined, ...dicom, replace: false }
    const events: string[] = []
    const answered = commitFile(shelf, ref, object).then(
      () => void events.push('answered'),
      () => void events.push('failed'),
    )
    await opened.commit(() => undefined)
    const copied = diskObjectStore(shelf)
      .copy(ref, fresh())
      .then(
        () => void events.push('copied'),
        () => void events.push('not copied'),
      )
    await opened.commit(() => undefined)
    return { opened, shelf, ref, disk, events, ended: Promise.all([answered, copied]) }
  }

  it('has its row, so that its header can be read, but neither an answer nor a copy', async () => {
    const { shelf, ref, disk, events, ended } = await receiving()
    expect((await diskObjectStore(shelf).readRange(inside, ref, 0, 100)).byteLength).toBe(100)
    expect(events).toEqual([])
    disk.resolve(undefined)
    await ended
    expect(events.toSorted()).toEqual(['answered', 'copied'])
  })

  it('stops all writing where they cannot be synced: nobody is told of what may be lost', async () => {
    const { opened, disk, events, ended } = await receiving()
    disk.reject(new Error('EIO'))
    await ended
    expect(events.toSorted()).toEqual(['failed', 'not copied'])
    await expect(opened.commit(() => undefined)).rejects.toThrow('failed disk sync')
  })
})
