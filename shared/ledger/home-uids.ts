import * as z from 'zod'
import type { InCell } from '../domain/access/in-cell.ts'
import type { Case } from '../domain/case/case.ts'
import type { KeyVault } from '../ports/key-vault.ts'
import type { RecordStore } from '../ports/record-store.ts'
import { copiesOf, uidPairsContext } from './copy-ledger.ts'

const PairsSchema = z.array(z.tuple([z.string(), z.string()]))

/** The originals of those replacements among `sought` that stand in copies of the case; what is no copy's is not among them. */
export async function originalsOf(
  by: InCell<'file-report'>,
  ports: { readonly store: RecordStore; readonly keys: Pick<KeyVault, 'open'> },
  c: Case,
  sought: ReadonlySet<string>,
): Promise<ReadonlyMap<string, string>> {
  const home = new Map<string, string>()
  if (sought.size === 0) return home
  for await (const { copy } of copiesOf(ports.store, c.referralId)) {
    if (copy.uidPairs === undefined) continue
    const pairs = PairsSchema.parse(JSON.parse(await ports.keys.open(by, copy.uidPairs, uidPairsContext(c))))
    for (const [original, replacement] of pairs) if (sought.has(replacement)) home.set(replacement, original)
    if (home.size === sought.size) break
  }
  return home
}
