import type { CaseCommand } from '../../shared/domain/case/commands.ts'
import type { Standing } from './access-table.ts'

/** How one case came to where it stands. A word of the course is a report that its reader signs over HTTP. */
export interface Story {
  readonly name: string
  readonly siteId: 'donau-vienna' | 'liffey-dublin'
  readonly pathwayId: 'stroke' | 'oncology-follow-up'
  readonly course: readonly (CaseCommand | 'preliminary' | 'final')[]
  /** Person offered the case, person who holds it, groups that have held it. */
  readonly offeredTo?: string
  readonly heldBy?: string
  readonly groups?: readonly string[]
  /** Person whom a confirmed emergency lets in. */
  readonly letIn?: string
}

const vienna = { siteId: 'donau-vienna', pathwayId: 'stroke' } as const
const oncology = { siteId: 'donau-vienna', pathwayId: 'oncology-follow-up' } as const
const weber = { readerId: 'r-weber', groupOrgId: 'rheinblick-radiology', decisionId: 'd-1' }
const costa = { readerId: 'r-costa', groupOrgId: 'tejo-reads', decisionId: 'd-2' }
const imaged: CaseCommand = { command: 'count-images', expected: 2, stored: 2, failed: 0, complete: true }
const offered = (to: typeof weber): CaseCommand => ({ command: 'offer', ...to, poolId: 'p', tier: 0 })
const taken = (by: typeof weber): CaseCommand[] => [offered(by), { command: 'claim', claim: by }]
const late: CaseCommand = { command: 'fire-due', now: '2099-01-01T00:00:00.000Z' }
const heldByWeber = { heldBy: 'p-weber', groups: ['rheinblick-radiology'] } as const

const emergency: CaseCommand[] = [
  {
    command: 'declare-emergency',
    emergencyId: 'e-1',
    reason: 'threat-to-life',
    readerId: 'r-costa',
    readerPersonId: 'p-costa',
    personId: 'p-coordinator-vienna',
    minutes: 60,
    reviewMinutes: 72 * 60,
  },
  { command: 'confirm-emergency', emergencyId: 'e-1', personId: 'p-clerk-vienna' },
]

export const stories: readonly Story[] = [
  { name: 'in triage', ...oncology, course: [] },
  { name: 'late in triage', ...oncology, course: [late, late, late, late, late] },
  { name: 'late in triage again', ...oncology, course: [late, late, late, late, late] },
  { name: 'waiting for information', ...oncology, course: [{ command: 'request-information', item: 'other' }] },
  { name: 'waiting for images', ...vienna, course: [] },
  { name: 'offered', ...vienna, course: [imaged, offered(weber)], offeredTo: 'p-weber' },
  { name: 'opened in an emergency', ...vienna, course: [imaged, ...emergency], letIn: 'p-costa' },
  { name: 'claimed', ...vienna, course: [imaged, ...taken(weber)], ...heldByWeber },
  { name: 'preliminary', ...vienna, course: [imaged, ...taken(weber), 'preliminary'], ...heldByWeber },
  {
    name: 'delivered',
    ...vienna,
    course: [imaged, ...taken(weber), 'final', { command: 'deliver', recipientOrgId: 'donau-klinikum' }],
    ...heldByWeber,
  },
  {
    name: 'given back and claimed elsewhere',
    ...vienna,
    course: [
      imaged,
      ...taken(weber),
      { command: 'release-claim', readerId: 'r-weber', because: 'returned' },
      ...taken(costa),
    ],
    heldBy: 'p-costa',
    groups: ['rheinblick-radiology', 'tejo-reads'],
  },
  { name: 'in exception', ...vienna, course: [{ command: 'raise-exception', code: 'processing-failed' }] },
  { name: 'cancelled', ...vienna, course: [{ command: 'cancel', reason: 'other' }] },
  {
    name: 'of Dublin',
    siteId: 'liffey-dublin',
    pathwayId: 'stroke',
    course: [imaged, offered(costa)],
    offeredTo: 'p-costa',
  },
]

const referring = { 'donau-vienna': 'donau-klinikum', 'liffey-dublin': 'liffey-hospital' } as const
const triaging = { 'donau-vienna': 'triage-hub', 'liffey-dublin': 'liffey-hospital' } as const
const groupOf: Readonly<Record<string, string>> = { 'p-weber': 'rheinblick-radiology', 'p-costa': 'tejo-reads' }

export interface Teller {
  readonly personId: string
  readonly orgId: string
}

type ToldCase = Story & { readonly escalations: readonly { readonly personId: string; readonly orgId: string }[] }

/** Who stands how to a case, from its story. */
export function standingsOf(c: ToldCase, { personId, orgId }: Teller, asReader: boolean): readonly Standing[] {
  const { siteId, offeredTo, heldBy, letIn, groups = [], escalations } = c
  const holds: Readonly<Record<Standing, boolean>> = {
    'referring organisation': orgId === referring[siteId],
    'triaging organisation': orgId === triaging[siteId],
    'reader offered': asReader && personId === offeredTo,
    'reader holding': asReader && personId === heldBy,
    'reading group': groups.includes(orgId) || (offeredTo !== undefined && orgId === groupOf[offeredTo]),
    'reader named in an emergency': asReader && personId === letIn,
    operator: orgId === 'overread-operations',
    'escalated to': escalations.some((one) => one.personId === personId),
  }
  return (Object.keys(holds) as Standing[]).filter((standing) => holds[standing])
}

/** Whether a list may show the case to an organisation at all. */
export const isPartyTo = (c: ToldCase, orgId: string): boolean =>
  standingsOf(c, { personId: '', orgId }, false).length > 0 || c.escalations.some((one) => one.orgId === orgId)
