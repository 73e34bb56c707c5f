import { createHmac, hash } from 'node:crypto'

export interface SigningCredentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
}

/** The key of one day, region and service: four HMACs that a batch of a thousand URLs pays once. */
export interface DayKey {
  readonly accessKeyId: string
  readonly sessionToken?: string
  /** `20261124/eu-central-1/s3/aws4_request` */
  readonly scope: string
  readonly key: Buffer
}

const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text, 'utf8').digest()

/** `20261124T030000Z` */
export const amzDate = (instant: string | Date): string =>
  `${new Date(instant).toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`

export const dayKey = (
  { accessKeyId, secretAccessKey, sessionToken }: SigningCredentials,
  { at, region, service = 's3' }: { readonly at: string | Date; readonly region: string; readonly service?: string },
): DayKey => {
  const day = amzDate(at).slice(0, 8)
  const parts = [day, region, service, 'aws4_request']
  return {
    accessKeyId,
    ...(sessionToken === undefined || sessionToken === '' ? {} : { sessionToken }),
    scope: parts.join('/'),
    key: parts.reduce<string | Buffer>(hmac, `AWS4${secretAccessKey}`) as Buffer,
  }
}

/** Lower-case hex. */
export const signatureOf = ({ key, scope }: DayKey, date: string, canonical: string): string =>
  createHmac('sha256', key)
    .update(`AWS4-HMAC-SHA256\n${date}\n${scope}\n${hash('sha256', canonical, 'hex')}`, 'utf8')
    .digest('hex')
