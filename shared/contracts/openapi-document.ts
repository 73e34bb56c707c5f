import * as z from 'zod'
import { createDocument, type ZodOpenApiOperationObject, type ZodOpenApiPathsObject } from 'zod-openapi'
import { refusals, type RefusalCode } from '../domain/refusal.ts'
import { answerExamples } from './answer-examples.ts'
import { CaseStatusSchema } from './http/referrals.ts'
import { TokenErrorSchema, tokenErrors } from './http/tokens.ts'
import { ProblemSchema, type Problem } from './http/problem.ts'
import { routes, type OperationId } from './routes.ts'
import { scopes, type Route } from './routes/route.ts'

/** Build time only: the document is generated, committed and served as a file, so that no function carries the generator. */
const SECURITY = 'accessToken'

const ID = '01k9zq3v5r8w2x4y6a8c0e2g4j'

type Code = RefusalCode | 'unexpected-error'

/** Every refusal an operation can answer with: its own, and those that follow from its form. */
function codesOf(r: Route): Code[] {
  if (r.takes === 'form') return ['busy', 'key-unavailable', 'unexpected-error']
  if (r.scopes.length === 0) return ['not-found', 'unexpected-error']
  const has = (schema: z.ZodType) => schema instanceof z.ZodObject && Object.keys(schema.shape).length > 0
  const codes: Code[] = [
    'unauthenticated',
    'not-permitted',
    'too-many-requests',
    'busy',
    'key-unavailable',
    'unexpected-error',
    ...r.refuses,
  ]
  if (has(r.params)) codes.push('not-found')
  if (has(r.params) || has(r.query) || r.body !== null) codes.push('invalid-request')
  if (r.body !== null) codes.push('malformed-json', 'body-too-large', 'unsupported-media-type')
  if (r.command !== 'no') codes.push('idempotency-key-required', 'idempotency-key-reused')
  if (r.command === 'versioned') codes.push('version-required', 'stale-version')
  return [...new Set(codes)]
}

const problemOf = (code: Code): Problem =>
  code === 'unexpected-error'
    ? { type: 'urn:overread:fault', title: 'Unexpected error', status: 500, code, errorId: ID }
    : {
        type: `urn:overread:refusal:${code}`,
        title: refusals[code].title,
        status: refusals[code].status,
        code,
        errorId: ID,
      }

/** What the gateway says of its own accord to a route that asks for a token, before any function is asked. */
const gatewayStatuses: readonly number[] = [401, 403, 413, 429, 503]
const GatewayMessageSchema = z.object({ message: z.string() }).meta({
  id: 'GatewayMessage',
  description: 'The gateway refused before Overread was asked: no code, go by the status',
  examples: [{ message: 'Unauthorized' }],
})

const gatewayContent = (r: Route, status: number) =>
  r.scopes.length > 0 && gatewayStatuses.includes(status)
    ? { 'application/json': { schema: GatewayMessageSchema } }
    : {}

function problemResponses(r: Route): ZodOpenApiOperationObject['responses'] {
  const byStatus = Map.groupBy(codesOf(r).map(problemOf), ({ status }) => status)
  return Object.fromEntries(
    [...byStatus].map(([status, problems]) => [
      String(status),
      {
        description: problems.map(({ code, title }) => `\`${code}\`: ${title}`).join('; '),
        content: {
          'application/problem+json': {
            schema: ProblemSchema,
            examples: Object.fromEntries(problems.map(({ code }) => [code, { $ref: `#/components/examples/${code}` }])),
          },
          ...gatewayContent(r, status),
        },
      },
    ]),
  )
}

const FORM = 'application/x-www-form-urlencoded'

/** OAuth 2.0 has its own form of saying no (RFC 6749 5.2). */
const tokenErrorResponses = (): ZodOpenApiOperationObject['responses'] =>
  Object.fromEntries(
    [...Map.groupBy(Object.entries(tokenErrors), ([, status]) => status)].map(([status, errors]) => [
      String(status),
      {
        description: errors.map(([error]) => `\`${error}\``).join('; '),
        content: { 'application/json': { schema: TokenErrorSchema } },
      },
    ]),
  )

const idempotencyKey = z
  .string()
  .regex(/^[\x21-\x7e]{8,128}$/)
  .meta({
    description: 'Of your choice, once a command: a repeat within 24 hours gets the first answer',
    examples: [ID],
    param: { id: 'IdempotencyKey' },
  })
const ifMatch = z
  .string()
  .regex(/^"?\d{1,9}"?$/)
  .meta({
    description: 'The version of the case you decided on, as its `ETag` or `version` said',
    examples: ['"7"'],
    param: { id: 'IfMatch' },
  })
