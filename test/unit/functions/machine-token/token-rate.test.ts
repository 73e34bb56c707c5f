import { afterEach, beforeEach, expect, test } from 'vitest'
import { entry } from '../../../../functions/machine-token/entry.ts'
import { demoNetwork } from '../../../../local/seed/demo-network.ts'
import { tokenUrlOf } from '../../../../shared/contracts/machine-issuer.ts'
import { indexNetwork } from '../../../../shared/domain/network/index-network.ts'
import { TOKENS_PER_MINUTE } from '../../../../shared/domain/network/rates.ts'
import { createLog } from '../../../../shared/runtime/log.ts'
import { httpEvent } from '../../../builders/http-event.ts'
import { noContext } from '../../../builders/queue-event.ts'
import { readingRoom, START, type ReadingRoom } from '../../../builders/reading-room.ts'
import { auditRecords } from '../../../fixtures/crash-trials.ts'
import { forgeFor, holders } from '../../../guarantees/assertion-attack-list.ts'

const issuer = { baseUrl: 'https://machines.example.org', audience: 'overread' }
const { by, form } = forgeFor(tokenUrlOf(issuer), Date.parse(START) / 1000)

let room: ReadingRoom
beforeEach(() => {
  room = readingRoom()
  const machineClients = [holders.victim.client, holders.rsa.client]
  room.useNetwork(indexNetwork({ ...demoNetwork, machineClients }))
})
afterEach(() => room.close())

/** One process of the function, as on AWS: what it counts it shares by the store. */
const oneProcess = () => {
  const handle = entry({ ...room.ports, log: createLog(() => undefined), machineIssuer: () => issuer })
  return async (who: Parameters<typeof by>[0]) => {
    const event = httpEvent('issueToken', { headers: { 'content-type': 'application/x-www-form-urlencoded' } })
    const { statusCode, headers } = await handle({ ...event, body: form(by(who)) }, noContext)
    return { status: statusCode, retryAfter: headers?.['retry-after'] }
  }
}

test('a system is told to wait for the next minute, once in its audit, and another is not', async () => {
  room.ports.clock.advance(15_000)
  const ask = oneProcess()
  for (let asked = 0; asked < TOKENS_PER_MINUTE; asked++)
    expect(await ask(holders.victim)).toEqual({ status: 200, retryAfter: undefined })
  for (let asked = 0; asked < 3; asked++) expect(await ask(holders.victim)).toEqual({ status: 429, retryAfter: '45' })
  expect((await ask(holders.rsa)).status).toBe(200)

  room.ports.clock.advance(45_000)
  expect((await ask(holders.victim)).status).toBe(200)
  const refused = auditRecords(room).filter(({ outcome }) => outcome === 'refused')
  expect(refused).toMatchObject([
    { operation: 'issueToken', code: 'too-many-requests', by: { kind: 'machine', id: holders.victim.client.clientId } },
  ])
})

test('processes that know nothing of each other hold it to one rate, within a step', async () => {
  const processes = [oneProcess(), oneProcess(), oneProcess()]
  let issued = 0
  for (let asked = 0; asked < 3 * TOKENS_PER_MINUTE; asked++)
    if ((await processes[asked % 3]?.(holders.victim))?.status === 200) issued++
  expect(issued).toBeGreaterThanOrEqual(TOKENS_PER_MINUTE)
  expect(issued).toBeLessThanOrEqual(TOKENS_PER_MINUTE + 2 * 10)
})
