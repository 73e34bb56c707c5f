import type { KeyObject } from 'node:crypto'
import type { SealContext } from '../ports/key-vault.ts'

export interface DataKey {
  readonly key: KeyObject
  /** Under the cell's key. */
  readonly wrapped: Uint8Array
}

/** What makes and unwraps data keys. `bound` is the context in one canonical text. */
export interface DataKeySource {
  make(bound: string, context: SealContext): Promise<DataKey>
  unwrap(bound: string, context: SealContext, wrapped: Uint8Array): Promise<DataKey>
}

export interface DataKeys {
  forSealing(bound: string, context: SealContext): Promise<DataKey>
  forOpening(bound: string, context: SealContext, wrapped: Uint8Array): Promise<DataKey>
}

interface Held {
  readonly key: DataKey
  readonly until: number
}

/** A disabled key stops opening within a minute; until then a burst on one case costs one call for its key. */
const heldForMs = 60_000
const heldAtMost = 64

/** Each data key is held under its whole context, so none ever serves two cases. */
export const heldDataKeys = (source: DataKeySource, nowMs: () => number = Date.now): DataKeys => {
  const held = new Map<string, Held>()

  const once = async (name: string, fetch: () => Promise<DataKey>): Promise<DataKey> => {
    const found = held.get(name)
    if (found !== undefined && found.until > nowMs()) return found.key
    const key = await fetch()
    held.delete(name)
    held.set(name, { key, until: nowMs() + heldForMs })
    const oldest = held.keys().next()
    if (held.size > heldAtMost && oldest.done !== true) held.delete(oldest.value)
    return key
  }

  return {
    forSealing: (bound, context) => once(`seal ${bound}`, () => source.make(bound, context)),
    forOpening: (bound, context, wrapped) =>
      once(`open ${Buffer.from(wrapped).toString('base64')} ${bound}`, () => source.unwrap(bound, context, wrapped)),
  }
}
