import { inCell } from '../domain/access/in-cell.ts'
import type { Case, ReferralId } from '../domain/case/case.ts'
import type { KeyVault } from '../ports/key-vault.ts'
import type { RecordKey, RecordWrite } from '../ports/record-store.ts'
import { keyedDigest } from './keyed-digest.ts'
import { keys } from './keys.ts'
import { openPatient } from './patient-seal.ts'

export const guardDigest = async (
  vault: Pick<KeyVault, 'mac'>,
  kind: 'order' | 'study',
  orgId: string,
  value: string,
): Promise<string> => `${kind}#${await keyedDigest(vault, [kind, orgId, value])}`

/**
 * One referral an accession number and one case a study, within the organisation. The numbers stand in keys only as keyed
 * hashes: a key reaches logs that must not name a study.
 */
export async function orderGuards(
  vault: Pick<KeyVault, 'mac'>,
  orgId: string,
  referralId: ReferralId,
  order: { readonly accessionNumber?: string | undefined; readonly studyInstanceUid?: string | undefined },
): Promise<RecordWrite[]> {
  const given = [
    ['order', order.accessionNumber],
    ['study', order.studyInstanceUid],
  ] as const
  const writes: RecordWrite[] = []
  for (const [kind, value] of given) {
    if (value === undefined) continue
    const key = keys.guard(orgId, await guardDigest(vault, kind, orgId, value))
    writes.push({ write: 'put', when: 'absent', ...key, body: { referralId } })
  }
  return writes
}

/** The guards that a case holds. Its accession number is sealed with the patient, so the key must be usable. */
export async function guardsOf(vault: Pick<KeyVault, 'mac' | 'open'>, c: Case): Promise<RecordKey[]> {
  const { order } = await openPatient(inCell('free-guards'), vault, c)
  const studyInstanceUid = c.images.studyInstanceUid ?? order.studyInstanceUid
  const held = await orderGuards(vault, c.referringOrgId, c.referralId, { ...order, studyInstanceUid })
  return held.map(({ partition, sort }) => ({ partition, sort }))
}
