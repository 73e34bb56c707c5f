import middy from '@middy/core'
import type { Context } from 'aws-lambda'
import type * as z from 'zod'
import type { AnswerOf, BodyOf, OperationId, ParamsOf, QueryOf } from '../contracts/routes.ts'
import { routeKey, type Route } from '../contracts/routes/route.ts'
import { isGrantedToRoles, permissions, type PermittedOperation } from '../domain/access/permissions.ts'
import type { Principal } from '../domain/access/principal.ts'
import { addMinutes } from '../domain/instant.ts'
import { Refusal } from '../domain/refusal.ts'
import { AnsweredBefore, type Asking } from '../ledger/asking.ts'
import type { Remembered } from '../ledger/remembered-answers.ts'
import { keys } from '../ledger/keys.ts'
import { recordAccess } from '../ledger/recorded-access.ts'
import { sha256 } from '../ledger/sha256.ts'
import type { NetworkDirectory } from '../ports/network-directory.ts'
import type { RecordStore, StoredRecord } from '../ports/record-store.ts'
import type { AddressCountry, Clock, IdSource } from '../ports/surroundings.ts'
import { success } from './http-answer.ts'
import { actorOf, boundary, type Work } from './http-boundary.ts'
import { headerOf, type HttpEvent, type HttpResult } from './http-event.ts'
import { jsonBody } from './json-body.ts'
import type { Log } from './log.ts'
import { InvalidInput } from './problem.ts'
import { sharedMeter, type RateMeter } from './rate-meter.ts'
import { requireRate } from './request-rates.ts'
import { principalOf, type TokenVerifier } from './token-verifier.ts'

export interface HttpPorts {
  readonly tokens: TokenVerifier
  readonly network: NetworkDirectory
  readonly store: RecordStore
  readonly addresses: AddressCountry
  readonly clock: Clock
  readonly ids: IdSource
  readonly log: Log
  /** Where one process is the whole cell; otherwise what is counted is shared by the store. */
  readonly rates?: RateMeter
}

export interface Asked<O extends OperationId> {
  readonly params: ParamsOf<O>
  readonly query: QueryOf<O>
  readonly body: BodyOf<O>
  readonly context: Asking
}

export type Operations<O extends OperationId> = { readonly [K in O]: (asked: Asked<K>) => Promise<AnswerOf<K>> }
type HttpHandler = (event: HttpEvent, context: Context) => Promise<HttpResult>

type MeteredPorts = HttpPorts & { readonly rates: RateMeter }

const IDEMPOTENCY_HOURS = 24
const KEY = /^[\x21-\x7e]{8,128}$/

const parse = <S extends z.ZodType>(where: 'body' | 'query' | 'path', schema: S, value: unknown): z.output<S> => {
  const parsed = schema.safeParse(value)
  if (!parsed.success) throw new InvalidInput(where, parsed.error)
  return parsed.data
}

