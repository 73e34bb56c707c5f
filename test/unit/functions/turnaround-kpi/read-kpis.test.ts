import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { countEvents } from '../../../../shared/ledger/count-events.ts'
import { readKpis } from '../../../../functions/turnaround-kpi/read-kpis.ts'
import { KpiQuerySchema, KpisSchema } from '../../../../shared/contracts/http/kpis.ts'
import type { QueryOf } from '../../../../shared/contracts/routes.ts'
import type { CaseEvent } from '../../../../shared/domain/case/events.ts'
import type { CaseCommand } from '../../../../shared/domain/case/commands.ts'
import { replay } from '../../../../shared/domain/case/evolve.ts'
import { plain } from '../../../../shared/ledger/case-rows.ts'
import { keys } from '../../../../shared/ledger/keys.ts'
import type { RecordStore } from '../../../../shared/ports/record-store.ts'
import { birthOf, historyOf } from '../../../builders/case-history.ts'
import { principalOf, readingRoom, type ReadingRoom } from '../../../builders/reading-room.ts'

let room: ReadingRoom
beforeEach(() => {
  room = readingRoom()
})
afterEach(() => room.close())

const weber = { readerId: 'r-weber', groupOrgId: 'rheinblick-radiology', decisionId: 'd' }
const steps = (signedAfter: number): (readonly [number, CaseCommand])[] => [
  [2, { command: 'accept' }],
  [1, { command: 'open-upload', uploadId: 'u', objects: 1, studyInstanceUid: '1.2' }],
  [5, { command: 'count-images', expected: 1, stored: 1, failed: 0, complete: true }],
  [0, { command: 'offer', ...weber, poolId: 'p', tier: 0 }],
  [1, { command: 'claim', claim: weber }],
  [signedAfter - 1, { command: 'file-report', kind: 'final', reportId: 'r', readerId: 'r-weber', sha256: 'a' }],
]

let drawn = 0
/** A stroke case of Vienna that Rheinblick reads, counted as the outbox would have it counted. */
async function referral(at: string, signedAfter: number, cut = 6, siteId = 'donau-vienna'): Promise<void> {
  const referringOrgId = siteId === 'donau-vienna' ? 'donau-klinikum' : 'liffey-hospital'
  const referralId = `${referringOrgId}.${String(++drawn).padStart(26, '0')}`
  const birth = birthOf({ referralId, referringOrgId, siteId })
  const submit = { command: 'submit', birth, vetting: 'manual', rule: 'r' } as const
  await count(historyOf(at, [[0, submit], ...steps(signedAfter).slice(0, cut)]))
}
async function count(events: readonly CaseEvent[]): Promise<void> {
  const { referralId } = replay(events)
  await room.ports.store.transact(
    events.map((e, at) => ({ write: 'put', when: 'absent', ...keys.event(referralId, at + 1), body: plain(e) })),
  )
  await countEvents(room.ports, { kind: 'count-events', referralId, fromEvent: 0, toEvent: events.length })
}
const november = { from: '2026-11-01', to: '2026-11-30' }
const read = async (personId: string, query: QueryOf<'readKpis'> = november, store: RecordStore = room.ports.store) =>
  readKpis({ ...room.ports, store }, { query, context: await room.asking('readKpis', principalOf(personId)) })

const AT = '2026-11-24T03:00:00.000Z'

