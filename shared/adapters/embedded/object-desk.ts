import type { ObjectRef, PartBinding } from '../../ports/object-store.ts'
import { commitFile, type ObjectShelf } from './disk-object-store.ts'
import type { StoredObject } from './object-rows.ts'

export interface ReceivedFile extends Omit<StoredObject, 'segments'> {
  readonly name: string
  readonly descriptor: number
}

/** What whoever serves objects asks of whoever holds their rows: all of it plain data, since the two are in different threads. */
export interface ObjectDesk {
  find(ref: ObjectRef): Promise<StoredObject | undefined>
  /** Create-only, into the incoming bucket. A descriptor is of the whole process: synced here, it stays the caller's to close. */
  receive(key: string, file: ReceivedFile): Promise<'stored' | 'exists'>
  isOpen(ref: ObjectRef, multipartId: string): Promise<boolean>
  /** `file` has been synced. False, and the file is gone, where the upload has ended meanwhile. */
  savePart(ref: ObjectRef, multipartId: string, part: PartBinding, file: string): Promise<boolean>
}

export const objectDesk = (shelf: ObjectShelf): ObjectDesk => ({
  find: (ref) => Promise.resolve(shelf.rows.find(ref)),
  receive: (key, file) => commitFile(shelf, { bucket: 'incoming', key }, { ...file, replace: false }),
  isOpen: (ref, multipartId) => Promise.resolve(shelf.multiparts.isOpen(ref, multipartId)),
  savePart: async (ref, multipartId, part, file) => {
    const { saved, freed } = await shelf.database.commit(() => shelf.multiparts.savePart(ref, multipartId, part, file))
    for (const name of freed) await shelf.files.remove(name)
    return saved
  },
})
