import type { OperationId } from '../../shared/contracts/routes.ts'
import type { PersonRole } from '../../shared/domain/network/parties.ts'

/** How somebody stands to a case, told by the story of the case and not by the product. */
export type Standing =
  | 'referring organisation'
  | 'triaging organisation'
  | 'reader offered'
  | 'reader holding'
  | 'reading group'
  | 'operator'
  | 'escalated to'
  | 'reader named in an emergency'

type Rights = Partial<Readonly<Record<Standing, readonly OperationId[]>>>

const follow = ['readStatus', 'readTimeline'] as const
const audit = ['readAuditTrail', 'readAuditEvents'] as const
const send = [
  'openUpload',
  'readUpload',
  'listUploadObjects',
  'pageUploadUrls',
  'assembleObject',
  'resumeUpload',
  'completeUpload',
] as const
const refer = [...follow, 'readReferral', 'provideInformation', ...send] as const
const answerFor = [...refer, 'readReports', 'cancelReferral', 'acknowledgeReport'] as const
/** Who of the patient's own hospital looks at pixels before a copy leaves. */
const attest = ['listCopies', 'attestCopies'] as const
/** Two of them open a case in an emergency; the first may be somebody else. */
const breakGlass = ['declareEmergency', 'confirmEmergency'] as const
const read = [
  ...follow,
  'readReferral',
  'listImages',
  'readFrame',
  'readReports',
  'saveDraft',
  'openAttachment',
  'filePreliminary',
  'signFinal',
  'addAddendum',
  'claimCase',
  'renewClaim',
  'releaseCase',
  'requestInformation',
  'reviewLateImages',
] as const
const keepOrErase = [
  'readRetention',
  'placeLegalHold',
  'confirmLegalHold',
  'askToLiftLegalHold',
  'keepLegalHold',
  'liftLegalHold',
  'requestErasure',
  'withdrawErasure',
  'confirmErasure',
] as const

/**
 * The second reading of the permission table, role by role as ADR 0020 tells it: written apart from the product's, so that
 * a wrong grant there differs from it. Whoever an escalation names may follow the case and answer, whatever their role.
 */
export const rights: Readonly<Record<PersonRole, Rights>> = {
  'site-clerk': { 'referring organisation': refer },
  referrer: { 'referring organisation': [...answerFor, 'declareEmergency'] },
  coordinator: {
    'referring organisation': [...answerFor, ...attest, ...breakGlass, 'resolveException', 'handOverCase'],
  },
  'triage-clinician': {
    'referring organisation': [...follow, ...attest, ...breakGlass, 'readReferral', 'readReports'],
    'triaging organisation': [...follow, 'readReferral', 'acceptReferral', 'rejectReferral', 'requestInformation'],
  },
  'duty-clinician': {
    'referring organisation': [...follow, ...attest, ...breakGlass, 'readReferral', 'readReports', 'acknowledgeReport'],
  },
  reader: {
    'reader offered': [...follow, 'claimCase', 'releaseCase'],
    'reader holding': read,
    'reading group': ['claimCase'],
    'reader named in an emergency': [...follow, 'claimCase'],
  },
  'reading-group-lead': {
    'reading group': [...follow, 'readReports', 'handOverCase', 'declareEmergency', 'reviewLateImages'],
  },
  'quality-reviewer': {
    'reading group': [...follow, 'readReports'],
    'referring organisation': [...follow, 'reviewEmergency'],
  },
  operations: { operator: [...follow, 'resolveException', 'handOverCase'] },
  executive: { operator: follow },
  auditor: {
    'referring organisation': [...follow, ...audit, 'readRetention'],
    'reading group': follow,
    operator: audit,
  },
  'network-administrator': {},
  'platform-engineer': {},
  'privacy-officer': { 'referring organisation': [...follow, ...audit, ...keepOrErase, 'reviewEmergency'] },
}
const whenEscalatedTo: readonly OperationId[] = [...follow, 'acknowledgeEscalation']

/** What is about no one case. */
export const rightsWithoutCase: Readonly<Partial<Record<OperationId, readonly PersonRole[]>>> = {
  submitReferral: ['site-clerk', 'referrer', 'coordinator'],
  listReferrals: (Object.keys(rights) as PersonRole[]).filter(
    (role) => role !== 'network-administrator' && role !== 'platform-engineer',
  ),
  listEscalations: Object.keys(rights) as PersonRole[],
  listRetention: ['privacy-officer', 'auditor'],
  readAccessReport: ['privacy-officer'],
  listWorklist: ['reader'],
  readKpis: [
    'coordinator',
    'reading-group-lead',
    'quality-reviewer',
    'operations',
    'executive',
    'network-administrator',
  ],
}

export const rightsOn = (role: PersonRole, standings: readonly Standing[]): ReadonlySet<OperationId> =>
  new Set(
    standings.flatMap((standing) => (standing === 'escalated to' ? whenEscalatedTo : (rights[role][standing] ?? []))),
  )
