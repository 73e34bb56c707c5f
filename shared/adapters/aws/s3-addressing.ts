import { hostOfRegion } from './own-region.ts'

export interface Address {
  /** Scheme and host, to be put before path and query. */
  readonly origin: string
  readonly host: string
  readonly path: string
}

/** Where an object answers: by the bucket's own host on AWS, by path on an endpoint that the deployer set. */
export const s3Addressing = (region: string, endpointUrl?: string): ((bucket: string, key: string) => Address) => {
  if (endpointUrl !== undefined && endpointUrl !== '') {
    const { origin, host, hostname } = new URL(endpointUrl)
    hostOfRegion(region, hostname)
    return (bucket, key) => ({ origin, host, path: `/${bucket}/${key}` })
  }
  const suffix = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com'
  return (bucket, key) => {
    const host = `${bucket}.s3.${region}.${suffix}`
    return { origin: `https://${host}`, host, path: `/${key}` }
  }
}
