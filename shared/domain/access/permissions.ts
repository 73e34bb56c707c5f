import type { MachineRole } from '../network/machine-client.ts'
import type { PersonRole } from '../network/parties.ts'
import type { Principal, Role } from './principal.ts'
import type { Relation } from './relations.ts'

interface Grant {
  readonly roles: readonly Role[]
  /** Any one of these relations to the case; empty: the operation is not about one case. */
  readonly relations: readonly Relation[]
}

const siteStaff = ['site-clerk', 'referrer', 'coordinator'] as const
const clinicalStaff = ['referrer', 'coordinator', 'duty-clinician', 'triage-clinician'] as const
const everybody = [
  'site-clerk',
  'referrer',
  'coordinator',
  'triage-clinician',
  'duty-clinician',
  'reader',
  'reading-group-lead',
  'operations',
  'executive',
  'quality-reviewer',
  'network-administrator',
  'auditor',
  'platform-engineer',
  'privacy-officer',
] as const satisfies readonly PersonRole[]
const followers = [
  'site-clerk',
  'referrer',
  'coordinator',
  'triage-clinician',
  'duty-clinician',
  'quality-reviewer',
  'auditor',
  'privacy-officer',
] as const

const machines = ['sending-system', 'report-receiver'] as const satisfies readonly MachineRole[]

const follow: readonly Grant[] = [
  { roles: machines, relations: ['referring'] },
  { roles: followers, relations: ['referring'] },
  { roles: ['triage-clinician'], relations: ['triage'] },
  { roles: ['reader'], relations: ['offered', 'holder', 'emergency'] },
  { roles: ['reading-group-lead', 'quality-reviewer', 'auditor'], relations: ['reading-group'] },
  { roles: ['operations', 'executive'], relations: ['operations'] },
  { roles: everybody, relations: ['escalated-to'] },
]
const triage: readonly Grant[] = [{ roles: ['triage-clinician'], relations: ['triage'] }]
const site: readonly Grant[] = [{ roles: siteStaff, relations: ['referring'] }]
const upload: readonly Grant[] = [...site, { roles: ['sending-system'], relations: ['referring'] }]
/** Those of the patient's own hospital who may look at pixels and answer for what they saw. */
const attestors: readonly Grant[] = [
  { roles: ['coordinator', 'duty-clinician', 'triage-clinician'], relations: ['referring'] },
]
const holder: readonly Grant[] = [{ roles: ['reader'], relations: ['holder'] }]
/** The trail names no patient, so the operator's auditor may follow it too; a reading group's may not. */
const auditors: readonly Grant[] = [
  { roles: ['auditor'], relations: ['referring', 'operations'] },
  { roles: ['privacy-officer'], relations: ['referring'] },
]
/** The referring organisation is the controller: its privacy officers answer to the patient, and nobody else may erase. */
const controller: readonly Grant[] = [{ roles: ['privacy-officer'], relations: ['referring'] }]
const anybody: readonly Grant[] = [
  {
    roles: [
      ...everybody.filter((role) => role !== 'platform-engineer' && role !== 'network-administrator'),
      ...machines,
    ],
    relations: [],
  },
]

/**
 * The written permission table: operation, role, relation to the case. Everything else is refused. The generated matrix of
 * the guarantees compares the running API with it.
 */
