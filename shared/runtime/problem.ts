import type * as z from 'zod'
import { ProblemSchema, type Problem } from '../contracts/http/problem.ts'
import { Refusal, refusals } from '../domain/refusal.ts'
import type { HttpResult } from './http-event.ts'

/** A schema's complaint as path and rule: never the value, and an unknown key is only counted, since clients put names in keys. */
export class InvalidInput extends Refusal {
  readonly issues: readonly { readonly path: string; readonly rule: string }[]

  constructor(where: 'body' | 'query' | 'path', error: z.ZodError) {
    super('invalid-request', {}, undefined)
    this.issues = error.issues.slice(0, 20).map((issue) => ({
      path: [where, ...issue.path.map((key) => (typeof key === 'number' ? String(key) : safeKey(String(key))))].join(
        '.',
      ),
      rule: ruleOf(issue),
    }))
  }
}

/** Where the schema's own words would only say `custom`. */
const ruleOf = (issue: z.core.$ZodIssue): string => {
  const named: unknown = issue.code === 'custom' ? issue.params?.['rule'] : undefined
  return typeof named === 'string' ? named : issue.code
}

const safeKey = (key: string): string => (/^[A-Za-z][A-Za-z0-9]{0,40}$/.test(key) ? key : '?')

const retryAfter = ({ facts }: Problem): Record<string, string> =>
  facts?.['retryAfterSeconds'] === undefined ? {} : { 'retry-after': String(facts['retryAfterSeconds']) }

const respond = (status: number, problem: Problem): HttpResult => ({
  statusCode: status,
  headers: {
    'content-type': 'application/problem+json',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...retryAfter(problem),
  },
  body: JSON.stringify(ProblemSchema.parse(problem)),
})

export function problemOf(thrown: unknown, errorId: string): HttpResult {
  if (!(thrown instanceof Refusal)) {
    const type = 'urn:overread:fault'
    return respond(500, { type, title: 'Unexpected error', status: 500, code: 'unexpected-error', errorId })
  }
  const { status, title } = refusals[thrown.code]
  const facts = Object.fromEntries(
    Object.entries(thrown.facts).map(([key, value]) => [key, typeof value === 'object' ? [...value] : value]),
  )
  return respond(status, {
    type: `urn:overread:refusal:${thrown.code}`,
    title,
    status,
    code: thrown.code,
    errorId,
    ...(Object.keys(facts).length === 0 ? {} : { facts }),
    ...(thrown instanceof InvalidInput ? { issues: [...thrown.issues] } : {}),
  })
}