function expectedVersionOf(event: HttpEvent, route: Route): number | undefined {
  if (route.command !== 'versioned') return undefined
  const given = /^("?)(\d{1,9})\1$/.exec(headerOf(event, 'if-match') ?? '')
  if (given === null) throw new Refusal('version-required')
  return Number(given[2])
}

async function authenticate(event: HttpEvent, ports: HttpPorts): Promise<Principal> {
  const bearer = /^Bearer ([\w-]+\.[\w-]+\.[\w-]+)$/i.exec(headerOf(event, 'authorization') ?? '')
  if (bearer?.[1] === undefined) throw new Refusal('unauthenticated')
  const claims = await ports.tokens.verify(bearer[1])
  const ipCountry = ports.addresses.countryOf(
    event.requestContext.http.sourceIp,
    'country' in claims ? claims.country : undefined,
  )
  return principalOf(claims, await ports.network.current(), ipCountry, ports.clock.now())
}

const digest = (...parts: readonly string[]): string => sha256(JSON.stringify(parts))

interface Idempotency {
  readonly remember: (answer: object) => Remembered
  readonly answered: StoredRecord | undefined
  readonly payloadHash: string
}

/** After authorization, never before: a cached answer must not outlive a revoked right. */
async function idempotencyOf(
  event: HttpEvent,
  route: Route,
  principal: Principal,
  ports: HttpPorts,
): Promise<Idempotency> {
  const given = headerOf(event, 'idempotency-key') ?? ''
  if (!KEY.test(given)) throw new Refusal('idempotency-key-required')
  const key = keys.idempotency(
    principal.orgId,
    digest(principal.orgId, principal.personId, event.requestContext.http.path, given),
  )
  const payloadHash = digest(event.body ?? '', headerOf(event, 'if-match') ?? '')
  const expiresAt = addMinutes(ports.clock.now(), IDEMPOTENCY_HOURS * 60)
  return {
    remember: (answer) => ({ key, payloadHash, status: route.success, expiresAt, answer }),
    answered: await ports.store.read(key),
    payloadHash,
  }
}

interface Replay {
  readonly route: Route
  readonly context: Asking
  readonly payloadHash: string
  readonly referralId: string | undefined
}

/** Told again is shown again, signed URLs included: it has its record like any access. */
async function remembered(ports: HttpPorts, replay: Replay, found: StoredRecord): Promise<HttpResult> {
  const { route, context, payloadHash, referralId } = replay
  if (found.body['payloadHash'] !== payloadHash) throw new Refusal('idempotency-key-reused')
  const answer = success(route, found.body['answer'])
  await recordAccess(ports, context, {
    action: 'read',
    facts: { replayed: 1 },
    ...(referralId === undefined ? {} : { referralId }),
  })
  return { ...answer, headers: { ...answer.headers, 'idempotency-replayed': 'true' } }
}

/**
 * The scopes of a token outlive the role they came from. A case the caller no longer holds does not take their own answer back:
 * a repeated `release` must be told that it was released.
 */
function requireRole(route: Route, principal: Principal): void {
  if (route.operationId in permissions && !isGrantedToRoles(route.operationId as PermittedOperation, principal.roles))
    throw new Refusal('not-permitted')
}

type Dispatch = (asked: Asked<OperationId>) => Promise<unknown>

async function answer(
  event: HttpEvent,
  route: Route,
  run: Dispatch,
  ports: MeteredPorts,
  work: Work,
): Promise<HttpResult> {
  const principal = await authenticate(event, ports)
  work.principal = principal
  await requireRate(ports, ports.rates, event, route, principal)
  if (!route.scopes.some((scope) => principal.scopes.includes(scope))) throw new Refusal('not-permitted')
  const params = parse('path', route.params, event.pathParameters ?? {})
  const referralId = event.pathParameters?.['referralId']
  const query = parse('query', route.query, event.queryStringParameters ?? {})
  const body = route.body === null ? null : parse('body', route.body, jsonBody(event, route.bodyLimit))
  const expectedVersion = expectedVersionOf(event, route)
  const idempotency = route.command === 'no' ? undefined : await idempotencyOf(event, route, principal, ports)
  const context: Asking = {
    operation: route.operationId as OperationId,
    requestId: event.requestContext.requestId,
    principal,
    actor: actorOf(principal),
    ...(expectedVersion === undefined ? {} : { expectedVersion }),
    ...(idempotency === undefined ? {} : { remember: idempotency.remember }),
  }
  const replay = { route, context, payloadHash: idempotency?.payloadHash ?? '', referralId }
  if (idempotency?.answered !== undefined) {
    requireRole(route, principal)
    return remembered(ports, replay, idempotency.answered)
  }
  try {
    return success(route, await run({ params, query, body, context } as Asked<OperationId>))
  } catch (thrown) {
    if (thrown instanceof AnsweredBefore) return remembered(ports, replay, thrown.found)
    throw thrown
  }
}

/**
 * The one middy stack of every HTTP capability: the operations of its routes in, the Lambda handler out. `routes` holds these among
 * others; with the whole table each function would be deployed with, and start by making, the schemas of all.
 */
export function httpFunction<R extends Route, O extends R['operationId'] & OperationId>(
  given: HttpPorts,
  routes: readonly R[],
  operations: Operations<O>,
): HttpHandler {
  const ports: MeteredPorts = { ...given, rates: given.rates ?? sharedMeter(given.store, given.clock) }
  const dispatch = new Map<string, Dispatch>(Object.entries(operations))
  const byKey = new Map<string, Route>(routes.filter((r) => dispatch.has(r.operationId)).map((r) => [routeKey(r), r]))
  const works = new WeakMap<HttpEvent, Work>()
  const run: HttpHandler = async (event) => {
    const route = byKey.get(event.routeKey)
    const work = works.get(event)
    const operation = route === undefined ? undefined : dispatch.get(route.operationId)
    if (route === undefined || operation === undefined || work === undefined) throw new Refusal('not-found')
    work.route = route
    return answer(event, route, operation, ports, work)
  }
  return middy<HttpEvent, HttpResult>().use(boundary(ports, works)).handler(run)
}
