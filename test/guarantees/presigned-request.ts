import type { SignedRequest } from '../../shared/ports/object-store.ts'
import type { PresignedUrl } from './presigned-urls.ts'
import type { WireRequest } from './wire.ts'

/** A request that must be refused, or one that may only be what the signed one is. */
export interface PresignedAttempt {
  readonly name: string
  readonly request: WireRequest
  /** What is wrong shows only in the body: other codes than those of a bad signature may refuse it. */
  readonly signatureHolds?: boolean
}

type Pair = readonly [name: string, value: string]

/** A presigned request taken apart, its query still encoded. */
export interface Parts {
  readonly method: string
  readonly origin: string
  readonly path: string
  readonly query: readonly Pair[]
  readonly headers: Readonly<Record<string, string | readonly string[]>>
  readonly body: Uint8Array
}

export const partsOf = ({ method, url, headers }: SignedRequest, content: Uint8Array): Parts => {
  const [, origin = '', path = '', search = ''] = /^(https?:\/\/[^/]+)([^?]*)\?(.*)$/.exec(url) ?? []
  const query = search.split('&').map((pair): Pair => {
    const [name = '', value = ''] = pair.split('=')
    return [name, value]
  })
  return { method, origin, path, query, headers, body: method === 'PUT' ? content : new Uint8Array() }
}

export const partsOfUrl = ({ signed, content }: PresignedUrl): Parts => partsOf(signed, content)

export const written = ({ method, origin, path, query, headers, body }: Parts): WireRequest => {
  const search = query.map(([name, value]) => `${name}=${value}`).join('&')
  const url = `${origin}${path}${search === '' ? '' : `?${search}`}`
  return { method, url, headers, ...(body.byteLength === 0 ? {} : { body }) }
}

/** Names a change and writes the changed request. */
export const changing =
  (parts: Parts) =>
  (name: string, change: Partial<Parts>): PresignedAttempt => ({ name, request: written({ ...parts, ...change }) })

export const valueOf = ({ query }: Parts, name: string): string => query.find(([one]) => one === name)?.[1] ?? ''

export const withValue = ({ query }: Parts, name: string, value: string): Pick<Parts, 'query'> => ({
  query: query.map(([one, before]) => [one, one === name ? value : before]),
})

export const without = <Value>(values: Readonly<Record<string, Value>>, dropped: string): Record<string, Value> =>
  Object.fromEntries(Object.entries(values).filter(([name]) => name !== dropped))

export const swapCase = (text: string): string =>
  text.replace(/[a-z]/gi, (letter) => (letter < 'a' ? letter.toLowerCase() : letter.toUpperCase()))
