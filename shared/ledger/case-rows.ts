import type { EscalationRow } from '../contracts/http/escalations.ts'
import type { ReferralRow } from '../contracts/http/referrals.ts'
import type { WorklistItem } from '../contracts/http/worklist.ts'
import { partiesOf } from '../domain/access/relations.ts'
import type { Case } from '../domain/case/case.ts'
import { nextDueAt } from '../domain/case/due.ts'
import type { JsonObject } from '../domain/json.ts'
import type { RecordKey, RecordWrite } from '../ports/record-store.ts'
import { keys } from './keys.ts'

interface Row {
  readonly partition: string
  readonly sort: string
  readonly body: JsonObject
}

/** JSON has no undefined: an absent optional field is simply not written. */
export const plain = (value: object): JsonObject => JSON.parse(JSON.stringify(value)) as JsonObject

const holderOf = (c: Case) => {
  if (c.phase.state === 'offered') return { readerId: c.phase.offer.readerId, since: c.phase.offer.offeredAt }
  if (c.phase.state === 'claimed' || c.phase.state === 'preliminary')
    return { readerId: c.phase.claim.readerId, since: c.phase.claim.claimedAt }
  return undefined
}

/** A case that a reader has been offered or holds counts towards that reader's load. */
export const loadOf = (c: Case | undefined): string | undefined => (c === undefined ? undefined : holderOf(c)?.readerId)

const END_OF_TIME = '9999-12-31T00:00:00.000Z'

function listingRow(c: Case, version: number): ReferralRow {
  return {
    referralId: c.referralId,
    version,
    state: c.phase.state,
    siteId: c.siteId,
    pathwayId: c.pathwayId,
    urgency: c.urgency,
    modality: c.order.modality,
    subspecialty: c.subspecialty,
    submittedAt: c.milestones.submittedAt ?? END_OF_TIME,
    dueAt: nextDueAt(c),
    owner: c.owner,
  }
}

function worklistItem(c: Case, version: number, holder: { readerId: string; since: string }): WorklistItem {
  return {
    referralId: c.referralId,
    version,
    state: c.phase.state,
    readerId: holder.readerId,
    siteId: c.siteId,
    pathwayId: c.pathwayId,
    urgency: c.urgency,
    subspecialty: c.subspecialty,
    modality: c.order.modality,
    bodyRegion: c.bodyRegion,
    images: c.images.stored,
    imagesFailed: c.images.failed,
    since: holder.since,
    dueAt: c.target?.dueAt ?? null,
  }
}

/** One row a person and case, however often they were called: calls come faster than anybody answers them. */
function escalationRows(c: Case, row: ReferralRow): Row[] {
  const open = c.escalations.filter(({ acknowledgedAt }) => acknowledgedAt === undefined)
  return [...Map.groupBy(open, ({ personId }) => personId)].map(([personId, escalations]) => {
    const body: EscalationRow = { ...row, escalations }
    return { ...keys.escalationRow(personId, escalations[0]?.raisedAt ?? '', c.referralId), body: plain(body) }
  })
}

/** Every row a case shows in: the lists of its parties and of whom it called, its reader's worklist, the sweep's calendar. */
function rowsOf(c: Case, version: number): Row[] {
  const row = listingRow(c, version)
  const rows: Row[] = partiesOf(c).map((orgId) => ({
    ...keys.caseRow(orgId, row.submittedAt, c.referralId),
    body: plain(row),
  }))
  rows.push(...escalationRows(c, row))
  const holder = holderOf(c)
  if (holder !== undefined) {
    const sort = c.target?.dueAt ?? END_OF_TIME
    rows.push({
      ...keys.worklistRow(holder.readerId, sort, c.referralId),
      body: plain(worklistItem(c, version, holder)),
    })
  }
  if (row.dueAt !== null) rows.push({ ...keys.dueRow(row.dueAt, c.referralId), body: { referralId: c.referralId } })
  return rows
}

/** An erased case is to be found in none of them. */
export const caseRowKeys = (c: Case): RecordKey[] => rowsOf(c, 1).map(({ partition, sort }) => ({ partition, sort }))

const address = (row: Row): string => `${row.partition}\n${row.sort}`

/** What of the rows must change when a case does. A party keeps the row of a case it was once party to. */
export function rowWrites(before: Case | undefined, after: Case, version: number): RecordWrite[] {
  const next = rowsOf(after, version)
  const kept = new Set(next.map(address))
  const gone = before === undefined ? [] : rowsOf(before, version - 1).filter((row) => !kept.has(address(row)))
  const loads: [string | undefined, number][] =
    loadOf(before) === loadOf(after)
      ? []
      : [
          [loadOf(before), -1],
          [loadOf(after), 1],
        ]
  return [
    ...next.map((row): RecordWrite => ({ write: 'put', when: 'always', ...row })),
    ...gone.map(({ partition, sort }): RecordWrite => ({ write: 'remove', when: 'always', partition, sort })),
    ...loads.flatMap(([readerId, open]): RecordWrite[] =>
      readerId === undefined ? [] : [{ write: 'add', ...keys.readerLoad(readerId), counts: { open } }],
    ),
  ]
}
