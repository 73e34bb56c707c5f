import middy from '@middy/core'
import type { Context } from 'aws-lambda'
import { routeKey, type Route } from '../contracts/routes/route.ts'
import { Refusal } from '../domain/refusal.ts'
import type { IdSource } from '../ports/surroundings.ts'
import type { HttpEvent, HttpResult } from './http-event.ts'
import { faultFields, type Log } from './log.ts'
import { problemOf } from './problem.ts'

export interface PublicPorts {
  readonly ids: IdSource
  readonly log: Log
}

type PublicHandler = (event: HttpEvent, context: Context) => Promise<HttpResult>
export type PublicAnswer = (event: HttpEvent) => Promise<HttpResult>

/**
 * The stack of what anybody may read without a token: no store, no key and no patient behind it, hence no audit record. Errors
 * leave through the same redacting boundary as everywhere else.
 */
export function publicFunction<R extends Route>(
  ports: PublicPorts,
  routes: readonly R[],
  answers: Readonly<Record<R['operationId'], PublicAnswer>>,
): PublicHandler {
  const byKey = new Map(routes.map((r: R) => [routeKey(r), answers[r.operationId as R['operationId']]]))
  const run = async (event: HttpEvent): Promise<HttpResult> => {
    const answer = byKey.get(event.routeKey)
    if (answer === undefined) throw new Refusal('not-found')
    return answer(event)
  }
  const boundary: middy.MiddlewareObj<HttpEvent, HttpResult> = {
    onError: (request) => {
      const { event, error } = request
      const errorId = ports.ids.next()
      const { requestId } = event.requestContext
      request.response = problemOf(error, errorId)
      if (error instanceof Refusal) ports.log.info('request-refused', { requestId, errorId, refusal: error.code })
      else ports.log.error('request-failed', { requestId, errorId, ...faultFields(error) })
    },
  }
  return middy<HttpEvent, HttpResult>().use(boundary).handler(run)
}
