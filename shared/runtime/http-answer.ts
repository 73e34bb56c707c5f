import { BinaryAnswerSchema, type BinaryAnswer } from '../contracts/http/frames.ts'
import type { Route } from '../contracts/routes/route.ts'
import type { HttpResult } from './http-event.ts'

const noStore = { 'content-type': 'application/json', 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' }

/** Bytes for the screen: no cache, no file name to save them under, no second guess of what they are. */
function binary({ contentType, bytes, headers }: BinaryAnswer): HttpResult {
  const own = { ...noStore, 'content-type': contentType, 'content-disposition': 'inline', ...headers }
  const body = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')
  return { statusCode: 200, headers: own, isBase64Encoded: true, body }
}

export function success(route: Route, answer: unknown): HttpResult {
  if (route.form === 'binary') return binary(BinaryAnswerSchema.parse(answer))
  // Parsed on the way out too: a field nobody declared cannot leak.
  const body = route.answer.parse(answer) as Record<string, unknown>
  const version = body['version'] ?? body['caseVersion']
  return {
    statusCode: route.success,
    headers: typeof version === 'number' ? { ...noStore, etag: `"${version}"` } : noStore,
    body: JSON.stringify(body),
  }
}
