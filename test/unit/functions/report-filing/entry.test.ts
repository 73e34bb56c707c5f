import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { entry } from '../../../../functions/report-filing/entry.ts'
import { entry as kpiEntry } from '../../../../functions/turnaround-kpi/entry.ts'
import { ReportsSchema } from '../../../../shared/contracts/http/reports.ts'
import type { OperationId } from '../../../../shared/contracts/routes.ts'
import type { HttpEvent, HttpResult } from '../../../../shared/runtime/http-event.ts'
import { createLog } from '../../../../shared/runtime/log.ts'
import type { TokenVerifier } from '../../../../shared/runtime/token-verifier.ts'
import { httpEvent, type Sent } from '../../../builders/http-event.ts'
import { noContext } from '../../../builders/queue-event.ts'
import { principalOf, readingRoom, START, type ReadingRoom } from '../../../builders/reading-room.ts'

let room: ReadingRoom
let lines: string[]
beforeEach(async () => {
  room = readingRoom()
  lines = []
  await room.prepareClaimed()
})
afterEach(() => room.close())

/** The person is named by the token itself: what is tested here lies behind the verifier. */
const tokens: TokenVerifier = {
  verify: (token) => {
    const personId = token.split('.')[0] ?? ''
    const principal = principalOf(personId)
    return Promise.resolve({
      sub: personId,
      exp: Date.parse(START) / 1000 + 600,
      iat: Date.parse(START) / 1000,
      jti: 'j',
      token_use: 'access',
      org_id: principal.orgId,
      person_id: personId,
      roles: [...principal.roles],
      scope: 'reports:write referrals:read kpis:read',
      country: principal.attestedCountry,
      amr: ['mfa'],
      auth_time: Date.parse(START) / 1000,
    })
  },
}
const ports = () => ({
  ...room.ports,
  tokens,
  addresses: { countryOf: (_: string, attested: string | undefined) => attested },
  log: createLog((line) => lines.push(line)),
})

interface SentBy extends Omit<Sent, 'path'> {
  readonly person?: string
}
const event = (operationId: OperationId, { person = 'p-weber', headers = {}, ...sent }: SentBy): HttpEvent =>
  httpEvent(operationId, {
    ...sent,
    headers: { authorization: `Bearer ${person}.b.c`, 'content-type': 'application/json', ...headers },
    path: operationId === 'readKpis' ? {} : { referralId: room.referralId },
  })
const call = (operationId: OperationId, sent: SentBy = {}): Promise<HttpResult> =>
  entry(ports())(event(operationId, sent), noContext)
const command = async (operationId: OperationId, body: object, key: string, version?: number): Promise<HttpResult> => {
  const ifMatch = `"${version ?? (await room.loaded()).version}"`
  return call(operationId, { body, headers: { 'idempotency-key': key, 'if-match': ifMatch } })
}
const report = { text: { findings: 'Canary-F', impression: 'Canary-I', alert: 'category-1' }, attachmentIds: [] }
const json = ({ body }: HttpResult) => JSON.parse(body ?? '') as Record<string, unknown>

describe('reports over HTTP', () => {
  test('draft, preliminary, final, addendum and reading, each by its route', async () => {
    expect((await command('saveDraft', { text: { findings: 'Canary-D' } }, 'key-draft-1')).statusCode).toBe(200)
    const opened = { contentType: 'application/pdf', bytes: 10, sha256: 'a'.repeat(64) }
    expect((await command('openAttachment', opened, 'key-attach-1')).statusCode).toBe(201)
    const preliminary = await command('filePreliminary', report, 'key-prelim-1')
    expect(preliminary.statusCode).toBe(201)
    expect(preliminary.headers?.['etag']).toBe(`"${String(json(preliminary)['version'])}"`)
    expect((await command('signFinal', report, 'key-final-1')).statusCode).toBe(201)
    await room.command({ command: 'deliver', recipientOrgId: 'donau-klinikum' })
    expect((await command('addAddendum', report, 'key-addendum-1')).statusCode).toBe(201)
    const read = await call('readReports', { person: 'p-referrer-vienna' })
    expect(read.headers?.['cache-control']).toBe('no-store')
    const { reports } = ReportsSchema.parse(json(read))
    expect(reports.map(({ kind }) => kind)).toEqual(['preliminary', 'final', 'addendum'])
    expect(reports.map(({ text }) => text.alert)).toEqual(['category-1', 'category-1', 'category-1'])
    expect(lines.join('\n')).not.toContain('Canary')
  })

  test('a signature sent twice is given once: the repeat says that it is one', async () => {
    const { version } = await room.loaded()
    const first = await command('signFinal', report, 'key-final-1', version)
    const repeat = await command('signFinal', report, 'key-final-1', version)
    expect(repeat.headers?.['idempotency-replayed']).toBe('true')
    expect(repeat.body).toBe(first.body)
    const other = { ...report, text: { ...report.text, impression: 'other' } }
    const reused = await command('signFinal', other, 'key-final-1', version)
    expect(json(reused)).toMatchObject({ status: 422, code: 'idempotency-key-reused' })
    expect((await room.loaded()).case.reports).toHaveLength(1)
  })

  test('a refusal names its code and repeats no word of the report', async () => {
    const stale = await command('signFinal', report, 'key-final-1', 1)
    expect(json(stale)).toMatchObject({ status: 409, code: 'stale-version' })
    const long = { ...report, text: { ...report.text, findings: 'Canary'.repeat(10_000) } }
    const refused = await command('signFinal', long, 'key-final-2')
    expect(json(refused)).toMatchObject({ code: 'invalid-request' })
    expect(`${stale.body}${refused.body}${lines.join()}`).not.toContain('Canary')
  })

  test('key figures answer what their schema says', async () => {
    const query = { from: '2026-11-01', to: '2026-11-30' }
    const asked = (sent: SentBy) => kpiEntry(ports())(event('readKpis', sent), noContext)
    const answer = await asked({ person: 'p-coordinator-vienna', query })
    expect(json(answer)).toMatchObject({ version: 'overread/kpi@1', rows: [], counts: [], openOverdue: 0 })
    const backwards = await asked({ person: 'p-coordinator-vienna', query: { from: '2026-11-30', to: '2026-11-01' } })
    expect(json(backwards)).toMatchObject({ status: 400, issues: [{ path: 'query.to' }] })
  })
})
