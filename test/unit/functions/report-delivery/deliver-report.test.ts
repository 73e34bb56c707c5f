import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { entry } from '../../../../functions/report-delivery/entry.ts'
import { signFinal } from '../../../../functions/report-filing/sign-report.ts'
import { sealedReportKey } from '../../../../shared/contracts/stored/sealed-report.ts'
import { createLog } from '../../../../shared/runtime/log.ts'
import { noContext, queueEvent } from '../../../builders/queue-event.ts'
import { principalOf, readingRoom, type ReadingRoom } from '../../../builders/reading-room.ts'
import { inside } from '../../../builders/inside.ts'

let room: ReadingRoom
let lines: string[]
beforeEach(async () => {
  room = readingRoom()
  lines = []
  await room.prepareClaimed()
})
afterEach(() => room.close())

const sign = async (): Promise<string> => {
  const status = await signFinal(room.ports, {
    params: { referralId: room.referralId },
    body: { text: { findings: 'Canary', impression: 'Canary', alert: 'none' }, attachmentIds: [] },
    context: await room.asking('signFinal', principalOf('p-weber')),
  })
  return status.reports.at(-1)!.reportId
}
const deliver = (receiveCount = 1, referralId = room.referralId) =>
  entry({ ...room.ports, log: createLog((line) => lines.push(line)) })(
    queueEvent([{ kind: 'deliver-report', referralId }], receiveCount),
    noContext,
  )
const objectOf = (reportId: string) => ({
  bucket: 'reports' as const,
  key: sealedReportKey(room.referralId, reportId),
})
const state = async () => (await room.loaded()).case.phase.state

describe('delivery of a signed report', () => {
  test('goes to the organisation that asked, once the sealed report is found whole', async () => {
    const reportId = await sign()
    expect(await deliver()).toEqual({ batchItemFailures: [] })
    const { case: c } = await room.loaded()
    expect(c.phase.state).toBe('delivered')
    expect(c.owner).toMatchObject({ role: 'referrer', orgId: 'donau-klinikum' })
    expect(c.milestones.deliveredAt).toBeDefined()
    const audited = room.everyRecord().find(({ body }) => body['operation'] === 'deliverReport')
    expect(audited?.body).toMatchObject({
      action: 'release',
      facts: { reportId, recipientOrgId: 'donau-klinikum' },
    })
  })

  test('told twice is done once', async () => {
    await sign()
    await deliver()
    const { version } = await room.loaded()
    expect(await deliver()).toEqual({ batchItemFailures: [] })
    expect((await room.loaded()).version).toBe(version)
  })

  test('waits for a sealed report that cannot be read, and tries again', async () => {
    const reportId = await sign()
    await room.ports.objects.remove(objectOf(reportId))
    expect((await deliver()).batchItemFailures).toHaveLength(1)
    expect(await state()).toBe('final-signed')
  })

  test('never delivers a report whose words are not the ones that were signed', async () => {
    const reportId = await sign()
    const bytes = await room.ports.objects.readRange(inside, objectOf(reportId), 0, 1_000_000)
    const altered = new TextDecoder().decode(bytes).replace('"impression":"Canary"', '"impression":"Normal"')
    const replace = { contentType: 'application/json', replace: true }
    await room.ports.objects.put(objectOf(reportId), new TextEncoder().encode(altered), replace)
    expect((await deliver()).batchItemFailures).toHaveLength(1)
    expect(await state()).toBe('final-signed')
  })

  test('never delivers another whole report in its place', async () => {
    const reportId = await sign()
    const { case: c } = await room.loaded()
    const mark = c.reports.at(-1)!
    const { canonicalJson } = await import('../../../../shared/domain/canonical-json.ts')
    const { sealReport } = await import('../../../../shared/ledger/sealed-reports.ts')
    const bytes = await room.ports.objects.readRange(inside, objectOf(reportId), 0, 1_000_000)
    const { content } = JSON.parse(new TextDecoder().decode(bytes)) as { content: Parameters<typeof sealReport>[1] }
    const other = await sealReport(room.ports, { ...content, reportId: 'other' })
    const replace = { contentType: 'application/json', replace: true }
    await room.ports.objects.put(objectOf(reportId), new TextEncoder().encode(canonicalJson(other)), replace)
    expect(other.sha256).not.toBe(mark.sha256)
    expect((await deliver()).batchItemFailures).toHaveLength(1)
  })

  test('after its last attempt somebody by name owns the failure, and nothing of the report is in the log', async () => {
    const reportId = await sign()
    await room.ports.objects.remove(objectOf(reportId))
    expect((await deliver(5)).batchItemFailures).toHaveLength(1)
    const { case: c } = await room.loaded()
    expect(c.phase).toMatchObject({ state: 'exception', code: 'delivery-failed' })
    expect(c.owner?.personId).toBe('p-operations')
    expect(lines.join('\n')).toContain('message-given-up')
    expect(lines.join('\n')).not.toContain('Canary')
  })

  test('resolved by operations, the case waits for delivery again and gets it', async () => {
    await sign()
    await room.command({ command: 'raise-exception', code: 'delivery-failed' })
    await room.command({ command: 'resolve-exception', resolution: 'retry' })
    expect(await deliver()).toEqual({ batchItemFailures: [] })
    expect(await state()).toBe('delivered')
  })

  test('a last attempt for a case that is not there does not take the other messages of its batch with it', async () => {
    await sign()
    const handler = entry({ ...room.ports, log: createLog((line) => lines.push(line)) })
    const unknown = { kind: 'deliver-report', referralId: 'nobody-known.01k9zq3v5r8w2x4y6a8c0e2g4j' }
    const event = queueEvent([unknown, { kind: 'deliver-report', referralId: room.referralId }], 5)
    expect(await handler(event, noContext)).toEqual({ batchItemFailures: [{ itemIdentifier: 'message-0' }] })
    expect(lines.join('\n')).toContain('give-up-failed')
    expect(await state()).toBe('delivered')
  })

  test('a message that is none, or of a case that is not there, costs nothing else', async () => {
    const handler = entry({ ...room.ports, log: createLog((line) => lines.push(line)) })
    await sign()
    const event = queueEvent([
      'not json',
      { kind: 'deliver-report', referralId: room.referralId },
      { kind: 'deliver-report', referralId: 'nobody-known.01k9zq3v5r8w2x4y6a8c0e2g4j' },
    ])
    const { batchItemFailures } = await handler(event, noContext)
    expect(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier)).toContain('message-0')
    expect(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier)).not.toContain('message-1')
    expect(await state()).toBe('delivered')
  })
})
