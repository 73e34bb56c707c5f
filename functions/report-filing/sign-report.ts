import type { CaseStatus } from '../../shared/contracts/http/referrals.ts'
import type { HomeAttachment } from '../../shared/contracts/stored/home-report.ts'
import type { ReportContent, SealedReport } from '../../shared/contracts/stored/sealed-report.ts'
import type { Case, ReportKind } from '../../shared/domain/case/case.ts'
import type { CriticalCategory } from '../../shared/domain/case/critical-result.ts'
import { eventRules } from '../../shared/domain/case/events.ts'
import { reportEvents } from '../../shared/domain/case/reading-happenings.ts'
import type { CaseState } from '../../shared/domain/case/states.ts'
import type { NetworkIndex } from '../../shared/domain/network/index-network.ts'
import { Refusal } from '../../shared/domain/refusal.ts'
import { permits } from '../../shared/domain/residency/decide.ts'
import type { Eligibility, EligibilityGrounds } from '../../shared/domain/routing/eligibility.ts'
import { answerCommand } from '../../shared/ledger/answer-command.ts'
import { authoriseCase } from '../../shared/ledger/authorised-case.ts'
import { plain } from '../../shared/ledger/case-rows.ts'
import type { Prepared } from '../../shared/ledger/command-case.ts'
import { underWay } from '../../shared/ledger/erased-case.ts'
import { keys } from '../../shared/ledger/keys.ts'
import { judgeReading, type ReadingVerdict } from '../../shared/ledger/reading-question.ts'
import { settingFor } from '../../shared/ledger/residency-question.ts'
import { sealReport, studyDigest } from '../../shared/ledger/sealed-reports.ts'
import type { RecordWrite } from '../../shared/ports/record-store.ts'
import { bringAttachmentsHome } from './bring-attachments-home.ts'
import { homeReportWrite } from './bring-home.ts'
import { keepTextAndWithdraw } from './refuse-signature.ts'
import { asHolder, type ReportPorts, type SignAsked } from './report-ports.ts'
import { checkAttachments, clearIncoming, takeAttachments, type CheckedAttachment } from './take-attachments.ts'

interface Signing {
  readonly kind: ReportKind
  readonly reportId: string
  readonly decisionId: string
  readonly asked: SignAsked
}

const operations = { preliminary: 'filePreliminary', final: 'signFinal', addendum: 'addAddendum' } as const

/** Nothing is signed that the case could not take: a sealed report cannot be taken back. */
function requireTaken(c: Case, kind: ReportKind, readerId: string | undefined): void {
  const from: readonly CaseState[] = eventRules[reportEvents[kind]].from
  if (!from.includes(c.phase.state)) throw new Refusal('illegal-transition', { state: c.phase.state })
  if (!('claim' in c.phase) || c.phase.claim.readerId !== readerId) throw new Refusal('claim-lost')
}

type Right = ReadingVerdict<'sign-off'> & { readonly eligibility: Extract<Eligibility, { eligible: true }> }

/** Licence, privilege, indemnity, agreement, place and policy, asked at the very signature. */
async function requireRight(
  ports: ReportPorts,
  c: Case,
  network: NetworkIndex,
  { kind, asked }: Signing,
): Promise<Right> {
  const setting = await settingFor(ports, network, c)
  const reportType = kind === 'preliminary' ? 'preliminary' : 'final'
  const { principal } = asked.context
  const { reader, decision, eligibility } = judgeReading(c, principal, 'sign-off', 'sign-off', reportType, setting)
  if (!permits(decision, 'transfer_deidentified')) throw new Refusal('residency-forbidden', { mode: decision.mode })
  if (!eligibility.eligible) throw new Refusal('not-eligible', { rule: eligibility.rule })
  return { reader, decision, eligibility }
}

const registrationOf = ({ registration }: EligibilityGrounds): ReportContent['registration'] => {
  const { jurisdiction, authority, number, validTo } = registration
  return { jurisdiction, authority, number, validTo }
}

