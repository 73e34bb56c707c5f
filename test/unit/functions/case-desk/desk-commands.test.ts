import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  acceptReferral,
  acknowledgeEscalation,
  acknowledgeReport,
  provideInformation,
  rejectReferral,
  requestInformation,
} from '../../../../functions/case-desk/desk-commands.ts'
import { submitReferral } from '../../../../functions/referral-intake/submit-referral.ts'
import { SealedSchema } from '../../../../shared/domain/case/case.ts'
import { loadCase } from '../../../../shared/ledger/case-ledger.ts'
import { referralBody } from '../../../acceptance/study-in-hand.ts'
import { untilClaimed, untilDelivered } from '../../../builders/case-builder.ts'
import { principalOf, readingRoom, type ReadingRoom } from '../../../builders/reading-room.ts'
import { inside } from '../../../builders/inside.ts'

const weber = principalOf('p-weber')
const lead = principalOf('p-lead-rheinblick')
const triage = principalOf('p-triage-vienna')
const clerk = principalOf('p-clerk-vienna')

let room: ReadingRoom
beforeEach(() => {
  room = readingRoom()
})
afterEach(() => room.close())

const begin = async (commands: typeof untilClaimed) => {
  for (const one of commands) await room.command(one)
}
const caseNow = async () => (await room.loaded()).case

describe('an escalation', () => {
  /** Past its target twice: the reader of the case was called, then the lead of the pool. */
  const calledTwice = async () => {
    await begin(untilClaimed)
    while ((await caseNow()).escalations.length < 2) {
      const { target } = await caseNow()
      room.ports.clock.advance(Date.parse(target?.dueAt ?? '') - Date.parse(room.ports.clock.now()))
      await room.command({ command: 'renew-claim', readerId: 'r-weber' })
      await room.command({ command: 'fire-due', now: room.ports.clock.now() })
    }
    return (await caseNow()).escalations
  }
  const acknowledge = async (escalationId: string, principal: typeof weber) =>
    acknowledgeEscalation(room.ports, {
      params: { referralId: room.referralId, escalationId },
      body: {},
      context: await room.asking('acknowledgeEscalation', principal),
    })

  test('is acknowledged by the person it was addressed to, and by nobody else who was called', async () => {
    const [first, second] = await calledTwice()
    expect([first?.personId, second?.personId]).toEqual(['p-weber', 'p-lead-rheinblick'])
    await expect(acknowledge(second!.escalationId, weber)).rejects.toMatchObject({ code: 'not-found' })
    await expect(acknowledge(first!.escalationId, lead)).rejects.toMatchObject({ code: 'not-found' })
    const coordinator = principalOf('p-coordinator-vienna')
    await expect(acknowledge(second!.escalationId, coordinator)).rejects.toMatchObject({ code: 'not-permitted' })
    await expect(acknowledge('01k9zq3v5r8w2x4y6a8c0e2g4k', weber)).rejects.toMatchObject({ code: 'not-found' })
    expect((await caseNow()).escalations.filter((one) => one.acknowledgedAt !== undefined)).toEqual([])

    await acknowledge(second!.escalationId, lead)
    const acknowledged = (await caseNow()).escalations.map((one) => one.acknowledgedBy)
    expect(acknowledged).toEqual([undefined, 'p-lead-rheinblick'])
  })
})

describe('a question to the referrer', () => {
  const note = 'Canary: which side did she fall on?'
  const params = () => ({ referralId: room.referralId })
  const ask = async (principal = weber) =>
    requestInformation(room.ports, {
      params: params(),
      body: { item: 'clinical-history', note },
      context: await room.asking('requestInformation', principal),
    })
  const answer = async (principal = clerk) =>
    provideInformation(room.ports, {
      params: params(),
      body: { note },
      context: await room.asking('provideInformation', principal),
    })

  test('and its answer are sealed, each with its author, and their words stand nowhere else', async () => {
    await begin(untilClaimed)
    expect((await ask()).state).toBe('needs-information')
    expect((await answer()).state).toBe('claimed')
    const notes = room.everyRecord().filter(({ sort }) => sort.startsWith('note#'))
    const authors = notes.map(({ body }) => (body['by'] as { id?: string }).id)
    expect(authors.sort()).toEqual(['p-clerk-vienna', 'p-weber'])
    const context = { org: 'donau-klinikum', case: room.referralId, purpose: 'note', residency: 'AT' } as const
    for (const { body } of notes)
      expect(await room.ports.keys.open(inside, SealedSchema.parse(body['sealed']), context)).toBe(note)
    expect(JSON.stringify(room.everyRecord())).not.toContain('Canary')
  })

  test('is the holder’s to ask and the site’s to answer', async () => {
    await begin(untilClaimed)
    await expect(ask(principalOf('p-kaya'))).rejects.toMatchObject({ code: 'not-permitted' })
    await ask()
    await expect(answer(weber)).rejects.toMatchObject({ code: 'not-permitted' })
    expect((await caseNow()).phase.state).toBe('needs-information')
  })
})

describe('a delivered report', () => {
  const acknowledge = async (personId: string) =>
    acknowledgeReport(room.ports, {
      params: { referralId: room.referralId },
      body: {},
      context: await room.asking('acknowledgeReport', principalOf(personId)),
    })

  test('is acknowledged by its referrer: not by a clerk, not by who wrote it, and not before it is delivered', async () => {
    await begin(untilClaimed)
    await expect(acknowledge('p-referrer-vienna')).rejects.toMatchObject({ code: 'illegal-transition' })
    await begin(untilDelivered.slice(untilClaimed.length))
    await expect(acknowledge('p-clerk-vienna')).rejects.toMatchObject({ code: 'not-permitted' })
    await expect(acknowledge('p-weber')).rejects.toMatchObject({ code: 'not-permitted' })
    expect((await acknowledge('p-referrer-vienna')).state).toBe('acknowledged')
    expect((await caseNow()).milestones.acknowledgedAt).toBe(room.ports.clock.now())
  })
})

describe('vetting', () => {
  const submitted = async () => {
    const ports = { ...room.ports, cell: { ...room.ports.cell, cellId: 'eu-central-1' } }
    const body = referralBody(undefined, 'oncology-follow-up')
    const order = { ...body.order, accessionNumber: 'ACC-1' }
    return submitReferral(ports, { body: { ...body, order }, context: await room.asking('submitReferral', clerk) })
  }
  const asked = async (
    at: { referralId: string; version: number },
    operation: 'acceptReferral' | 'rejectReferral',
  ) => ({
    params: { referralId: at.referralId },
    context: { ...(await room.asking(operation, triage)), expectedVersion: at.version },
  })

  test('accepts', async () => {
    const status = await submitted()
    expect(status.state).toBe('triage')
    await acceptReferral(room.ports, { ...(await asked(status, 'acceptReferral')), body: {} })
    expect((await loadCase(room.ports.store, status.referralId))?.case.milestones.acceptedAt).toBeDefined()
  })

  test('rejects, and the order may be referred again', async () => {
    const first = await submitted()
    await expect(submitted()).rejects.toMatchObject({ code: 'duplicate-referral' })
    const rejecting = { ...(await asked(first, 'rejectReferral')), body: { reason: 'not-indicated' as const } }
    expect((await rejectReferral(room.ports, rejecting)).state).toBe('rejected')
    expect((await submitted()).referralId).not.toBe(first.referralId)
  })
})
