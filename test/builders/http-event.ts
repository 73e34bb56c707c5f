import { routeOf, type OperationId } from '../../shared/contracts/routes.ts'
import { routeKey } from '../../shared/contracts/routes/route.ts'
import type { HttpEvent } from '../../shared/runtime/http-event.ts'

export interface Sent {
  readonly headers?: Record<string, string>
  readonly path?: Record<string, string>
  readonly query?: Record<string, string>
  readonly body?: object
}

/** A request as the gateway hands it to a function (payload format 2.0). */
export function httpEvent(
  operationId: OperationId,
  { headers = {}, path = {}, query = {}, body }: Sent = {},
): HttpEvent {
  const route = routeOf(operationId)
  return {
    version: '2.0',
    routeKey: routeKey(route),
    rawPath: route.path,
    rawQueryString: '',
    headers,
    pathParameters: path,
    queryStringParameters: query,
    requestContext: {
      accountId: '1',
      apiId: 'a',
      domainName: 'd',
      domainPrefix: 'd',
      http: { method: route.method, path: route.path, protocol: 'HTTP/1.1', sourceIp: '192.0.2.1', userAgent: 'test' },
      requestId: 'request-1',
      routeKey: '$default',
      stage: '$default',
      time: '',
      timeEpoch: 0,
    },
    isBase64Encoded: false,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  }
}
