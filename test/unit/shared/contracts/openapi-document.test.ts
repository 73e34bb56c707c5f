import { readFileSync } from 'node:fs'
import { Validator } from '@seriousme/openapi-schema-validator'
import { describe, expect, test } from 'vitest'
import type * as z from 'zod'
import { answerExamples } from '../../../../shared/contracts/answer-examples.ts'
import { openApiDocument, openApiText } from '../../../../shared/contracts/openapi-document.ts'
import { routeOf, routes, type OperationId } from '../../../../shared/contracts/routes.ts'
import { scopes, type Route } from '../../../../shared/contracts/routes/route.ts'

const committed = readFileSync(new URL('../../../../docs/api/openapi.json', import.meta.url), 'utf8')

interface Operation {
  readonly operationId: string
  readonly security: readonly Record<string, readonly string[]>[]
  readonly parameters?: readonly { $ref?: string; in?: string; name?: string }[]
  readonly responses: Record<string, { description: string; content: Record<string, { examples?: object }> }>
}
const document = JSON.parse(committed) as {
  readonly paths: Record<string, Record<string, Operation>>
  readonly components: { readonly examples: Record<string, { readonly value: { readonly code?: string } }> }
}
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
)
const operationOf = (operationId: string): Operation =>
  operations.find(({ operation }) => operation.operationId === operationId)!.operation

describe('the API reference', () => {
  test('is the committed file: run `npm run openapi` after a change of a route or schema', () => {
    expect(openApiText() === committed).toBe(true)
  })

  test('is a valid OpenAPI 3.1 document', async () => {
    const validator = new Validator()
    const result = await validator.validate(JSON.parse(JSON.stringify(openApiDocument())) as Record<string, unknown>)
    expect(result.errors ?? []).toEqual([])
    expect(validator.version).toBe('3.1')
  })

  test('says in which form the gateway refuses, wherever it asks for a token', () => {
    const asking = operations.filter(({ operation }) => operation.security.length > 0)
    expect(asking.length).toBeGreaterThan(0)
    for (const { operation } of asking)
      expect(Object.keys(operation.responses['401']?.content ?? {})).toEqual([
        'application/problem+json',
        'application/json',
      ])
  })

  test('shows a referral that has just come in as one that nobody reads and no image has come to', () => {
    const shown = answerExamples.submitReferral
    expect(shown).toMatchObject({ state: 'accepted', readingGroups: [], images: { expected: 0, complete: false } })
    expect(shown?.readerId).toBeUndefined()
    expect(Object.keys(shown?.milestones ?? {}).filter((name) => name.endsWith('At'))).toEqual([
      'submittedAt',
      'acceptedAt',
    ])
  })

  test('names nothing that it does not define', () => {
    const references = [...committed.matchAll(/"\$ref": "#\/([^"]+)"/g)].map((match) => match[1]!)
    const missing = [...new Set(references)].filter(
      (pointer) =>
        pointer
          .split('/')
          .reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], document) === undefined,
    )
    expect(references.length).toBeGreaterThan(100)
    expect(missing).toEqual([])
  })

  test('has every route of the table at its method and path, and no other', () => {
    const described = operations.map(({ path, method, operation }) => `${operation.operationId} ${method} ${path}`)
    const table = routes.map((r) => `${r.operationId} ${r.method.toLowerCase()} ${r.path}`)
    expect(described.sort()).toEqual(table.sort())
  })

  test('asks for a scope of the table wherever the route does', () => {
    for (const r of routes) {
      const named = operationOf(r.operationId).security.flatMap((one) => one['accessToken'] ?? [])
      expect(named, r.operationId).toEqual([...r.scopes])
      expect(named.every((scope) => scope in scopes)).toBe(true)
    }
  })

  test('tells of both headers of a command on a case', () => {
    const parameters = JSON.stringify(operationOf('signFinal').parameters)
    expect(parameters).toContain('#/components/parameters/IdempotencyKey')
    expect(parameters).toContain('#/components/parameters/IfMatch')
    expect(JSON.stringify(operationOf('saveDraft').parameters)).not.toContain('IfMatch')
    expect(JSON.stringify(operationOf('readReports').parameters)).not.toContain('IdempotencyKey')
  })

  test('lists each refusal of a route under its status, with a problem document as example', () => {
    for (const r of routes as readonly Route[]) {
      const { responses } = operationOf(r.operationId)
      const examples = Object.values(responses).flatMap(({ content }) =>
        Object.keys(content['application/problem+json']?.examples ?? {}),
      )
      expect(examples, r.operationId).toEqual(expect.arrayContaining([...r.refuses, 'unexpected-error']))
      for (const code of examples) expect(document.components.examples[code]?.value.code).toBe(code)
    }
    expect(Object.keys(operationOf('submitReferral').responses)).toContain('421')
  })
})

const examplesOf = (schema: z.ZodType): readonly unknown[] => schema.meta()?.examples ?? []

describe('examples', () => {
  test('every command shows a body that the command would take', () => {
    for (const r of routes as readonly Route[]) {
      if (r.body === null) continue
      const examples = examplesOf(r.body)
      expect(examples.length, r.operationId).toBeGreaterThan(0)
      for (const example of examples) expect(r.body.safeParse(example).error, r.operationId).toBeUndefined()
    }
  })

  test('every answer in JSON is shown, as the API would send it', () => {
    for (const r of routes as readonly Route[]) {
      if (r.scopes.length === 0 || r.form === 'binary') continue
      const own = answerExamples[r.operationId as OperationId]
      const example = own ?? (r.answer === routeOf('readStatus').answer ? answerExamples.readStatus : undefined)
      expect(r.answer.safeParse(example).error, r.operationId).toBeUndefined()
    }
  })
})
