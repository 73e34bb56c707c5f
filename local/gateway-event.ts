import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { APIGatewayProxyEventV2WithJWTAuthorizer, APIGatewayProxyEventV2 } from 'aws-lambda'
import type { GatewayRoute, RouteMatch } from './gateway-routes.ts'

export interface GatewayRequest {
  readonly request: IncomingMessage
  /** Decoded once, as the gateway does. */
  readonly path: string
  readonly rawQuery: string
  readonly body: Buffer
  readonly match: RouteMatch<GatewayRoute>
  readonly claims: Readonly<Record<string, string>> | undefined
  readonly now: string
  readonly region: string
}

/** The gateway hands these over as text and everything else, `application/problem+json` too, in base64. */
const isText = (contentType: string | undefined): boolean =>
  /^(text\/|application\/(json|xml|javascript)\s*(;|$))/i.test(contentType ?? '')

const bodyOf = (body: Buffer, contentType: string | undefined) => {
  if (body.byteLength === 0) return { isBase64Encoded: false }
  const isBase64Encoded = !isText(contentType)
  return { isBase64Encoded, body: body.toString(isBase64Encoded ? 'base64' : 'utf8') }
}

const headersOf = ({ headersDistinct }: IncomingMessage) => {
  const { cookie, ...others } = headersDistinct
  const headers = Object.fromEntries(Object.entries(others).map(([name, values = []]) => [name, values.join(',')]))
  const cookies = cookie?.flatMap((line) => line.split(/;\s*/)) ?? []
  return { headers, ...(cookies.length === 0 ? {} : { cookies }) }
}

const queryOf = (rawQuery: string) => {
  if (rawQuery === '') return {}
  // In one pass: asked for each name anew, a line of thousands of names held the cell's thread for a tenth of a second.
  const pairs = Map.groupBy(new URLSearchParams(rawQuery), ([name]) => name)
  return {
    queryStringParameters: Object.fromEntries(
      [...pairs].map(([name, given]) => [name, given.map(([, value]) => value).join(',')]),
    ),
  }
}

const plainAddress = (address: string): string => address.replace(/^::ffff:(?=\d+\.)/, '')

/** An HTTP API event (payload 2.0) with what AWS puts in, so that the same handler runs behind both. */
export const gatewayEvent = (
  asked: GatewayRequest,
): APIGatewayProxyEventV2 | APIGatewayProxyEventV2WithJWTAuthorizer => {
  const { request, path, rawQuery, match, claims, now, region } = asked
  const { headers, cookies } = headersOf(request)
  const routeKey = `${match.route.method} ${match.route.path}`
  const parameters =
    Object.keys(match.pathParameters).length === 0 ? {} : { pathParameters: { ...match.pathParameters } }
  const requestContext = {
    accountId: '000000000000',
    apiId: 'local',
    domainName: headers['host'] ?? 'localhost',
    domainPrefix: 'local',
    http: {
      method: match.route.method,
      path,
      protocol: `HTTP/${request.httpVersion}`,
      sourceIp: plainAddress(request.socket.remoteAddress ?? ''),
      userAgent: headers['user-agent'] ?? '',
    },
    requestId: randomUUID(),
    routeKey,
    stage: '$default',
    time: now,
    timeEpoch: Date.parse(now),
    region,
  }
  const event = {
    version: '2.0',
    routeKey,
    rawPath: path,
    rawQueryString: rawQuery,
    headers,
    ...(cookies === undefined ? {} : { cookies }),
    ...queryOf(rawQuery),
    ...parameters,
    ...bodyOf(asked.body, headers['content-type']),
    requestContext,
  }
  if (claims === undefined) return event
  const authorizer = {
    principalId: '',
    integrationLatency: 0,
    jwt: { claims: { ...claims }, scopes: [...match.route.scopes] },
  }
  return { ...event, requestContext: { ...requestContext, authorizer } }
}
