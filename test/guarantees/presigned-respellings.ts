import { changing, partsOfUrl, valueOf, withValue, type PresignedAttempt } from './presigned-request.ts'
import type { PresignedUrl } from './presigned-urls.ts'

const titled = (name: string): string => name.replace(/(^|-)[a-z]/g, (start) => start.toUpperCase())

/** Not signed, and without a meaning for what is stored or given out. */
const harmless: Readonly<Record<string, string>> = {
  'cache-control': 'public, max-age=31536000',
  'content-disposition': 'inline',
  'content-language': 'de',
  'x-forwarded-host': 'attacker.example',
  'x-forwarded-proto': 'https',
  'x-http-method-override': 'DELETE',
  'x-original-url': '/images/other',
  'x-rewrite-url': '/images/other',
  origin: 'https://attacker.example',
  referer: 'https://attacker.example/',
  cookie: 'session=1',
  authorization: 'Bearer x',
}

/** The signed request in another spelling of the same, or with something beside it that changes nothing. */
export function respellings(url: PresignedUrl): PresignedAttempt[] {
  const parts = partsOfUrl(url)
  const change = changing(parts)
  const { query, path, headers } = parts
  const hex = (text: string, at: number) =>
    `${text.slice(0, at)}%${text.charCodeAt(at).toString(16)}${text.slice(at + 1)}`
  const credential = valueOf(parts, 'X-Amz-Credential')
  return [
    change('the query in reverse', { query: query.toReversed() }),
    change('a key character in hex', { path: hex(path, path.length - 1) }),
    change('the slash of the bucket in hex', { path: path.replace(/^(\/[^/]+)\//, '$1%2f') }),
    change('the last slash in hex', { path: hex(path, path.lastIndexOf('/')) }),
    change(
      'slashes of the credential as they are',
      withValue(parts, 'X-Amz-Credential', decodeURIComponent(credential)),
    ),
    change(
      'escapes in small letters',
      withValue(
        parts,
        'X-Amz-Credential',
        credential.toLowerCase().replace(/overread\w+/, credential.split('%')[0] ?? ''),
      ),
    ),
    change('an empty pair', { query: query.flatMap((pair, at) => (at === 1 ? [['', ''] as const, pair] : [pair])) }),
    change('a fragment', {
      query: query.map(([name, value], at) => [name, at === query.length - 1 ? `${value}#x` : value]),
    }),
    change('names of headers in capitals', {
      headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [titled(name), value])),
    }),
    change('blanks around the values of headers', {
      headers: Object.fromEntries(
        Object.entries(headers).map(([name, value]) => [
          name,
          name === 'content-length' ? value : `  ${String(value)}  `,
        ]),
      ),
    }),
    ...Object.entries(harmless).map(([name, value]) =>
      change(`${name}: ${value}`, { headers: { ...headers, [name]: value } }),
    ),
  ]
}