describe('key figures', () => {
  test('of a site: acceptance, availability and turnaround of its cases, by reading group', async () => {
    for (const minutes of [10, 20, 30]) await referral(AT, minutes)
    const answer = KpisSchema.parse(await read('p-coordinator-vienna'))
    const turnaround = answer.rows.find(({ measure }) => measure === 'turnaround')
    expect(turnaround).toEqual({
      measure: 'turnaround',
      siteId: 'donau-vienna',
      readingGroupId: 'rheinblick-radiology',
      pathwayId: 'stroke',
      n: 3,
      medianMinutes: 20,
      p90Minutes: 30,
      p95Minutes: 30,
      inTargetPercent: 100,
    })
    expect(answer.rows.find(({ measure }) => measure === 'acceptance')).toMatchObject({ n: 3, medianMinutes: 2 })
    expect(answer.rows.find(({ measure }) => measure === 'availability')).toMatchObject({ n: 3, medianMinutes: 8 })
    expect(answer.counts).toEqual([
      { siteId: 'donau-vienna', pathwayId: 'stroke', submitted: 3, rejected: 0, cancelled: 0, exceptions: 0 },
    ])
  })

  test('an organisation sees its own cases and no other’s', async () => {
    await referral(AT, 10)
    await referral(AT, 50, 6, 'liffey-dublin')
    const sites = async (personId: string) => new Set((await read(personId)).rows.map(({ siteId }) => siteId))
    expect(await sites('p-coordinator-vienna')).toEqual(new Set(['donau-vienna']))
    expect(await sites('p-coordinator-dublin')).toEqual(new Set(['liffey-dublin']))
    expect(await sites('p-lead-rheinblick')).toEqual(new Set(['donau-vienna', 'liffey-dublin']))
    expect(await sites('p-lead-tejo')).toEqual(new Set())
  })

  test('a case of nine or fewer is not to be recognised by the network’s desk, its own group sees it', async () => {
    for (let n = 0; n < 9; n++) await referral(AT, 10 + n)
    const turnaround = async (personId: string) =>
      (await read(personId)).rows.find(({ measure }) => measure === 'turnaround')
    expect(await turnaround('p-lead-rheinblick')).toMatchObject({ n: 9, medianMinutes: 14 })
    expect(await turnaround('p-coordinator-vienna')).toMatchObject({ n: 9, medianMinutes: 14 })
    await room.ports.store.transact(
      room
        .everyRecord()
        .filter(({ partition }) => partition === 'org#network-desk#numbers')
        .map(({ sort, body }) => ({
          write: 'put',
          when: 'absent',
          partition: 'org#overread-operations#numbers',
          sort,
          body,
        })),
    )
    expect(await turnaround('p-operations')).toMatchObject({ n: 9, medianMinutes: null, inTargetPercent: null })
  })

  test('filters by site, group and pathway, and by the day on which the interval ended', async () => {
    await referral('2026-11-24T23:55:00.000Z', 10)
    const day = async (date: string) => (await read('p-coordinator-vienna', { from: date, to: date })).rows
    expect((await day('2026-11-24')).map(({ measure }) => measure)).toEqual(['acceptance'])
    expect((await day('2026-11-25')).map(({ measure }) => measure)).toEqual(['availability', 'turnaround'])
    const filtered = async (filter: object) =>
      (await read('p-coordinator-vienna', { ...november, ...filter })).rows.length
    expect(await filtered({ siteId: 'donau-vienna' })).toBe(3)
    expect(await filtered({ siteId: 'liffey-dublin' })).toBe(0)
    expect(await filtered({ pathwayId: 'routine-ortho' })).toBe(0)
    expect(await filtered({ readingGroupId: 'rheinblick-radiology' })).toBe(3)
    expect(await filtered({ readingGroupId: 'tejo-reads' })).toBe(0)
  })

  test('count what is overdue now, until it is no longer', async () => {
    const referralId = `donau-klinikum.${String(++drawn).padStart(26, '0')}`
    const birth = birthOf({ referralId, referringOrgId: 'donau-klinikum', siteId: 'donau-vienna' })
    const events = (accepted: boolean) =>
      historyOf(AT, [
        [0, { command: 'submit', birth, vetting: 'manual', rule: 'r' }],
        [11, { command: 'fire-due', now: '' }],
        ...(accepted ? [[1, { command: 'accept' }] as const] : []),
      ])
    await count(events(false))
    expect((await read('p-coordinator-vienna')).openOverdue).toBe(1)
    const later = events(true)
    const at = later.length
    await room.ports.store.transact([
      { write: 'put', when: 'absent', ...keys.event(referralId, at), body: plain(later.at(-1)!) },
    ])
    await countEvents(room.ports, { kind: 'count-events', referralId, fromEvent: at - 1, toEvent: at })
    expect((await read('p-coordinator-vienna')).openOverdue).toBe(0)
  })

  test('are for those the permission table names, and each reading is recorded', async () => {
    await expect(read('p-clerk-vienna')).rejects.toMatchObject({ code: 'not-permitted' })
    await read('p-coordinator-vienna')
    const audited = room.everyRecord().filter(({ body }) => body['operation'] === 'readKpis')
    expect(audited.map(({ body }) => body['facts'])).toEqual([november])
  })
})

describe('what reading costs', () => {
  const costOf = async (): Promise<{ calls: number; items: number }> => {
    const cost = { calls: 0, items: 0 }
    const { store } = room.ports
    const counting: RecordStore = {
      ...store,
      list: async (partition, range) => {
        const page = await store.list(partition, range)
        cost.calls++
        cost.items += page.records.length
        return page
      },
    }
    await read('p-coordinator-vienna', november, counting)
    return cost
  }

  test('is the same for a hundred times the referrals', async () => {
    for (let n = 0; n < 6; n++) await referral(`2026-11-${String(n + 1).padStart(2, '0')}T03:00:00.000Z`, 10 + n)
    const few = await costOf()
    const day = (n: number) => `2026-11-${String((n % 28) + 1).padStart(2, '0')}T03:00:00.000Z`
    for (let n = 0; n < 600; n += 100) {
      await Promise.all(Array.from({ length: 100 }, (_, at) => referral(day(at), 10 + ((n + at) % 300))))
    }
    const many = await costOf()
    expect(many).toEqual(few)
    expect(few.calls).toBe(2)
  })

  test('is bounded by a bound on the days asked for', () => {
    const asked = (from: string, to: string) => KpiQuerySchema.safeParse({ from, to }).success
    expect(asked('2026-11-01', '2026-11-01')).toBe(true)
    expect(asked('2026-11-02', '2026-11-01')).toBe(false)
    expect(asked('2020-01-01', '2026-11-01')).toBe(false)
    expect(asked('2026-02-30', '2026-03-01')).toBe(false)
  })
})
