import type { IncomingMessage, ServerResponse } from 'node:http'
import type { APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda'
import type { Clock } from '../shared/ports/surroundings.ts'
import { gatewayEvent } from './gateway-event.ts'
import type { GatewayRoute, RouteMatch } from './gateway-routes.ts'
import { routeMatcher } from './gateway-routes.ts'
import type { Authorization } from './jwt-authorizer.ts'
import { HTTP_TIMEOUT_MS, lambdaContext, within } from './lambda-context.ts'
import { listen, type Listening, type ListenOptions } from './listen.ts'

export type HttpHandler = (event: never, context: Context) => Promise<unknown>

/** What is served beside the API's routes and is no Lambda in the cloud either: the token issuer. */
export interface SideDoor {
  readonly serves: (path: string) => boolean
  readonly handle: (request: IncomingMessage, response: ServerResponse) => Promise<void>
}

export interface ServerOptions extends ListenOptions {
  readonly routes: readonly GatewayRoute[]
  readonly handlerOf: (route: GatewayRoute) => HttpHandler | undefined
  readonly authorize: (authorization: string | undefined, route: GatewayRoute) => Promise<Authorization>
  readonly sideDoors: readonly SideDoor[]
  readonly clock: Clock
  readonly region: string
  readonly onFault: (fault: unknown) => void
}

/** The gateway's own limit; a function's may be lower. */
const BODY_LIMIT_BYTES = 10 * 1024 * 1024

/** An answer of the gateway itself: plain JSON, no problem document, as on AWS. */
class GatewayAnswer extends Error {
  override readonly name = 'GatewayAnswer'
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

/** Holds no more of it than the route takes: hundreds of bodies of ten megabytes at once were two gigabytes of the cell's memory. */
const readBody = async (request: IncomingMessage, held: number): Promise<Buffer> => {
  const tooLarge = () => new GatewayAnswer(413, 'Request Entity Too Large')
  if (Number(request.headers['content-length'] ?? 0) > BODY_LIMIT_BYTES) throw tooLarge()
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.byteLength
    if (bytes > BODY_LIMIT_BYTES) throw tooLarge()
    const room = held + 1 - (bytes - chunk.byteLength)
    // Copied: a part of a chunk would keep the whole.
    if (room > 0) chunks.push(Buffer.from(chunk.subarray(0, room)))
  }
  return Buffer.concat(chunks)
}

const splitTarget = (target: string): { path: string; rawQuery: string } => {
  const at = target.indexOf('?')
  try {
    return {
      path: decodeURIComponent(at < 0 ? target : target.slice(0, at)),
      rawQuery: at < 0 ? '' : target.slice(at + 1),
    }
  } catch {
    throw new GatewayAnswer(400, 'Bad Request')
  }
}

const send = (
  response: ServerResponse,
  status: number,
  headers: Record<string, string | string[]>,
  body: Buffer,
): void => {
  response.writeHead(status, { ...headers, 'content-length': body.byteLength })
  response.end(body)
}

const sendResult = (response: ServerResponse, result: unknown): void => {
  const {
    statusCode = 200,
    headers = {},
    cookies = [],
    body = '',
    isBase64Encoded = false,
  } = result as APIGatewayProxyStructuredResultV2
  const named = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)] as const)
  const setCookie = cookies.length === 0 ? {} : { 'set-cookie': cookies }
  const bytes = Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8')
  send(response, statusCode, { 'content-type': 'application/json', ...Object.fromEntries(named), ...setCookie }, bytes)
}

const sendGatewayAnswer = (
  request: IncomingMessage,
  response: ServerResponse,
  { status, message }: GatewayAnswer,
): void => {
  // What is left of a long body that was refused is not worth reading to its end.
  const left = request.complete ? 0 : Number(request.headers['content-length'] ?? Number.POSITIVE_INFINITY)
  if (left > 64 * 1024) response.setHeader('connection', 'close')
  send(response, status, { 'content-type': 'application/json' }, Buffer.from(JSON.stringify({ message })))
}

const gateway = (options: ServerOptions) => {
  const matching = routeMatcher(options.routes)

  const claimsFor = async (request: IncomingMessage, { route }: RouteMatch<GatewayRoute>) => {
    if (route.scopes.length === 0) return undefined
    const authorization = await options.authorize(request.headers.authorization, route)
    switch (authorization.outcome) {
      case 'authorized':
        return authorization.claims
      case 'unauthorized':
        throw new GatewayAnswer(401, 'Unauthorized')
      case 'forbidden':
        throw new GatewayAnswer(403, 'Forbidden')
    }
  }

  const invoke = async (request: IncomingMessage, path: string, rawQuery: string): Promise<unknown> => {
    const match = matching(request.method ?? '', path)
    const handler = match && options.handlerOf(match.route)
    if (match === undefined || handler === undefined) throw new GatewayAnswer(404, 'Not Found')
    const claims = await claimsFor(request, match)
    const body = await within(
      HTTP_TIMEOUT_MS,
      readBody(request, match.route.bodyLimit),
      new GatewayAnswer(408, 'Request Timeout'),
    )
    const { clock, region } = options
    const event = gatewayEvent({ request, path, rawQuery, body, match, claims, now: clock.now(), region })
    const context = lambdaContext(match.route.capability, region, HTTP_TIMEOUT_MS)
    const late = new GatewayAnswer(503, 'Service Unavailable')
    return within(HTTP_TIMEOUT_MS, handler(event as never, context), late)
  }

  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    try {
      const { path, rawQuery } = splitTarget(request.url ?? '/')
      const door = options.sideDoors.find(({ serves }) => serves(path))
      if (door === undefined) sendResult(response, await invoke(request, path, rawQuery))
      else await door.handle(request, response)
    } catch (error) {
      if (request.destroyed && !request.complete) return
      const answer = error instanceof GatewayAnswer ? error : new GatewayAnswer(500, 'Internal Server Error')
      if (answer !== error) options.onFault(error)
      if (response.headersSent) response.destroy()
      else sendGatewayAnswer(request, response, answer)
    }
  }
}

/** Serves the API as API Gateway would: HTTP in, payload 2.0 events to the handlers, their answers out. */
export const startServer = (options: ServerOptions): Promise<Listening> => listen(gateway(options), options)
