import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda'
import { Refusal } from '../domain/refusal.ts'

export type HttpEvent = APIGatewayProxyEventV2
export type HttpResult = APIGatewayProxyStructuredResultV2

export const headerOf = (event: HttpEvent, name: string): string | undefined => event.headers[name]

/** Bytes of the body as they were sent; a body that is not declared as JSON is refused before it is decoded. */
function bodyText(event: HttpEvent, limitBytes: number): string {
  const raw = event.body ?? ''
  // Four characters of base64 carry three bytes: refuse before decoding what cannot fit.
  if (raw.length > limitBytes * (event.isBase64Encoded ? 1.4 : 1)) throw new Refusal('body-too-large', { limitBytes })
  const bytes = event.isBase64Encoded ? Buffer.from(raw, 'base64') : Buffer.from(raw, 'utf8')
  if (bytes.length > limitBytes) throw new Refusal('body-too-large', { limitBytes })
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (cause) {
    throw new Refusal('malformed-json', {}, cause)
  }
}

const DEPTH_LIMIT = 16

/** Depth is bounded before parsing: a thousand opening brackets in a small body must not reach a recursive validator. */
function checkDepth(text: string): void {
  let depth = 0
  let inString = false
  for (let at = 0; at < text.length; at++) {
    const character = text[at]
    if (inString) {
      if (character === '\\') at++
      else if (character === '"') inString = false
    } else if (character === '"') inString = true
    else if (character === '{' || character === '[') {
      depth++
      if (depth > DEPTH_LIMIT) throw new Refusal('invalid-request', { rule: 'depth' })
    } else if (character === '}' || character === ']') depth--
  }
}

export function jsonBody(event: HttpEvent, limitBytes: number): unknown {
  const type = headerOf(event, 'content-type') ?? ''
  if (!/^application\/json\s*(;|$)/i.test(type)) throw new Refusal('unsupported-media-type')
  const text = bodyText(event, limitBytes)
  checkDepth(text)
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new Refusal('malformed-json', {}, cause)
  }
}
