import { afterEach, beforeEach, expect, test } from 'vitest'
import { uploadAllowance } from '../../../../functions/image-upload/upload-allowance.ts'
import { indexNetwork } from '../../../../shared/domain/network/index-network.ts'
import { loadCase } from '../../../../shared/ledger/case-ledger.ts'
import { network as demoIndex } from '../../../builders/case-builder.ts'
import { readingRoom, START, type ReadingRoom } from '../../../builders/reading-room.ts'

const GIGABYTE = 1e9
const { definition } = demoIndex
const rates = { ...definition.rates.standard, uploadGigabytesPerDay: 3, urgentUploadGigabytesPerDay: 2 }
const network = indexNetwork({ ...definition, rates: { standard: rates, organisations: [] } })

let room: ReadingRoom
beforeEach(() => {
  room = readingRoom()
})
afterEach(() => room.close())

/** Announces so many gigabytes and commits them, as the opening of an upload does. */
async function announce(gigabytes: number, urgency: 'stat' | 'routine', at: string = START): Promise<void> {
  const { store } = room.ports
  const loaded = await loadCase(store, room.referralId)
  if (loaded === undefined) throw new Error('the room has a case')
  await store.transact([await uploadAllowance(store, network, { ...loaded.case, urgency }, gigabytes * GIGABYTE, at)])
}
const reached = { code: 'too-many-requests', facts: { rate: 'uploadGigabytesPerDay', retryAfterSeconds: 14 * 3600 } }

test('the bytes of a day are counted up to the limit and no further, until the day is over', async () => {
  await room.prepareClaimed()
  await announce(2, 'routine')
  await announce(1, 'routine')
  await expect(announce(0.001, 'routine')).rejects.toMatchObject(reached)
  await announce(1, 'routine', '2026-11-25T00:00:00.000Z')
})

test('a stat case has a reserve beyond the limit, and it ends too', async () => {
  await room.prepareClaimed()
  await announce(3, 'routine')
  await announce(2, 'stat')
  await expect(announce(0.001, 'stat')).rejects.toMatchObject(reached)
})