async function contentOf(
  ports: ReportPorts,
  c: Case,
  signing: Signing,
  right: Right,
  checked: readonly CheckedAttachment[],
): Promise<ReportContent> {
  const { referralId } = signing.asked.params
  const { context, body } = signing.asked
  const { readerId, personId, orgId, displayName } = right.reader
  const { grounds } = right.eligibility
  return {
    schema: 'overread/report@1',
    referralId,
    reportId: signing.reportId,
    kind: signing.kind,
    text: body.text,
    attachments: await takeAttachments(ports, checked),
    signer: { readerId, personId, orgId, name: displayName, readingFrom: context.principal.attestedCountry ?? null },
    registration: registrationOf(grounds),
    decisionId: signing.decisionId,
    networkVersion: grounds.networkVersion,
    study: await studyDigest(ports.store, referralId),
    previousSha256: c.reports.at(-1)?.sha256 ?? null,
    signedAt: ports.clock.now(),
  }
}

const criticalOf = ({ text: { alert } }: ReportContent): { critical?: CriticalCategory } =>
  alert === 'none' ? {} : { critical: alert }

function preparedOf(
  { kind, reportId, decisionId, asked }: Signing,
  right: Right,
  sealed: SealedReport,
  home: readonly RecordWrite[],
): Prepared {
  const { referralId } = asked.params
  const { reader, decision, eligibility } = right
  const { sha256, content } = sealed
  const decided = {
    decisionId,
    purpose: 'sign-off',
    at: content.signedAt,
    residency: decision.record,
    grounds: eligibility.grounds,
  }
  return {
    command: { command: 'file-report', kind, reportId, readerId: reader.readerId, sha256, ...criticalOf(content) },
    audit: {
      decision: decision.record,
      facts: { reportId, decisionId, sha256, attachments: content.attachments.length },
    },
    writes: [
      { write: 'put', when: 'absent', ...keys.decision(referralId, decisionId), body: plain(decided) },
      ...home,
      { write: 'remove', when: 'always', ...keys.draft(referralId, reader.readerId) },
    ],
  }
}

/** Signs, seals and files, or refuses; a commit that lost a race on the same version finds the report already sealed. */
async function file(ports: ReportPorts, signing: Signing): Promise<CaseStatus> {
  const { asked, kind, reportId } = signing
  const { referralId } = asked.params
  let checking: Promise<readonly CheckedAttachment[]> | undefined
  let homing: Promise<readonly HomeAttachment[]> | undefined
  let sealing: Promise<SealedReport> | undefined
  return answerCommand(ports, asked.context, {
    referralId,
    operation: operations[kind],
    prepare: async ({ case: c }, network) => {
      requireTaken(c, kind, asked.context.principal.readerId)
      const right = await requireRight(ports, c, network, signing)
      const onCopies = right.decision.mode === 'transfer_deidentified'
      checking ??= checkAttachments(ports, referralId, asked.body.attachmentIds, right.reader.readerId)
      const checked = await checking
      // Before anything is sealed: what cannot come home is not signed either.
      if (onCopies) homing ??= bringAttachmentsHome(ports, c, reportId, checked)
      const attachments = (await homing) ?? []
      sealing ??= contentOf(ports, c, signing, right, checked).then((content) => sealReport(ports, content))
      const sealed = await sealing
      const home = onCopies ? [await homeReportWrite(ports, c, sealed.content, attachments)] : []
      return preparedOf(signing, right, sealed, home)
    },
  })
}

async function signReport(ports: ReportPorts, kind: ReportKind, asked: SignAsked): Promise<CaseStatus> {
  const signing = { kind, reportId: ports.ids.next(), decisionId: ports.ids.next(), asked }
  try {
    const status = await asHolder(ports, asked, async () => {
      const { referralId } = asked.params
      await authoriseCase(ports, operations[kind], asked.context.principal, referralId)
      return underWay(ports, referralId, () => file(ports, signing))
    })
    await clearIncoming(ports, asked.params.referralId, asked.body.attachmentIds)
    return status
  } catch (thrown) {
    const noRight = thrown instanceof Refusal && ['not-eligible', 'residency-forbidden'].includes(thrown.code)
    if (noRight) await keepTextAndWithdraw(ports, asked, thrown)
    throw thrown
  }
}

export const filePreliminary = (ports: ReportPorts, asked: SignAsked) => signReport(ports, 'preliminary', asked)
export const signFinal = (ports: ReportPorts, asked: SignAsked) => signReport(ports, 'final', asked)
export const addAddendum = (ports: ReportPorts, asked: SignAsked) => signReport(ports, 'addendum', asked)
