import type { IncomingMessage, ServerResponse } from 'node:http'

/**
 * A browser may upload and download by presigned URL (N-31 of the domain reference). No cookie or other ambient right is
 * involved - the URL itself is the permission - so letting every origin try gives nobody anything; `origins` narrows it.
 */
export const allowOrigin = (request: IncomingMessage, response: ServerResponse, origins: readonly string[]): void => {
  const { origin } = request.headers
  if (origin === undefined) return
  response.setHeader('vary', 'origin')
  if (!origins.includes('*') && !origins.includes(origin)) return
  response.setHeader('access-control-allow-origin', origins.includes('*') ? '*' : origin)
  response.setHeader('access-control-expose-headers', 'etag, content-range, x-amz-checksum-sha256, x-amz-request-id')
}

export const answerPreflight = (response: ServerResponse): void => {
  if (response.hasHeader('access-control-allow-origin')) {
    response.setHeader('access-control-allow-methods', 'PUT, GET, HEAD')
    response.setHeader(
      'access-control-allow-headers',
      `content-type, if-none-match, range, x-amz-checksum-sha256, x-amz-expected-bucket-owner,
      x-amz-server-side-encryption, x-amz-server-side-encryption-aws-kms-key-id`.replace(/\s+/g, ' '),
    )
    response.setHeader('access-control-max-age', '3000')
  }
  response.writeHead(response.hasHeader('access-control-allow-origin') ? 200 : 403, { 'content-length': 0 })
  response.end()
}
