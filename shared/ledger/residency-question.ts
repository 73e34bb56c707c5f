import { ownRecordAccess } from '../domain/access/own-record.ts'
import type { Principal } from '../domain/access/principal.ts'
import type { Identifiable, OnCopies } from '../domain/access/releases.ts'
import type { Case } from '../domain/case/case.ts'
import { breakGlassOf } from '../domain/case/emergency-access.ts'
import { copyFactsOf } from '../domain/deidentification/study-copies.ts'
import type { Instant } from '../domain/instant.ts'
import type { OrgId, ReaderId, SiteId } from '../domain/network/ids.ts'
import type { NetworkIndex } from '../domain/network/index-network.ts'
import type { Reader } from '../domain/network/reader.ts'
import {
  evidenceRecordsFor,
  residencyAskerOf,
  residencyReaderOf,
  type Asker,
} from '../domain/network/residency-view.ts'
import { Refusal } from '../domain/refusal.ts'
import { decide, permits, type ResidencyDecision } from '../domain/residency/decide.ts'
import type {
  DeidentificationFacts,
  Purpose,
  ResidencyFacts,
  ResidencyReader,
} from '../domain/residency/decision-inputs.ts'
import type { PolicyDocument } from '../domain/residency/jurisdiction-policy.ts'
import type { CellFacts, ResidencyDirectory } from '../ports/network-directory.ts'
import type { RecordStore } from '../ports/record-store.ts'
import type { Clock } from '../ports/surroundings.ts'
import type { AuthorisedCase } from './authorised-case.ts'
import { loadCopies } from './copy-ledger.ts'

export interface ResidencySetting {
  readonly network: NetworkIndex
  readonly policy: PolicyDocument
  readonly cell: CellFacts
  readonly now: Instant
  /** What is known of the copies of the case in question; absent where none may be made. */
  readonly copy?: DeidentificationFacts
}

export interface SettingPorts {
  readonly store: RecordStore
  readonly network: ResidencyDirectory
  readonly cell: CellFacts
  readonly clock: Clock
}

/** What every question about one case is asked in. */
export async function settingFor(ports: SettingPorts, network: NetworkIndex, c: Case): Promise<ResidencySetting> {
  const { store, cell, clock } = ports
  const loaded = cell.copies === undefined ? undefined : await loadCopies(store, c.referralId)
  const copy = cell.copies === undefined ? undefined : copyFactsOf(c, loaded?.copies, cell.copies.policy)
  const policy = await ports.network.policy()
  return { network, policy, cell, now: clock.now(), ...(copy === undefined ? {} : { copy }) }
}

export const originOf = (c: Case, network: NetworkIndex): string => {
  const site = network.sites.get(c.siteId as SiteId)
  // A site that has left the network keeps the origin the case was accepted under.
  return site === undefined ? c.origin : site.jurisdiction
}

function ask<const P extends Purpose>(
  c: Case,
  reader: Asker,
  asked: ResidencyReader,
  purpose: P,
  session: ResidencyFacts,
  { network, policy, cell, now, copy }: ResidencySetting,
): ResidencyDecision<P> {
  const breakGlass = breakGlassOf(c, asked.readerId, now)
  return decide(policy, originOf(c, network), asked, purpose, {
    now,
    caseId: c.referralId,
    records: evidenceRecordsFor(network, reader),
    facts: {
      storageRegion: cell.region,
      residencyFindings: cell.residencyFindings,
      modality: c.order.modality,
      studySource: 'site',
      localCopyRetained: c.images.complete,
      ...(cell.copies === undefined ? {} : { pseudonymKey: cell.copies.namesKey }),
      ...(copy === undefined ? {} : { deidentification: copy }),
      ...session,
    },
    ...(breakGlass === undefined ? {} : { breakGlass }),
  })
}

/** The router's question about a reader who need not be signed in. */
export const askForOffer = (c: Case, reader: Reader, setting: ResidencySetting): ResidencyDecision<'offer'> =>
  ask(c, reader, residencyReaderOf(setting.network, reader), 'offer', {}, setting)

/** No attestation in the token: the reader's place is unknown, and the policy knows no rule for an unknown place. */
const NOWHERE = 'ZZ'

/** Who triages, leads or reviews need be no reader and has no licence to show: what is then allowed is for the policy to say. */
const askerOf = ({ readerId, personId, orgId }: Principal): Asker => ({
  readerId: (readerId ?? personId) as ReaderId,
  orgId: orgId as OrgId,
})

/** The question about the person who is asking now, with what their session says. */
export function askForReader<const P extends Purpose>(
  c: Case,
  principal: Principal,
  purpose: P,
  setting: ResidencySetting,
): ResidencyDecision<P> {
  const { attestedCountry = NOWHERE, ipCountry, mfa, authTime } = principal
  const session = { attestedCountry, ...(ipCountry === undefined ? {} : { ipCountry: ipCountry.slice(0, 2) }) }
  const facts: ResidencyFacts = { mfa, ...(authTime === undefined ? {} : { authTime }) }
  const asker = askerOf(principal)
  return ask(c, asker, residencyAskerOf(setting.network, asker, session), purpose, facts, setting)
}

/** What lets somebody read of a patient: their own organisation's record, or a decision that allows so much. */
export type ReadingGrant<P extends Purpose> =
  | { readonly grant: 'identifiable'; readonly by: Identifiable<P> }
  | { readonly grant: 'copies'; readonly by: OnCopies<P> }

export async function grantToRead<const P extends Purpose>(
  ports: SettingPorts,
  { case: c, network }: AuthorisedCase,
  principal: Principal,
  purpose: P,
): Promise<ReadingGrant<P>> {
  const own = ownRecordAccess(c, principal)
  if (own !== undefined) return { grant: 'identifiable', by: own }
  const decision = askForReader(c, principal, purpose, await settingFor(ports, network, c))
  // Apart, since a decision that does not permit the one is to the compiler no decision that could permit the other.
  const identifiable = permits(decision, 'view_in_region_identifiable') ? decision : undefined
  if (identifiable !== undefined) return { grant: 'identifiable', by: identifiable }
  if (permits(decision, 'transfer_deidentified')) return { grant: 'copies', by: decision }
  throw new Refusal('residency-forbidden', { mode: decision.mode })
}
