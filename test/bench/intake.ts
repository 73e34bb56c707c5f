import type { Context } from 'aws-lambda'
import { entry } from '../../functions/referral-intake/entry.ts'
import { demoNetwork } from '../../local/seed/demo-network.ts'
import { scopesOf } from '../../local/token-issuer.ts'
import { ulidSource } from '../../shared/adapters/ulid-source.ts'
import { referralRoutes } from '../../shared/contracts/routes/referral-routes.ts'
import { CaseStatusSchema } from '../../shared/contracts/http/referrals.ts'
import type { Sealed } from '../../shared/domain/case/case.ts'
import { indexNetwork } from '../../shared/domain/network/index-network.ts'
import { createLog } from '../../shared/runtime/log.ts'
import type { HttpEvent, HttpResult } from '../../shared/runtime/http-event.ts'
import { httpFunction } from '../../shared/runtime/http-function.ts'
import { referralBody } from '../acceptance/study-in-hand.ts'
import { httpEvent } from '../builders/http-event.ts'
import { isMain, median, spreadOf, type Spread } from './figures.ts'

export interface IntakeCpuRow {
  readonly handler: string
  /** Of the rounds, each being the median of its calls. */
  readonly microsecondsPerCall: Spread
  readonly ratioToBare: Spread
}

type Handler = (event: HttpEvent, context: Context) => Promise<HttpResult>

const clock = { now: () => new Date().toISOString() }
const ids = ulidSource(clock)
const network = indexNetwork(demoNetwork)
const sealed: Sealed = { keyId: 'k', ciphertext: 'AAAA', context: {} }
const claims = {
  sub: 'p-clerk-vienna',
  iat: 1,
  exp: 2 ** 31,
  jti: 'bench',
  token_use: 'access' as const,
  org_id: 'donau-klinikum',
  person_id: 'p-clerk-vienna',
  roles: ['site-clerk'],
  scope: scopesOf(['site-clerk']).join(' '),
  country: 'AT',
}

/** Everything outside answers at once and with nothing: what is left is the product's own work on a request. */
const ports: Parameters<typeof entry>[0] = {
  clock,
  ids,
  log: createLog(() => undefined),
  tokens: { verify: () => Promise.resolve(claims) },
  addresses: { countryOf: () => 'AT' },
  network: { current: () => Promise.resolve(network) },
  cell: { cellId: 'eu-central-1', region: 'eu-central-1', residencyFindings: 0 },
  keys: { seal: () => Promise.resolve(sealed), mac: () => Promise.resolve(new Uint8Array(32)) },
  store: {
    read: () => Promise.resolve(undefined),
    list: () => Promise.resolve({ records: [] }),
    transact: () => Promise.resolve({ outcome: 'committed' }),
  },
}

const intake: Handler = entry(ports)

/** The same HTTP stack around a use case that has its answer ready: identity, rates, schemas both ways, idempotency. */
async function stackAlone(): Promise<Handler> {
  const answer = CaseStatusSchema.parse(JSON.parse((await intake(eventFor(), {} as Context)).body ?? ''))
  return httpFunction(ports, referralRoutes, { submitReferral: () => Promise.resolve(answer) })
}

/** A body read, an answer written, nothing looked at. */
const bare: Handler = (event) => {
  const { siteId, pathwayId } = JSON.parse(event.body ?? '') as Record<string, unknown>
  const body = JSON.stringify({ referralId: ids.next(), siteId, pathwayId, state: 'accepted' })
  return Promise.resolve({ statusCode: 201, headers: { 'content-type': 'application/json' }, body })
}

const body = referralBody(undefined)
const eventFor = (): HttpEvent => {
  const headers = { 'content-type': 'application/json', 'idempotency-key': ids.next(), authorization: 'Bearer a.b.c' }
  return httpEvent('submitReferral', { headers, body })
}

/** Nothing is waited for, so the clock shows CPU; the median is not moved by calls that another process interrupts. */
async function medianMicroseconds(handler: Handler, calls: number): Promise<number> {
  const events = Array.from({ length: calls }, eventFor)
  const times: number[] = []
  for (const event of events) {
    const started = process.hrtime.bigint()
    const { statusCode } = await handler(event, {} as Context)
    times.push(Number(process.hrtime.bigint() - started) / 1000)
    if (statusCode !== 201) throw new Error(`the referral was answered with ${statusCode}`)
  }
  return median(times)
}

/** CPU of the warm intake handler and of its HTTP stack against a bare one, in turns. */
export async function benchIntake(rounds = 7, calls = 1000): Promise<readonly IntakeCpuRow[]> {
  const handlers: readonly (readonly [name: string, handler: Handler])[] = [
    ['bare: JSON in, JSON out', bare],
    ["overread's HTTP stack alone", await stackAlone()],
    ['overread, ports answer at once', intake],
  ]
  const times = handlers.map((): number[] => [])
  for (let round = 0; round <= rounds; round += 1) {
    for (const [at, [, handler]] of handlers.entries()) {
      const time = await medianMicroseconds(handler, calls)
      // The first round warms them up.
      if (round > 0) times[at]?.push(time)
    }
  }
  return handlers.map(([handler], at) => ({
    handler,
    microsecondsPerCall: spreadOf(times[at] ?? []),
    ratioToBare: spreadOf((times[at] ?? []).map((time, round) => time / (times[0]?.[round] ?? Number.NaN))),
  }))
}

if (isMain(import.meta.url)) process.stdout.write(`${JSON.stringify(await benchIntake())}\n`)
