import { cellFunctions } from '../../local/functions.ts'
import { lambdaContext } from '../../local/lambda-context.ts'
import type { OperationId } from '../../shared/contracts/routes.ts'
import type { Route } from '../../shared/contracts/routes/route.ts'
import type { RecordStore } from '../../shared/ports/record-store.ts'
import type { HttpResult } from '../../shared/runtime/http-event.ts'
import { httpEvent } from '../builders/http-event.ts'
import { bearer, exampleFor, type AccessWorld, type KnownCase } from './access-world.ts'
import type { MintedPerson } from './mint-token.ts'

interface Called {
  readonly route: Route
  readonly case: KnownCase
  readonly caller: MintedPerson
  /** In place of the cell's own. */
  readonly store: RecordStore
  readonly query?: Record<string, string>
}

/** One request on the function of its route, over a store that is watched or spoilt. */
export async function onFunction(world: AccessWorld, called: Called): Promise<HttpResult> {
  const { route, case: c, caller, store, query = {} } = called
  const { ports } = world.cell
  const ids = {
    referralId: c.referralId,
    uploadId: c.uploadId,
    sopInstanceUid: c.sopInstanceUid,
    escalationId: c.escalations[0]?.escalationId ?? '0'.repeat(26),
    index: '1',
    frame: '1',
    holdId: '0'.repeat(26),
    emergencyId: '0'.repeat(26),
  }
  const body = exampleFor(route)
  const event = httpEvent(route.operationId as OperationId, {
    headers: {
      authorization: bearer(world.mint, caller),
      ...(body === undefined ? {} : { 'content-type': 'application/json', 'idempotency-key': ports.ids.next() }),
      ...(route.command === 'versioned' ? { 'if-match': `"${c.version}"` } : {}),
    },
    path: Object.fromEntries(Object.entries(ids).filter(([name]) => route.path.includes(`{${name}}`))),
    query,
    ...(body === undefined ? {} : { body }),
  })
  event.requestContext.http.sourceIp = '127.0.0.1'
  const handler = cellFunctions.http[route.capability]?.({ ...ports, store: store as typeof ports.store })
  if (handler === undefined) throw new Error(`no function for ${route.operationId}`)
  return (await handler(event as never, lambdaContext(route.capability, 'eu-central-1', 30_000))) as HttpResult
}
