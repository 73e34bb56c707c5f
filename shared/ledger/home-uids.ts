import * as z from 'zod'
import type { Case } from '../domain/case/case.ts'
import type { KeyVault } from '../ports/key-vault.ts'
import type { RecordStore } from '../ports/record-store.ts'
import { copiesOf, uidPairsContext } from './copy-ledger.ts'

const PairsSchema = z.array(z.tuple([z.string(), z.string()]))

/** Not within a longer UID: one that only begins like a replacement is somebody else's. */
const REPLACEMENT = /(?<![\d.])2\.25\.\d{1,39}(?!\d|\.\d)/g

/** The UIDs of originals for those of their copies which some texts name; a UID that is no copy's is not among them. */
export async function originalUids(
  ports: { readonly store: RecordStore; readonly keys: Pick<KeyVault, 'open'> },
  c: Case,
  texts: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const sought = new Set(texts.flatMap((text) => text.match(REPLACEMENT) ?? []))
  const home = new Map<string, string>()
  if (sought.size === 0) return home
  for await (const { copy } of copiesOf(ports.store, c.referralId)) {
    if (copy.uidPairs === undefined) continue
    const pairs = PairsSchema.parse(JSON.parse(await ports.keys.open(copy.uidPairs, uidPairsContext(c))))
    for (const [original, replacement] of pairs) if (sought.has(replacement)) home.set(replacement, original)
    if (home.size === sought.size) break
  }
  return home
}

export const withOriginalUids = (text: string, home: ReadonlyMap<string, string>): string =>
  text.replace(REPLACEMENT, (uid) => home.get(uid) ?? uid)
