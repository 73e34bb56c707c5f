import { apiClient } from '../../local/client/api-client.ts'
import { caseChain, orgChain } from '../../shared/ledger/audit-chain.ts'
import type { NetworkDefinition } from '../../shared/domain/network/network-definition.ts'
import { freshUid, referralBody } from '../acceptance/study-in-hand.ts'
import { rowOf, type GuaranteeRow } from './guarantee-row.ts'
import { withScratchCell, type ScratchCell } from './scratch-cell.ts'
import { timeToOffer } from './one-image.ts'
import { ask, closeWire } from './wire.ts'

/** Small, so that a laptop can go far beyond them in a second. */
const rates = { readsPerMinute: 300, commandsPerMinute: 60, urgentPerMinute: 20 }
const FLOODER = 'liffey-hospital'

const limited = (network: NetworkDefinition): NetworkDefinition => ({
  ...network,
  rates: {
    ...network.rates,
    organisations: [{ orgId: FLOODER as never, rates: { ...network.rates.standard, ...rates } }],
  },
})

interface Sent {
  readonly status: number
  readonly retryAfter: string | undefined
  readonly referralId: string | undefined
}

const submitting = (cell: ScratchCell, token: string, pathwayId: string) => async (): Promise<Sent> => {
  const { status, headers, body } = await ask({
    method: 'POST',
    url: `${cell.baseUrl}/v1/referrals`,
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      'idempotency-key': freshUid(),
    },
    body: JSON.stringify(referralBody(undefined, pathwayId, 'liffey-dublin')),
  })
  const answer = status === 201 ? (JSON.parse(body) as { referralId: string }) : undefined
  return { status, retryAfter: headers['retry-after'] as string | undefined, referralId: answer?.referralId }
}

const inParallel = async (count: number, width: number, work: () => Promise<Sent>): Promise<Sent[]> => {
  const sent: Sent[] = []
  const lanes = Array.from({ length: width }, async () => {
    while (sent.length < count) sent.push(await work())
  })
  await Promise.all(lanes)
  return sent
}

/** A laptop's share of noise, and what a request waits behind those that are turned away. */
const FACTOR = 2
const ALLOWANCE_MS = 1500

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0

/** Records of the refusals in the flooder's chain: one a minute and rate, however many were refused. */
async function refusalsWritten(cell: ScratchCell): Promise<number> {
  const { records } = await cell.ports.store.list(orgChain(FLOODER, cell.ports.clock.now()), {
    from: 'audit#',
    limit: 1000,
  })
  return records.filter(({ body }) => body['code'] === 'too-many-requests').length
}

const isKept = async (cell: ScratchCell, { referralId }: Sent): Promise<boolean> =>
  referralId === undefined ||
  (await cell.ports.store.read({ partition: caseChain(referralId), sort: 'case' })) !== undefined

/**
 * One organisation asks for far more than its rate while another sends one stat case after the other. Nothing is held back on
 * the other's way, what the flooder was promised is kept, and its own stat cases still pass by their reserve.
 */
export const runFlood = ({ requests }: { readonly requests: number }): Promise<readonly GuaranteeRow[]> =>
  withScratchCell({ network: limited }, async (cell) => {
    const vienna = await cell.tokenFor('p-clerk-vienna')
    const dublin = await cell.tokenFor('p-clerk-dublin')
    const client = apiClient(cell.baseUrl, () => Promise.resolve(vienna))
    const times = async () => [await timeToOffer(client), await timeToOffer(client), await timeToOffer(client)]
    await timeToOffer(client)
    const idle = median(await times())
    const startedAt = Date.parse(cell.ports.clock.now())
    const flooding = inParallel(requests, 24, submitting(cell, dublin, 'oncology-follow-up'))
    const loaded = await times()
    const sent = await flooding
    const minutes = Math.floor(Date.parse(cell.ports.clock.now()) / 60_000) - Math.floor(startedAt / 60_000) + 1
    const urgent = await submitting(cell, dublin, 'stroke')()
    const accepted = sent.filter(({ status }) => status === 201)
    const refused = sent.filter(({ status }) => status === 429)
    const kept = await Promise.all(accepted.map((one) => isKept(cell, one)))
    const written = await refusalsWritten(cell)
    closeWire()
    const most = rates.commandsPerMinute * minutes
    const slow = loaded.filter((ms) => ms > FACTOR * idle + ALLOWANCE_MS)
    const worst = Math.round(Math.max(...loaded))
    return [
      rowOf(
        `stat cases offered in time beside a flood (idle ${Math.round(idle)} ms, worst ${worst} ms)`,
        loaded.length,
        slow.map((ms) => `${Math.round(ms)} ms`),
      ),
      rowOf(
        'requests of the flood beyond the rate that were let through',
        sent.length,
        accepted.length > most ? [`${accepted.length} of at most ${most}`] : [],
      ),
      rowOf(
        'refusals of the flood without a time to come back',
        refused.length,
        refused
          .filter(({ retryAfter }) => !/^\d+$/.test(retryAfter ?? ''))
          .map(({ retryAfter }) => retryAfter ?? 'none'),
      ),
      rowOf(
        'answers of the flood that were neither taken nor turned away',
        sent.length,
        sent.filter(({ status }) => status !== 201 && status !== 429).map(({ status }) => String(status)),
      ),
      rowOf(
        'referrals taken from the flood and lost',
        accepted.length,
        kept.flatMap((there, at) => (there ? [] : [accepted[at]?.referralId ?? ''])),
      ),
      rowOf(
        'audit records beyond one a minute of refusals',
        refused.length,
        written < 1 || written > minutes ? [String(written)] : [],
      ),
      rowOf("the flooder's own stat case turned away", 1, urgent.status === 201 ? [] : [String(urgent.status)]),
    ]
  })
