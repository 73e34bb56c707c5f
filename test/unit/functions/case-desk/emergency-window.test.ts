import { afterEach, beforeEach, expect, it } from 'vitest'
import { confirmEmergency, declareEmergency } from '../../../../functions/case-desk/emergency-commands.ts'
import { listImages } from '../../../../functions/image-access/list-images.ts'
import { signFinal } from '../../../../functions/report-filing/sign-report.ts'
import { claimCase } from '../../../../functions/worklist/worklist-commands.ts'
import { demoNetwork } from '../../../../local/seed/demo-network.ts'
import { demoPolicy } from '../../../../local/seed/demo-policy.ts'
import { indexNetwork } from '../../../../shared/domain/network/index-network.ts'
import { ReaderIdSchema } from '../../../../shared/domain/network/ids.ts'
import { Refusal } from '../../../../shared/domain/refusal.ts'
import { policyDocument } from '../../../../shared/runtime/policy-document.ts'
import { principalOf, readingRoom, type ReadingRoom } from '../../../builders/reading-room.ts'

/** The demo network without the contract clauses under which the reader in Sydney may look. */
const network = indexNetwork({
  ...demoNetwork,
  evidence: demoNetwork.evidence.filter(({ condition }) => condition !== 'SCC_TIA'),
})

const HOUR_MS = 3_600_000
let room: ReadingRoom
beforeEach(async () => {
  room = readingRoom()
  room.useNetwork(network)
  await room.prepareClaimed()
  await room.command({ command: 'release-claim', readerId: 'r-weber', because: 'returned' })
})
afterEach(() => room.close())

const harris = principalOf('p-harris')
const codeOf = (answer: Promise<unknown>): Promise<string> =>
  answer.then(
    () => 'no refusal',
    (thrown: unknown) => (thrown instanceof Refusal ? thrown.code : String(thrown)),
  )

const declare = async () =>
  declareEmergency(room.ports, {
    params: { referralId: room.referralId },
    body: { readerId: ReaderIdSchema.parse('r-harris'), reason: 'threat-to-life' },
    context: await room.asking('declareEmergency', principalOf('p-coordinator-vienna')),
  })

async function open(): Promise<void> {
  const emergencyId = (await declare()).emergencies[0]?.emergencyId ?? ''
  const { referralId } = room
  const context = await room.asking('confirmEmergency', principalOf('p-duty-vienna'))
  await confirmEmergency(room.ports, { params: { referralId, emergencyId }, body: {}, context })
}

const claim = async () =>
  claimCase(room.ports, {
    params: { referralId: room.referralId },
    body: {},
    context: await room.asking('claimCase', harris),
  })

const images = async () =>
  listImages(room.ports, {
    params: { referralId: room.referralId },
    query: { limit: 10 },
    context: await room.asking('listImages', harris),
  })

const sign = async () =>
  signFinal(room.ports, {
    params: { referralId: room.referralId },
    body: { text: { findings: 'None', impression: 'None', alert: 'none' }, attachmentIds: [] },
    context: await room.asking('signFinal', harris),
  })

it('shows the images until its window ends, to the millisecond, whether or not the sweep has come by', async () => {
  await open()
  await claim()
  room.ports.clock.advance(HOUR_MS - 1)
  expect((await images()).mode).toBe('view_in_region_identifiable')
  room.ports.clock.advance(1)
  expect(await codeOf(images())).toMatch(/not-eligible|residency-forbidden/)
  expect(await codeOf(sign())).toMatch(/not-eligible|residency-forbidden/)
})

it('lets nobody claim a case after its window', async () => {
  await open()
  room.ports.clock.advance(HOUR_MS)
  expect(await codeOf(claim())).toBe('not-found')
})

it('is unknown to a policy that says nothing of it', async () => {
  const { breakGlass: _, ...silent } = demoPolicy
  room.useNetwork(network, policyDocument(silent))
  expect(await codeOf(declare())).toBe('residency-forbidden')
})

it('opens nothing under a policy that has taken it back meanwhile', async () => {
  await open()
  await claim()
  const { breakGlass: _, ...silent } = demoPolicy
  room.useNetwork(network, policyDocument(silent))
  expect(await codeOf(images())).toMatch(/not-eligible|residency-forbidden/)
})