export const permissions = {
  submitReferral: [{ roles: [...siteStaff, 'sending-system'], relations: [] }],
  listReferrals: anybody,
  readReferral: [
    { roles: [...siteStaff, 'duty-clinician', 'triage-clinician'], relations: ['referring'] },
    { roles: ['triage-clinician'], relations: ['triage'] },
    ...holder,
  ],
  readStatus: follow,
  readTimeline: follow,
  acceptReferral: triage,
  rejectReferral: triage,
  requestInformation: [...triage, ...holder],
  provideInformation: site,
  cancelReferral: [{ roles: ['referrer', 'coordinator'], relations: ['referring'] }],
  acknowledgeReport: [{ roles: ['referrer', 'coordinator', 'duty-clinician'], relations: ['referring'] }],
  resolveException: [
    { roles: ['operations'], relations: ['operations'] },
    { roles: ['coordinator'], relations: ['referring'] },
  ],
  // The reader who signed; their lead, where they are no longer there to look.
  reviewLateImages: [...holder, { roles: ['reading-group-lead'], relations: ['reading-group'] }],
  handOverCase: [
    { roles: ['operations'], relations: ['operations'] },
    { roles: ['coordinator'], relations: ['referring'] },
    { roles: ['reading-group-lead'], relations: ['reading-group'] },
  ],
  listEscalations: [{ roles: everybody, relations: [] }],
  acknowledgeEscalation: [{ roles: everybody, relations: ['escalated-to'] }],
  // Two people open a case in an emergency, and at least the second of them is of the patient's own hospital, as is who judges it.
  declareEmergency: [
    { roles: clinicalStaff, relations: ['referring'] },
    { roles: ['reading-group-lead'], relations: ['reading-group'] },
  ],
  confirmEmergency: attestors,
  reviewEmergency: [{ roles: ['quality-reviewer', 'privacy-officer'], relations: ['referring'] }],
  openUpload: upload,
  readUpload: upload,
  listUploadObjects: upload,
  pageUploadUrls: upload,
  assembleObject: upload,
  resumeUpload: upload,
  completeUpload: upload,
  listWorklist: [{ roles: ['reader'], relations: [] }],
  claimCase: [{ roles: ['reader'], relations: ['offered', 'holder', 'reading-group', 'emergency'] }],
  releaseCase: [{ roles: ['reader'], relations: ['offered', 'holder'] }],
  renewClaim: holder,
  listImages: holder,
  readFrame: holder,
  listCopies: attestors,
  attestCopies: attestors,
  saveDraft: holder,
  openAttachment: holder,
  filePreliminary: holder,
  signFinal: holder,
  addAddendum: holder,
  readReports: [
    { roles: [...clinicalStaff, 'report-receiver'], relations: ['referring'] },
    ...holder,
    { roles: ['reading-group-lead', 'quality-reviewer'], relations: ['reading-group'] },
  ],
  readAuditTrail: auditors,
  readAuditEvents: auditors,
  readAccessReport: [{ roles: ['privacy-officer'], relations: [] }],
  listRetention: [{ roles: ['privacy-officer', 'auditor'], relations: [] }],
  readRetention: [{ roles: ['privacy-officer', 'auditor'], relations: ['referring'] }],
  placeLegalHold: controller,
  confirmLegalHold: controller,
  askToLiftLegalHold: controller,
  keepLegalHold: controller,
  liftLegalHold: controller,
  requestErasure: controller,
  withdrawErasure: controller,
  confirmErasure: controller,
  readKpis: [
    {
      roles: [
        'coordinator',
        'reading-group-lead',
        'quality-reviewer',
        'operations',
        'executive',
        'network-administrator',
      ],
      relations: [],
    },
  ],
} as const satisfies Record<string, readonly Grant[]>

export type PermittedOperation = keyof typeof permissions

export type Access = 'permitted' | 'hidden' | 'not-permitted'

const operations = Object.keys(permissions) as PermittedOperation[]

/** `hidden` where nothing in the table lets the principal do anything to the case: they are not even told that it exists. */
export function accessTo(
  operation: PermittedOperation,
  principal: Principal,
  relations: ReadonlySet<Relation> | 'no-case',
): Access {
  const hasRole = (grant: Grant) => grant.roles.some((role) => principal.roles.includes(role))
  const grantsOf = (one: PermittedOperation): readonly Grant[] => permissions[one]
  if (relations === 'no-case') {
    return grantsOf(operation).some((grant) => grant.relations.length === 0 && hasRole(grant))
      ? 'permitted'
      : 'not-permitted'
  }
  const grants = (one: PermittedOperation) =>
    grantsOf(one).some((grant) => hasRole(grant) && grant.relations.some((relation) => relations.has(relation)))
  if (grants(operation)) return 'permitted'
  return operations.some(grants) ? 'not-permitted' : 'hidden'
}

/** Whether any role of the principal may do this at all, whatever the case: what a remembered answer still needs. */
export const isGrantedToRoles = (operation: PermittedOperation, roles: readonly Role[]): boolean =>
  permissions[operation].some((grant: Grant) => grant.roles.some((role) => roles.includes(role)))

/** What a system may do at all: the routes that its gateway has. */
export const isForMachines = (operation: string): boolean =>
  operation in permissions && isGrantedToRoles(operation as PermittedOperation, machines)
