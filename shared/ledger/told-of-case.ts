import type { Principal } from '../domain/access/principal.ts'
import { relationsOf, type Relation } from '../domain/access/relations.ts'
import type { Case } from '../domain/case/case.ts'
import type { NetworkIndex } from '../domain/network/index-network.ts'
import { Refusal } from '../domain/refusal.ts'
import { permits } from '../domain/residency/decide.ts'
import type { Purpose } from '../domain/residency/decision-inputs.ts'
import { askForReader, settingFor, type SettingPorts } from './residency-question.ts'

/** To whom a case is known whatever the policy says of a reader: whose it is, who works on it, who was called to it. */
const knowing: readonly Relation[] = ['referring', 'triage', 'holder', 'operations', 'escalated-to']

/** With no other role: who leads a group or reviews its work knows its cases as its lead. */
export const isReaderAlone = ({ roles }: Principal): boolean => roles.every((role) => role === 'reader')

const standsAsReaderAlone = (c: Case, principal: Principal, network: NetworkIndex): boolean => {
  const relations = relationsOf(c, principal, network)
  return isReaderAlone(principal) && !knowing.some((relation) => relations.has(relation))
}

/** Where the policy forbids, whoever is nothing but a reader is not even told that the case exists. */
export async function mayBeTold(
  ports: SettingPorts,
  c: Case,
  principal: Principal,
  network: NetworkIndex,
  purpose: Purpose,
): Promise<boolean> {
  if (!standsAsReaderAlone(c, principal, network)) return true
  return permits(askForReader(c, principal, purpose, await settingFor(ports, network, c)), 'transfer_deidentified')
}

/** An emergency counts, as it does for the claim; the trail says what the caller is not told. */
export async function requireTold(
  ports: SettingPorts,
  c: Case,
  principal: Principal,
  network: NetworkIndex,
): Promise<void> {
  if (await mayBeTold(ports, c, principal, network, 'claim')) return
  throw new Refusal('not-found', {}, new Refusal('residency-forbidden'))
}
