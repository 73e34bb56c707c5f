import type { TokenAnswer, TokenError, TokenRequest } from '../../shared/contracts/http/tokens.ts'
import type { MachineIssuer } from '../../shared/contracts/machine-issuer.ts'
import { TOKENS_PER_MINUTE } from '../../shared/domain/network/rates.ts'
import type { AuditEntry } from '../../shared/domain/audit/audit-record.ts'
import type { MachineClient, MachineScope } from '../../shared/domain/network/machine-client.ts'
import { appendAudit, orgChain } from '../../shared/ledger/audit-chain.ts'
import { keys } from '../../shared/ledger/keys.ts'
import { sha256 } from '../../shared/ledger/sha256.ts'
import type { NetworkDirectory } from '../../shared/ports/network-directory.ts'
import type { RecordStore } from '../../shared/ports/record-store.ts'
import type { Clock } from '../../shared/ports/surroundings.ts'
import { secondsLeft, type RateMeter } from '../../shared/runtime/rate-meter.ts'
import { LIFETIME_SECONDS, signToken, type IssuingKeys } from './sign-token.ts'
import { verifyAssertion, type ProvenClient } from './verify-assertion.ts'

export interface TokenPorts {
  readonly network: NetworkDirectory
  readonly store: RecordStore
  readonly keys: IssuingKeys
  readonly clock: Clock
  readonly machineIssuer: () => MachineIssuer
  readonly rates: RateMeter
}

export type TokenOutcome =
  | { readonly outcome: 'issued'; readonly token: TokenAnswer }
  | { readonly outcome: 'refused'; readonly error: TokenError; readonly retryAfterSeconds?: number }

const refused = (error: TokenError): TokenOutcome => ({ outcome: 'refused', error })

/** Of twenty that come with one assertion at once, the store lets one through. */
async function isFirstUse(store: RecordStore, { client, jti, usableUntil }: ProvenClient): Promise<boolean> {
  const key = keys.assertion(client.orgId, client.clientId, sha256(jti))
  const { outcome } = await store.transact([{ write: 'put', when: 'absent', ...key, body: {}, expiresAt: usableUntil }])
  return outcome === 'committed'
}

const audited = (
  { store, clock }: TokenPorts,
  client: MachineClient,
  entry: Pick<AuditEntry, 'action' | 'outcome' | 'code' | 'requestId' | 'facts'>,
): Promise<unknown> => {
  const at = clock.now()
  const by = { kind: 'machine', id: client.clientId, orgId: client.orgId } as const
  return appendAudit(store, orgChain(client.orgId, at), [{ at, by, operation: 'issueToken', ...entry }])
}

/**
 * Counted once an assertion has proved its system and was used for the first time: neither who forges one nor who repeats one that
 * they saw can use up the rate of another (ADR 0025).
 */
async function isBeyondRate(ports: TokenPorts, client: MachineClient, requestId: string): Promise<boolean> {
  const { clientId, orgId } = client
  const rate = `tokens of ${clientId}` as const
  if ((await ports.rates.count(orgId, rate, TOKENS_PER_MINUTE)) <= TOKENS_PER_MINUTE) return false
  if (await ports.rates.firstRefusal(orgId, rate))
    await audited(ports, client, { action: 'refuse', outcome: 'refused', code: 'too-many-requests', requestId })
  return true
}

/** RFC 6749 3.3: what is asked for beyond the registration is an error, not quietly less. */
function scopesFor(client: MachineClient, asked: string | undefined): MachineScope[] | undefined {
  if (asked === undefined) return client.scopes
  const named = asked.split(' ').filter((scope) => scope !== '')
  const granted = client.scopes.filter((scope) => named.includes(scope))
  return named.length > 0 && granted.length === new Set(named).size ? granted : undefined
}

/** A token for a system that proves itself by `private_key_jwt` (RFC 7523, SMART Backend Services). */
export async function issueToken(ports: TokenPorts, given: TokenRequest, requestId: string): Promise<TokenOutcome> {
  if (given.grant_type !== 'client_credentials') return refused('unsupported_grant_type')
  const now = ports.clock.now()
  const issuer = ports.machineIssuer()
  const proven = await verifyAssertion(given, await ports.network.current(), issuer, Date.parse(now))
  if (proven === undefined || !(await isFirstUse(ports.store, proven))) return refused('invalid_client')
  const { client } = proven
  if (await isBeyondRate(ports, client, requestId))
    return { outcome: 'refused', error: 'temporarily_unavailable', retryAfterSeconds: secondsLeft(ports.clock) }
  const scopes = scopesFor(client, given.scope)
  if (scopes === undefined) return refused('invalid_scope')
  const scope = scopes.join(' ')
  const token = await signToken(ports.keys, issuer, client, scope, Math.floor(Date.parse(now) / 1000))
  await audited(ports, client, { action: 'create', outcome: 'success', requestId, facts: { scopes } })
  return {
    outcome: 'issued',
    token: { access_token: token, token_type: 'Bearer', expires_in: LIFETIME_SECONDS, scope },
  }
}