const eTag = z
  .string()
  .meta({ description: 'Version of the case, to send as `If-Match`', examples: ['"7"'], header: { id: 'ETag' } })

/** The status of the case is what most commands answer with. */
const exampleOf = (r: Route): object => {
  const example = answerExamples[r.operationId as OperationId]
  if (example !== undefined) return { example }
  return r.answer === CaseStatusSchema ? { examples: { status: { $ref: '#/components/examples/case-status' } } } : {}
}

const headersOf = (r: Route) =>
  z.object({
    ...(r.command === 'no' ? {} : { 'Idempotency-Key': idempotencyKey }),
    ...(r.command === 'versioned' ? { 'If-Match': ifMatch } : {}),
  })

const mediaTypeOf = (r: Route): string => {
  if (r.form === 'binary') return 'application/octet-stream'
  if (r.operationId === 'readDocs') return 'text/html'
  return r.operationId === 'readDocsAsset' ? 'text/plain' : 'application/json'
}

const answerSchemaOf = (r: Route) => (r.form === 'binary' ? { type: 'string' as const, format: 'binary' } : r.answer)

const carriesVersion = (schema: z.ZodType): boolean =>
  schema instanceof z.ZodObject && ('version' in schema.shape || 'caseVersion' in schema.shape)

const securityOf = (r: Route) => r.scopes.map((scope) => ({ [SECURITY]: [scope] }))

const scopeText = (r: Route): string =>
  r.scopes.length === 0
    ? 'Public: no token.'
    : `Needs any one of the scopes ${r.scopes.map((scope) => `\`${scope}\``).join(', ')}; role and relation to the case decide beyond that.`

const operation = (r: Route): ZodOpenApiOperationObject => ({
  operationId: r.operationId,
  summary: r.summary,
  description: r.detail === undefined ? scopeText(r) : `${r.detail} ${scopeText(r)}`,
  tags: [r.capability],
  security: securityOf(r),
  requestParams: {
    path: r.params as z.ZodObject,
    query: r.query as z.ZodObject,
    header: headersOf(r),
  },
  ...(r.body === null
    ? {}
    : {
        requestBody: {
          required: true,
          content: { [r.takes === 'form' ? FORM : 'application/json']: { schema: r.body } },
        },
      }),
  responses: {
    [String(r.success)]: {
      description: r.success === 201 ? 'Created' : 'OK',
      ...(carriesVersion(r.answer) ? { headers: z.object({ ETag: eTag }) } : {}),
      content: { [mediaTypeOf(r)]: { schema: answerSchemaOf(r), ...exampleOf(r) } },
    },
    ...(r.takes === 'form' ? tokenErrorResponses() : {}),
    ...problemResponses(r),
  },
})

function paths(): ZodOpenApiPathsObject {
  const all: Record<string, Record<string, ZodOpenApiOperationObject>> = {}
  for (const r of routes as readonly Route[]) {
    all[r.path] = { ...all[r.path], [r.method.toLowerCase()]: operation(r) }
  }
  return all
}

const description = `Send a referral and its DICOM study, follow it at every moment, and get the signed report back.

Every command takes an \`Idempotency-Key\`; a repeat gets the first answer. A change of a case also takes \`If-Match\` with the
version you read; a stale one is answered 409 with the current version. Errors are problem documents (RFC 9457) with a
stable \`code\`, an opaque \`errorId\` and no value of the request. Images travel by signed URLs, never through this API.

What the gateway refuses before Overread is asked is API Gateway's own \`{"message": "..."}\`, as \`application/json\` and without a
\`code\`, in both editions: no token or a bad one (401), no scope of the route (403), no such route (404), a body beyond the
gateway's 10 MiB (413), more requests than the cell takes (429), no answer in time (503). There, go by the status.`

/** The OpenAPI 3.1 document of the route table. */
export const openApiDocument = () =>
  createDocument({
    openapi: '3.1.0',
    info: {
      title: 'Overread',
      version: '1.0.0',
      description,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/', description: 'This cell' }],
    tags: [...new Set(routes.map(({ capability }) => capability))].map((name) => ({ name })),
    paths: paths(),
    components: {
      examples: {
        'case-status': { value: answerExamples.readStatus },
        ...Object.fromEntries(
          ([...Object.keys(refusals), 'unexpected-error'] as Code[]).map((code) => [code, { value: problemOf(code) }]),
        ),
      },
      securitySchemes: {
        [SECURITY]: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'JWT',
          description: Object.entries(scopes)
            .map(([scope, text]) => `- \`${scope}\`: ${text}`)
            .join('\n'),
        },
      },
    },
  })

export const openApiText = (): string => `${JSON.stringify(openApiDocument(), null, 2)}\n`
