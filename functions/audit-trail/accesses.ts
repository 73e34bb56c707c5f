import type { Access, AccessReport } from '../../shared/contracts/http/privacy.ts'
import type { AuditRecord } from '../../shared/domain/audit/audit-record.ts'
import { canonicalJson } from '../../shared/domain/canonical-json.ts'
import type { NetworkIndex } from '../../shared/domain/network/index-network.ts'

/** What each operation shows of the patient, for people who know no operation by name. */
const shown: Readonly<Record<string, string>> = {
  submitReferral: 'entered the referral',
  readStatus: 'looked up where the case stands',
  readTimeline: 'looked up how the case went',
  readUpload: 'looked up which images have arrived',
  listUploadObjects: 'looked up which images have arrived',
  pageUploadUrls: 'was given addresses to send images to',
  readRetention: 'looked up holds and erasure',
  readReferral: 'read the referral with the patient, the clinical question and what was asked and answered',
  listImages: 'was given the images',
  readFrame: 'was shown an image',
  readReports: 'read the reports',
  deliverReport: 'sent the report to the referrer',
  readAuditTrail: 'read the log of accesses',
  readAuditEvents: 'read the log of accesses',
  readAccessReport: 'made a report like this one',
}

const isAccess = ({ action, outcome }: AuditRecord): boolean =>
  outcome === 'success' && (action === 'create' || action === 'read' || action === 'release')

const decisionOf = ({ decision }: AuditRecord): Access['decision'] =>
  decision && {
    mode: decision.mode,
    ruleIds: [...decision.ruleIds],
    policyVersion: decision.policyVersion,
  }

function accessOf(record: AuditRecord, network: NetworkIndex): Access {
  const { at, by, operation } = record
  const organisation = network.definition.organisations.find(({ orgId }) => orgId === by.orgId)?.name
  const decision = decisionOf(record)
  return {
    from: at,
    to: at,
    times: 1,
    by,
    ...(organisation === undefined ? {} : { organisation }),
    operation,
    what: shown[operation] ?? operation,
    ...(decision === undefined ? {} : { decision }),
  }
}

const same = (a: Access, b: Access): boolean =>
  canonicalJson([a.by, a.operation, a.decision ?? null]) === canonicalJson([b.by, b.operation, b.decision ?? null])

/** A reader who scrolls a series makes hundreds of records of one access. */
export function accessesIn(trail: readonly AuditRecord[], network: NetworkIndex): Access[] {
  const accesses: Access[] = []
  for (const one of trail.filter(isAccess).map((record) => accessOf(record, network))) {
    const last = accesses.at(-1)
    if (last !== undefined && same(last, one))
      accesses[accesses.length - 1] = { ...last, to: one.to, times: last.times + 1 }
    else accesses.push(one)
  }
  return accesses
}

const instant = (at: string): string => `${at.slice(0, 10)} ${at.slice(11, 16)}`

/** Role and organisation, not the name: whom of its staff a controller names to a patient is for the controller to weigh. */
const whoOf = ({ by, organisation }: Access): string =>
  by.kind === 'overread' ? 'Overread' : `${by.role ?? by.kind} of ${organisation ?? by.orgId ?? 'unknown'}`

const lineOf = (access: Access): string => {
  const { from, to, times, what, decision } = access
  const when = times === 1 ? instant(from) : `${instant(from)} to ${instant(to)}, ${times} times`
  const why =
    decision === undefined
      ? 'within the organisation that holds the record'
      : `allowed as ${decision.mode} by ${decision.ruleIds.join(', ')} of policy ${decision.policyVersion}`
  return `- ${when}: ${whoOf(access)} ${what}; ${why}.`
}

const logLine = ({ log }: AccessReport['cases'][number]): string =>
  log.outcome === 'intact'
    ? 'The log of this case is unbroken.'
    : `The log of this case is broken at entry ${log.number} (${log.broken}): what it says cannot be relied upon.`

export const inWords = ({ generatedAt, cases }: Omit<AccessReport, 'text'>): string =>
  [
    `Who saw what, as of ${instant(generatedAt)}. All times are UTC.`,
    ...(cases.length === 0 ? ['No case of this patient is known here.'] : []),
    ...cases.flatMap((one) => ['', `Case ${one.referralId}. ${logLine(one)}`, ...one.accesses.map(lineOf)]),
    '',
  ].join('\n')
