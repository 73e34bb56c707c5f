import type { CaseStatus, SubmitReferral } from '../../shared/contracts/http/referrals.ts'
import { accessTo } from '../../shared/domain/access/permissions.ts'
import type { Principal } from '../../shared/domain/access/principal.ts'
import { relationsOf } from '../../shared/domain/access/relations.ts'
import { birthOf } from '../../shared/domain/case/birth.ts'
import { ReferralIdSchema, type ReferralId } from '../../shared/domain/case/case.ts'
import { caseDirectory } from '../../shared/domain/case/directory.ts'
import { addMinutes, type Instant } from '../../shared/domain/instant.ts'
import { agreementsBetween, poolOrderFor, type NetworkIndex } from '../../shared/domain/network/index-network.ts'
import type { Site } from '../../shared/domain/network/parties.ts'
import type { Pathway } from '../../shared/domain/network/pathway.ts'
import { isValidAt } from '../../shared/domain/network/validity.ts'
import { Refusal } from '../../shared/domain/refusal.ts'
import { localDateAt } from '../../shared/domain/routing/local-time.ts'
import { resolveSubspecialty, type SubspecialtyResolution } from '../../shared/domain/routing/subspecialty.ts'
import type { Asking } from '../../shared/ledger/asking.ts'
import { authoriseWithoutCase } from '../../shared/ledger/authorised-case.ts'
import { statusOf } from '../../shared/ledger/answer-command.ts'
import { loadCase } from '../../shared/ledger/case-ledger.ts'
import { caseStatus } from '../../shared/ledger/case-status.ts'
import { commandCase, type CommandPorts } from '../../shared/ledger/command-case.ts'
import { orderGuards } from '../../shared/ledger/order-guards.ts'
import { patientRow } from '../../shared/ledger/patient-index.ts'
import { rowsElsewhereWrite } from '../../shared/ledger/rows-elsewhere.ts'
import { sealPatient } from '../../shared/ledger/patient-seal.ts'
import type { KeyVault } from '../../shared/ports/key-vault.ts'
import type { CellFacts, NetworkDirectory } from '../../shared/ports/network-directory.ts'
import type { RecordKey } from '../../shared/ports/record-store.ts'

export interface IntakePorts extends CommandPorts {
  readonly network: NetworkDirectory
  readonly keys: Pick<KeyVault, 'seal' | 'mac'>
  readonly cell: CellFacts
}

interface Placement {
  readonly site: Site
  readonly pathway: Pathway
}

/** Site, cell and pathway: a referral for another cell is turned away before anything of it is kept. */
function place(body: SubmitReferral, principal: Principal, network: NetworkIndex, cell: CellFacts): Placement {
  const site = network.sites.get(body.siteId)
  if (site?.orgId !== principal.orgId) throw new Refusal('unknown-organisation')
  if (site.cellId !== cell.cellId) {
    throw new Refusal('wrong-cell', { cellUrl: network.cells.get(site.cellId)?.baseUrl ?? '', cellId: site.cellId })
  }
  const pathway = network.pathways.get(body.pathwayId)
  if (pathway === undefined || poolOrderFor(network, site.siteId, pathway.pathwayId) === undefined) {
    throw new Refusal('unknown-pathway')
  }
  return { site, pathway }
}

/** Somebody must be allowed to read for this site now, or the referral would wait for a reader who cannot exist. */
function requireAgreement({ site, pathway }: Placement, network: NetworkIndex, now: Instant): void {
  const order = poolOrderFor(network, site.siteId, pathway.pathwayId)
  const groups = [...(order?.homePools ?? []), ...(order?.partnerPools ?? [])].flatMap(
    (id) => network.pools.get(id)?.orgId ?? [],
  )
  const at = Date.parse(now)
  const covered = groups.some(
    (group) => group === site.orgId || agreementsBetween(network, site.orgId, group).some((one) => isValidAt(one, at)),
  )
  if (!covered) throw new Refusal('no-agreement')
}

/** A clock of a hospital may run ahead of ours: nobody's stroke is turned away for that. */
const CLOCK_AHEAD_MINUTES = 5

/** A child is born on the day of the place it is born at, which begins hours before ours or ends hours after it. */
function requirePast({ patient, order }: SubmitReferral, { timeZone }: Site, now: Instant): void {
  const { birthDate } = patient
  if (birthDate !== undefined && birthDate > localDateAt(Date.parse(now), timeZone))
    throw new Refusal('date-in-future', { field: 'patient.birthDate' })
  if (order.orderedAt !== undefined && order.orderedAt > addMinutes(now, CLOCK_AHEAD_MINUTES))
    throw new Refusal('date-in-future', { field: 'order.orderedAt' })
}

