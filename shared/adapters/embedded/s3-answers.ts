import { randomUUID } from 'node:crypto'
import type { ServerResponse } from 'node:http'

/** S3's codes and statuses, so that an uploader written for the cloud edition understands this one. */
const faults = {
  AccessDenied: 403,
  SignatureDoesNotMatch: 403,
  InvalidAccessKeyId: 403,
  AuthorizationQueryParametersError: 400,
  BadDigest: 400,
  IncompleteBody: 400,
  InvalidArgument: 400,
  NoSuchBucket: 404,
  NoSuchKey: 404,
  NoSuchUpload: 404,
  MethodNotAllowed: 405,
  PreconditionFailed: 412,
  InvalidRange: 416,
  InternalError: 500,
  SlowDown: 503,
} as const

export type S3Code = keyof typeof faults

/** A refusal on its way to the client; the message is static and never holds a value of the request. */
export class S3Fault extends Error {
  override readonly name = 'S3Fault'
  readonly code: S3Code

  constructor(code: S3Code, message: string) {
    super(message)
    this.code = code
  }
}

const escaped = (text: string): string => text.replace(/[<>&]/g, (mark) => `&#${mark.charCodeAt(0)};`)

export const answerFault = (response: ServerResponse, { code, message }: S3Fault, isHead: boolean): void => {
  const requestId = randomUUID()
  const body = `<?xml version="1.0" encoding="UTF-8"?>
<Error><Code>${code}</Code><Message>${escaped(message)}</Message><RequestId>${requestId}</RequestId></Error>`
  response.writeHead(faults[code], {
    'content-type': 'application/xml',
    'content-length': Buffer.byteLength(body),
    'x-amz-request-id': requestId,
  })
  response.end(isHead ? undefined : body)
}
