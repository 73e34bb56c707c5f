import type * as z from 'zod'
import { oversightRoutes } from './routes/oversight-routes.ts'
import { privacyRoutes } from './routes/privacy-routes.ts'
import { readingRoutes } from './routes/reading-routes.ts'
import { referenceRoutes } from './routes/reference-routes.ts'
import { referralRoutes } from './routes/referral-routes.ts'
import { reportRoutes } from './routes/report-routes.ts'
import { tokenRoutes } from './routes/token-routes.ts'
import { uploadRoutes } from './routes/upload-routes.ts'
import type { Route } from './routes/route.ts'

/** The one route table: the API of both editions, its authorizer scopes, the OpenAPI document and the clients come from it. */
export const routes = [
  ...referralRoutes,
  ...uploadRoutes,
  ...readingRoutes,
  ...reportRoutes,
  ...oversightRoutes,
  ...tokenRoutes,
  ...privacyRoutes,
  ...referenceRoutes,
] as const satisfies readonly Route[]

export type Operation = (typeof routes)[number]
export type OperationId = Operation['operationId']
export type RouteOf<O extends OperationId> = Extract<Operation, { operationId: O }>
export type ParamsOf<O extends OperationId> = z.output<RouteOf<O>['params']>
export type QueryOf<O extends OperationId> = z.output<RouteOf<O>['query']>
export type BodyOf<O extends OperationId> = RouteOf<O>['body'] extends z.ZodType ? z.output<RouteOf<O>['body']> : null
export type AnswerOf<O extends OperationId> = z.input<RouteOf<O>['answer']>

export const routeOf = <O extends OperationId>(operationId: O): RouteOf<O> => {
  const found = routes.find((r) => r.operationId === operationId)
  if (found === undefined) throw new Error('no such operation')
  return found as RouteOf<O>
}
