import { randomUUID } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { tokenUrlOf } from '../../shared/contracts/machine-issuer.ts'
import type { MachineClient } from '../../shared/domain/network/machine-client.ts'
import type { NetworkDefinition } from '../../shared/domain/network/network-definition.ts'
import { TOKENS_PER_MINUTE } from '../../shared/domain/network/rates.ts'
import { assertionAttacks, forgeFor, holders, type AssertionAttack, type Forge } from './assertion-attack-list.ts'
import { rowOf, type GuaranteeRow } from './guarantee-row.ts'
import { withScratchCell, type ScratchCell } from './scratch-cell.ts'
import { ask, closeWire, type WireAnswer } from './wire.ts'

const FORM = 'application/x-www-form-urlencoded'

const send = (cell: ScratchCell, attack: Omit<AssertionAttack, 'name'>): Promise<WireAnswer> =>
  ask({
    method: attack.method ?? 'POST',
    url: `${tokenUrlOf(cell)}${attack.query ?? ''}`,
    headers: { 'content-type': FORM, ...attack.headers },
    body: attack.body,
  })

/** Refused in the form of OAuth, with nothing in it but the code, or by the gateway before any function. */
const isRefused = ({ status, body }: WireAnswer): boolean =>
  status === 404 || ((status === 400 || status === 401) && /^\{"error":"[a-z_]+"\}$/.test(body))

const registered = (network: NetworkDefinition): NetworkDefinition => ({
  ...network,
  machineClients: Object.entries(holders).flatMap(([name, { client }]) => (name === 'stranger' ? [] : [client])),
})

/** One proof, sent again, and twenty times at once: the store lets one through. */
async function replays(cell: ScratchCell, { by, form }: Forge): Promise<readonly [tried: number, escaped: string[]]> {
  const escaped: string[] = []
  const expectOne = async (name: string, sent: readonly Promise<WireAnswer>[]) => {
    const won = (await Promise.all(sent)).filter(({ status }) => status === 200).length
    if (won !== 1) escaped.push(`${name}: ${won} of ${sent.length}`)
  }
  const used = by(holders.victim)
  await expectOne('first use', [send(cell, { body: form(used) })])
  if ((await send(cell, { body: form(used) })).status === 200) escaped.push('second use')
  const jti = randomUUID()
  await expectOne('a jti used before', [send(cell, { body: form(by(holders.victim, { jti })) })])
  if ((await send(cell, { body: form(by(holders.victim, { jti })) })).status === 200)
    escaped.push('jti in a new assertion')
  const rounds = 5
  for (let round = 0; round < rounds; round++) {
    const one = form(by(holders.victim))
    await expectOne(
      `race ${round}`,
      Array.from({ length: 20 }, () => send(cell, { body: one })),
    )
  }
  return [4 + rounds * 20, escaped]
}

/** As many as use up a rate wherever the minute turns: one of two minutes gets more than half of them. */
const FLOOD = 2 * TOKENS_PER_MINUTE + 1

/** A system that asks without end is held to its rate, and is the only one that can use it up. */
async function rates(cell: ScratchCell, { by, form }: Forge): Promise<readonly [tried: number, escaped: string[]]> {
  const flood = async (assertions: readonly string[]) => {
    const answers: WireAnswer[] = []
    for (const one of assertions) answers.push(await send(cell, { body: form(one) }))
    return answers
  }
  const many = (make: () => string) => Array.from({ length: FLOOD }, make)
  const { rsa, other } = holders
  const seen = by(rsa)
  const [claims, signature] = [by(rsa).split('.').slice(0, 2), by(rsa).split('.')[2] ?? '']
  const ofStrangers = await flood([...many(() => [...claims, signature].join('.')), ...many(() => seen)])
  const escaped = ofStrangers.filter(({ status }) => status === 429).map(() => 'counted for somebody else')
  const own = await flood([by(rsa), ...many(() => by(rsa))])
  if (own[0]?.status !== 200) escaped.push('the system itself, after what others sent in its name')
  const refused = own.filter(({ status }) => status !== 200)
  if (refused.length === 0) escaped.push(`${own.length} tokens in a row`)
  for (const { status, headers, body } of refused)
    if (status !== 429 || body !== '{"error":"temporarily_unavailable"}' || !(Number(headers['retry-after']) <= 60))
      escaped.push(`beyond the rate: ${status} ${body}`)
  if ((await send(cell, { body: form(by(other)) })).status !== 200) escaped.push('another system')
  return [3 * FLOOD + 2, escaped]
}

const listWith = (cell: ScratchCell, token: string): Promise<WireAnswer> =>
  ask({ method: 'GET', url: `${cell.baseUrl}/v1/referrals`, headers: { authorization: `Bearer ${token}` } })

async function rewriteClients(cell: ScratchCell, machineClients: readonly MachineClient[]): Promise<void> {
  const path = join(cell.dataDir, 'network.json')
  const network = JSON.parse(await readFile(path, 'utf8')) as NetworkDefinition
  await writeFile(path, JSON.stringify({ ...network, machineClients }))
  // The cell looks at the file once a second.
  await pause(1100)
}

/** A client that is over, or gone from the network, gets no token, and the one it has is worth nothing. */
async function afterItsTime(cell: ScratchCell, { by, form }: Forge): Promise<string[]> {
  const { client } = holders.victim
  const { body } = await send(cell, { body: form(by(holders.victim)) })
  const token = (JSON.parse(body) as { access_token: string }).access_token
  const statuses = async () => [
    (await send(cell, { body: form(by(holders.victim)) })).status,
    (await listWith(cell, token)).status,
  ]
  const good = await statuses()
  await rewriteClients(cell, [{ ...client, validTo: '2021-01-01T00:00:00Z' }])
  const over = await statuses()
  await rewriteClients(cell, [])
  const gone = await statuses()
  return [...good.filter((status) => status !== 200), ...[...over, ...gone].filter((status) => status !== 401)].map(
    String,
  )
}

/** What a system may get, and everything else that may be tried at the place where it gets it. */
export const runAssertionAttacks = (): Promise<readonly GuaranteeRow[]> =>
  withScratchCell({ network: registered }, async (cell) => {
    const now = Math.floor(Date.now() / 1000)
    const forge = forgeFor(tokenUrlOf(cell), now)
    const attacks = assertionAttacks(forge, tokenUrlOf(cell), now)
    const escaped: string[] = []
    for (const attack of attacks) {
      const answer = await send(cell, attack)
      if (!isRefused(answer)) escaped.push(`${attack.name}: ${answer.status}`)
    }
    // Without these the attacks would prove nothing: what is refused must be the flaw and not the form.
    for (const who of [holders.victim, holders.rsa, holders.other]) {
      const { status } = await send(cell, { body: forge.form(forge.by(who)) })
      if (status !== 200) escaped.push(`good assertion of ${who.client.clientId}: ${status}`)
    }
    const [replayed, twice] = await replays(cell, forge)
    const [asked, unbounded] = await rates(cell, forge)
    const left = await afterItsTime(cell, forge)
    closeWire()
    return [
      rowOf('assertions of systems forged, spoilt, misused or outlived', attacks.length + 3, escaped),
      rowOf('uses of an assertion beyond its first', replayed, twice),
      rowOf('requests for tokens beyond the rate of a system, its own and in its name', asked, unbounded),
      rowOf('tokens and assertions good in the time of their system, and not after', 6, left),
    ]
  })
