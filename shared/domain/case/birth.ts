import type { OpenOrder, PathwayClocks, ReferralId, Sealed, Urgency } from './case.ts'
import type { CaseBirth } from './events.ts'
import type { Pathway } from '../network/pathway.ts'
import type { Site } from '../network/parties.ts'
import type { BodyRegion, Priority, Subspecialty } from '../network/vocabulary.ts'

const urgencies: Record<Priority, Urgency> = { stat: 'stat', asap: 'stat', urgent: 'urgent', routine: 'routine' }

export interface Reading {
  readonly subspecialty: Subspecialty
  readonly secondary?: Subspecialty
  readonly region: BodyRegion | 'unknown'
  readonly decidedBy: string
}

/** The case a referral begins as: everything that routing and clocks need, copied from the network as it is now. */
export function birthOf(given: {
  readonly referralId: ReferralId
  readonly site: Site
  readonly pathway: Pathway
  readonly order: OpenOrder
  readonly reading: Reading
  readonly patient: Sealed
  readonly referrerPersonId: string
  readonly missingHistory?: readonly string[]
}): CaseBirth {
  const { site, pathway, order, reading } = given
  const clocks: PathwayClocks = pathway.clocks
  return {
    schema: 'overread/case@4',
    referralId: given.referralId,
    referringOrgId: site.orgId,
    siteId: site.siteId,
    cellId: site.cellId,
    origin: site.jurisdiction,
    pathwayId: pathway.pathwayId,
    serviceLine: pathway.serviceLine,
    urgency: urgencies[pathway.priority],
    priority: pathway.priority,
    clocks,
    prelimFrom: pathway.prelimFrom,
    order,
    subspecialty: reading.subspecialty,
    ...(reading.secondary === undefined ? {} : { secondarySubspecialty: reading.secondary }),
    bodyRegion: reading.region,
    subspecialtyDecidedBy: reading.decidedBy,
    referrerPersonId: given.referrerPersonId,
    patient: given.patient,
    milestones: { pausedAcceptanceMinutes: 0, pausedReadingMinutes: 0 },
    images: {
      ...(order.studyInstanceUid === undefined ? {} : { studyInstanceUid: order.studyInstanceUid }),
      expected: 0,
      stored: 0,
      failed: 0,
      complete: false,
    },
    routing: { tier: 0, asked: [], round: 0 },
    readingGroups: [],
    reports: [],
    escalations: [],
    exceptions: [],
    emergencies: [],
    missingHistory: [...(given.missingHistory ?? [])],
    criticalResults: [],
  }
}
