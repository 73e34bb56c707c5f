import { afterEach, expect, test } from 'vitest'
import { routeOf } from '../../../../shared/contracts/routes.ts'
import type { Principal } from '../../../../shared/domain/access/principal.ts'
import { standardRates } from '../../../../shared/domain/network/rates.ts'
import { Refusal } from '../../../../shared/domain/refusal.ts'
import { processMeter, type RateMeter } from '../../../../shared/runtime/rate-meter.ts'
import { requireRate } from '../../../../shared/runtime/request-rates.ts'
import { submit } from '../../../builders/case-builder.ts'
import { httpEvent } from '../../../builders/http-event.ts'
import { principalOf, readingRoom } from '../../../builders/reading-room.ts'

const room = readingRoom()
afterEach(() => room.close())

const usedUp = async (orgId: string): Promise<RateMeter> => {
  const meter = processMeter(room.ports.clock)
  const { commandsPerMinute } = standardRates
  for (let at = 0; at < commandsPerMinute; at++) await meter.count(orgId, 'commandsPerMinute', commandsPerMinute)
  return meter
}

const cancelling = async (principal: Principal, referralId: string): Promise<string> => {
  const event = httpEvent('cancelReferral', { path: { referralId } })
  return requireRate(room.ports, await usedUp(principal.orgId), event, routeOf('cancelReferral'), principal).then(
    () => 'let through',
    (refusal: unknown) => (refusal instanceof Refusal ? refusal.code : String(refusal)),
  )
}

test('beyond its rate an organisation has a reserve for its urgent cases, and learns nothing of those of others', async () => {
  await room.command(submit())
  const { urgency } = (await room.loaded()).case
  expect(urgency).not.toBe('routine')
  const unknown = `${room.referralId.slice(0, -1)}${room.referralId.endsWith('0') ? '1' : '0'}`
  expect(await cancelling(principalOf('p-referrer-vienna'), room.referralId)).toBe('let through')
  const stranger = principalOf('p-clerk-dublin')
  expect(await cancelling(stranger, unknown)).toBe('too-many-requests')
  // Another answer than to what does not exist would say that this does, and that it is urgent.
  expect(await cancelling(stranger, room.referralId)).toBe('too-many-requests')
})
