import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type { BinaryAnswer } from '../../shared/contracts/http/frames.ts'
import { ProblemSchema, type Problem } from '../../shared/contracts/http/problem.ts'
import { routeOf, type OperationId, type RouteOf } from '../../shared/contracts/routes.ts'
import type * as z from 'zod'

type Input<S> = S extends z.ZodType ? z.input<S> : never

export interface CallOptions<O extends OperationId> {
  readonly params?: Record<string, string | number>
  readonly query?: Partial<Input<RouteOf<O>['query']>>
  readonly body?: Input<RouteOf<O>['body']>
  /** The version the command is meant for. */
  readonly version?: number
  /** Given, a repeat after a crash of the caller is the same command; otherwise each call has its own. */
  readonly idempotencyKey?: string
}

/** An answer that is a problem document. */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem'
  readonly problem: Problem

  constructor(problem: Problem) {
    super(`${problem.status} ${problem.code}: ${problem.title}`)
    this.problem = problem
  }
}

/** Whoever gives tokens has said no: asking again changes nothing. */
export class TokenRefused extends Error {
  override readonly name = 'TokenRefused'
}

export interface ApiClient {
  readonly baseUrl: string
  call<O extends OperationId>(operationId: O, options?: CallOptions<O>): Promise<z.output<RouteOf<O>['answer']>>
}

export interface Patience {
  /** How long an unreachable or busy cell is asked again before the caller is told. */
  readonly seconds: number
}

const urlOf = (
  baseUrl: string,
  path: string,
  options: { params?: object | undefined; query?: object | undefined },
): string => {
  const filled = Object.entries(options.params ?? {}).reduce(
    (text, [name, value]) => text.replace(`{${name}}`, encodeURIComponent(String(value))),
    path,
  )
  const query = new URLSearchParams(
    Object.entries(options.query ?? {}).map(([name, value]) => [name, String(value)] as [string, string]),
  )
  return `${baseUrl}${filled}${query.size === 0 ? '' : `?${query.toString()}`}`
}

const problemOf = (status: number, text: string): Problem => {
  try {
    return ProblemSchema.parse(JSON.parse(text))
  } catch {
    // The gateway in front of the functions answers in its own form.
    return {
      type: 'about:blank',
      title: 'Gateway answer',
      status,
      code: status === 401 ? 'unauthenticated' : 'unexpected-error',
      errorId: '-',
    }
  }
}

const bytesOf = async (response: Response): Promise<BinaryAnswer> => ({
  contentType: response.headers.get('content-type') ?? '',
  bytes: new Uint8Array(await response.arrayBuffer()),
  headers: Object.fromEntries(response.headers),
})

const isPassing = (status: number): boolean => status === 429 || status === 502 || status === 503 || status === 504

/**
 * The public API, typed by the route table. A command carries one Idempotency-Key through all its retries, so a cell that is
 * killed between doing and answering gives the first answer when it is back.
 */
export function apiClient(
  baseUrl: string,
  token: () => Promise<string>,
  patience: Patience = { seconds: 30 },
): ApiClient {
  async function once(
    url: string,
    init: RequestInit,
    headers: Readonly<Record<string, string>>,
  ): Promise<Response | undefined> {
    try {
      const response = await fetch(url, {
        ...init,
        headers: { ...headers, authorization: `Bearer ${await token()}` },
      })
      // Read here: an answer that is cut half-way by the end of a cell is none.
      const body = await response.arrayBuffer()
      return isPassing(response.status) ? undefined : new Response(body, response)
    } catch (cause) {
      // Not reachable just now: asked again until patience ends, and then reported with its cause.
      if (cause instanceof ApiProblem || cause instanceof TokenRefused) throw cause
      return undefined
    }
  }

  return {
    baseUrl,
    call: async (operationId, options = {}) => {
      const route = routeOf(operationId)
      const headers: Record<string, string> = {}
      if (options.body !== undefined) headers['content-type'] = 'application/json'
      if (route.command !== 'no') headers['idempotency-key'] = options.idempotencyKey ?? randomUUID()
      if (options.version !== undefined) headers['if-match'] = `"${options.version}"`
      const init: RequestInit = {
        method: route.method,
        ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
      }
      const until = Date.now() + patience.seconds * 1000
      for (let wait = 50; ; wait = Math.min(1000, wait * 2)) {
        const response = await once(urlOf(baseUrl, route.path, options), init, headers)
        if (response !== undefined) {
          if (!response.ok) throw new ApiProblem(problemOf(response.status, await response.text()))
          return route.answer.parse(route.form === 'binary' ? await bytesOf(response) : await response.json()) as never
        }
        if (Date.now() > until)
          throw new Error(`${operationId}: the cell did not answer for ${patience.seconds} seconds`)
        await delay(wait)
      }
    },
  }
}

/** Tries again where somebody else changed the case meanwhile: reads the version, then commands. */
export async function atCurrentVersion<T>(
  client: ApiClient,
  referralId: string,
  command: (version: number) => Promise<T>,
): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    const { version } = await client.call('readStatus', { params: { referralId } })
    try {
      return await command(version)
    } catch (thrown) {
      if (!(thrown instanceof ApiProblem) || thrown.problem.code !== 'stale-version' || attempt >= 20) throw thrown
    }
  }
}
