import { TokenRequestSchema, type TokenError, type TokenRequest } from '../../shared/contracts/http/tokens.ts'
import { headerOf, type HttpEvent } from '../../shared/runtime/http-event.ts'

export type FormReading =
  | { readonly outcome: 'read'; readonly request: TokenRequest }
  | { readonly outcome: 'refused'; readonly error: TokenError }

const LIMIT_BYTES = 16 * 1024
const FORM = /^application\/x-www-form-urlencoded\s*(;\s*charset=utf-8\s*)?$/i

const refused: FormReading = { outcome: 'refused', error: 'invalid_request' }

/** A client proves itself in one way (RFC 6749 2.3) and names each parameter once (3.2): of two, a proxy may read the other. */
export function readForm(event: HttpEvent): FormReading {
  const { body = '', isBase64Encoded, rawQueryString } = event
  if (!FORM.test(headerOf(event, 'content-type') ?? '') || body.length > LIMIT_BYTES * 1.4) return refused
  if (headerOf(event, 'authorization') !== undefined || rawQueryString !== '') return refused
  const form = new URLSearchParams(isBase64Encoded ? Buffer.from(body, 'base64').toString('utf8') : body)
  const names = [...form.keys()]
  if (new Set(names).size !== names.length || form.has('client_secret')) return refused
  const given = [...form].filter(([, value]) => value !== '')
  const parsed = TokenRequestSchema.safeParse(Object.fromEntries(given))
  return parsed.success ? { outcome: 'read', request: parsed.data } : refused
}
