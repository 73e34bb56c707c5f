import type middy from '@middy/core'
import type { Route } from '../contracts/routes/route.ts'
import type { Principal } from '../domain/access/principal.ts'
import { ReferralIdSchema } from '../domain/case/case.ts'
import type { Actor } from '../domain/case/events.ts'
import { Refusal } from '../domain/refusal.ts'
import { appendAudit, orgChain } from '../ledger/audit-chain.ts'
import type { RecordStore } from '../ports/record-store.ts'
import type { Clock, IdSource } from '../ports/surroundings.ts'
import type { HttpEvent, HttpResult } from './http-event.ts'
import { faultFields, type Log } from './log.ts'
import { problemOf } from './problem.ts'
import type { RateMeter } from './rate-meter.ts'
import { RateReached } from './request-rates.ts'

interface BoundaryPorts {
  readonly store: RecordStore
  readonly clock: Clock
  readonly ids: IdSource
  readonly log: Log
  readonly rates: RateMeter
}

/** What is known of a request so far, for the line and the record of it. */
export interface Work {
  errorId: string
  route?: Route
  principal?: Principal
  startedAt: number
}

export const actorOf = (principal: Principal): Actor => ({
  kind: principal.kind,
  id: principal.personId,
  orgId: principal.orgId,
  ...(principal.roles[0] === undefined ? {} : { role: principal.roles[0] }),
})

const fieldsOf = (event: HttpEvent, work: Work) => ({
  requestId: event.requestContext.requestId,
  durationMs: Math.round(performance.now() - work.startedAt),
  ...(work.route === undefined ? {} : { operation: work.route.operationId }),
})

const nobody: Actor = { kind: 'person', id: 'unauthenticated' }

/** A refusal is recorded like an access: who was turned away, from what, by which rule. */
async function auditRefusal(ports: BoundaryPorts, event: HttpEvent, work: Work, refusal: Refusal): Promise<void> {
  // Once a minute: a flood must not become one of audit records.
  if (refusal instanceof RateReached && !(await ports.rates.firstRefusal(work.principal?.orgId ?? '', refusal.rate)))
    return
  const at = ports.clock.now()
  const referralId = event.pathParameters?.['referralId']
  await appendAudit(ports.store, orgChain(work.principal?.orgId ?? 'nobody', at), [
    {
      at,
      by: work.principal === undefined ? nobody : actorOf(work.principal),
      action: 'refuse',
      operation: work.route?.operationId ?? 'unknown',
      outcome: 'refused',
      // The caller may be told less than the rule that refused: the trail is not.
      code: (refusal.cause instanceof Refusal ? refusal.cause : refusal).code,
      requestId: event.requestContext.requestId,
      ...(ReferralIdSchema.safeParse(referralId).success && referralId !== undefined ? { referralId } : {}),
    },
  ])
}

/** Logs each request once, records each refusal, and turns whatever was thrown into a problem document. */
export const boundary = (
  ports: BoundaryPorts,
  works: WeakMap<HttpEvent, Work>,
): middy.MiddlewareObj<HttpEvent, HttpResult> => {
  const workOf = (event: HttpEvent): Work =>
    works.get(event) ?? { errorId: ports.ids.next(), startedAt: performance.now() }
  return {
    before: ({ event }) => {
      works.set(event, workOf(event))
    },
    after: ({ event, response }) => {
      ports.log.info('request-answered', { ...fieldsOf(event, workOf(event)), status: response?.statusCode ?? 200 })
    },
    onError: async (request) => {
      const { event, error } = request
      const work = workOf(event)
      const result = problemOf(error, work.errorId)
      request.response = result
      const fields = { ...fieldsOf(event, work), errorId: work.errorId, status: result.statusCode ?? 500 }
      if (!(error instanceof Refusal)) {
        ports.log.error('request-failed', { ...fields, ...faultFields(error) })
        return
      }
      ports.log.info('request-refused', { ...fields, refusal: error.code })
      await auditRefusal(ports, event, work, error).catch((fault: unknown) => {
        ports.log.error('audit-failed', { ...fields, ...faultFields(fault) })
      })
    },
  }
}