const YEAR_MS = 365.25 * 24 * 60 * 60 * 1000

const ageYears = (birthDate: string | undefined, now: Instant): number | undefined =>
  birthDate === undefined
    ? undefined
    : Math.min(130, Math.max(0, Math.floor((Date.parse(now) - Date.parse(birthDate)) / YEAR_MS)))

/** Its clinical question is asked of every referral, and named by a pathway like the rest. */
const missingHistory = ({ clinical }: SubmitReferral, { requiredHistory }: Pathway): string[] =>
  requiredHistory.filter((item) => item !== 'question' && clinical.answers?.[item] === undefined)

const resolve = (body: SubmitReferral, age: number | undefined): SubspecialtyResolution =>
  resolveSubspecialty({
    modalities: [body.order.modality],
    ...(body.order.procedure === undefined ? {} : { requestedProcedure: body.order.procedure }),
    ...(body.order.bodyPart === undefined ? {} : { bodyPart: body.order.bodyPart }),
    ...(body.order.description === undefined ? {} : { description: body.order.description }),
    ...(age === undefined ? {} : { ageYears: age }),
  })

const vettingOf = (resolution: SubspecialtyResolution, pathway: Pathway) => {
  if (resolution.outcome === 'reject') return { vetting: { rejectedBy: resolution.reject }, rule: resolution.rule }
  return pathway.vetting === 'auto'
    ? { vetting: 'waived' as const, rule: 'pathway-waives-vetting' }
    : { vetting: 'manual' as const, rule: 'manual' }
}

const readingOf = (resolution: SubspecialtyResolution) =>
  resolution.outcome === 'reject'
    ? { subspecialty: 'general' as const, region: 'unknown' as const, decidedBy: resolution.rule }
    : resolution

/** Which referral stands in the way is told to whoever may follow that one: a guard is of the caller's own organisation. */
async function duplicateOf(
  { store }: IntakePorts,
  principal: Principal,
  network: NetworkIndex,
  guard: RecordKey,
): Promise<Refusal> {
  const held = ReferralIdSchema.safeParse((await store.read(guard))?.body['referralId'])
  const first = held.success ? await loadCase(store, held.data) : undefined
  const isTold =
    first !== undefined &&
    first.case.referringOrgId === principal.orgId &&
    accessTo('readStatus', principal, relationsOf(first.case, principal, network)) === 'permitted'
  return new Refusal('duplicate-referral', isTold ? { referralId: first.case.referralId } : {})
}

/** Takes a referral in: validated, placed, vetted by rule where the pathway says so, owned and timed from its first instant. */
export async function submitReferral(
  ports: IntakePorts,
  asked: { body: SubmitReferral; context: Asking },
): Promise<CaseStatus> {
  const { body, context } = asked
  const { principal } = context
  authoriseWithoutCase('submitReferral', principal)
  const network = await ports.network.current()
  const now = ports.clock.now()
  const placement = place(body, principal, network, ports.cell)
  requirePast(body, placement.site, now)
  requireAgreement(placement, network, now)
  const referralId: ReferralId = `${placement.site.orgId}.${ports.ids.next()}`
  const age = ageYears(body.patient.birthDate, now)
  const resolution = resolve(body, age)
  const { modality, laterality, studyInstanceUid } = body.order
  const birth = birthOf({
    referralId,
    ...placement,
    order: {
      modality,
      ...(laterality === undefined ? {} : { laterality }),
      ...(studyInstanceUid === undefined ? {} : { studyInstanceUid }),
      ...(age === undefined ? {} : { patientAgeYears: age }),
    },
    reading: readingOf(resolution),
    patient: await sealPatient(ports.keys, referralId, placement.site.jurisdiction, body),
    // A system refers nobody: questions go to a person, and no reader reads what they themselves referred.
    missingHistory: missingHistory(body, placement.pathway),
    referrerPersonId: principal.kind === 'machine' ? placement.site.coordinator : principal.personId,
  })
  const rows = [
    ...(await orderGuards(ports.keys, principal.orgId, referralId, body.order)),
    await patientRow(ports.keys, referralId, { siteId: body.siteId, ...body.patient }),
  ]
  const writes = [...rows, rowsElsewhereWrite(referralId, rows)]
  const { remember } = context
  const commanded = await commandCase(ports, {
    referralId,
    by: context.actor,
    operation: 'submitReferral',
    requestId: context.requestId,
    directory: caseDirectory(network),
    prepare: () => ({ command: { command: 'submit', birth, ...vettingOf(resolution, placement.pathway) }, writes }),
    guarded: (at) => duplicateOf(ports, principal, network, at),
    ...(remember === undefined ? {} : { remember: (after, version) => remember(caseStatus(after, version)) }),
  })
  return statusOf(commanded)
}
