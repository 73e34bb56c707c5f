/** RFC 3986 unreserved characters stay, all else is percent-encoded: `encodeURIComponent` leaves five too many. */
export const encodeSegment = (text: string): string =>
  /^[A-Za-z0-9._~-]*$/.test(text)
    ? text
    : encodeURIComponent(text).replace(/[!'()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`)

/** S3 encodes a key once and keeps its slashes; every other AWS service encodes the path twice. */
export const encodePath = (path: string): string =>
  /^[A-Za-z0-9/._~-]*$/.test(path) ? path : path.split('/').map(encodeSegment).join('/')

/** Pairs must be encoded already: SigV4 sorts by the encoded name. */
export const canonicalQuery = (encoded: readonly (readonly [name: string, value: string])[]): string =>
  encoded
    .toSorted(([a, x], [b, y]) => (a < b ? -1 : a > b ? 1 : x < y ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join('&')

export interface CanonicalParts {
  readonly method: string
  /** Encoded. */
  readonly path: string
  readonly query: string
  /** Lower-case names, sorted. */
  readonly headers: readonly (readonly [name: string, value: string])[]
}

const trimmed = (value: string): string => (/\s/.test(value) ? value.trim().replace(/\s+/g, ' ') : value)

/** A presigned request never signs its body this way; the body is bound by the signed `x-amz-checksum-sha256` header. */
export const canonicalRequest = ({ method, path, query, headers }: CanonicalParts): string => {
  const lines = headers.map(([name, value]) => `${name}:${trimmed(value)}\n`).join('')
  const names = headers.map(([name]) => name).join(';')
  return `${method}\n${path}\n${query}\n${lines}\n${names}\nUNSIGNED-PAYLOAD`
}
