/** An ARN, endpoint or bucket that lies outside the cell's region: a configuration fault, never to be worked around. */
export class OutsideRegion extends Error {
  override readonly name = 'OutsideRegion'
}

const regionPattern = /(?<![a-z0-9])[a-z]{2,4}(?:-[a-z]+){1,2}-\d(?!\d)/g

const refuse = (what: string, named: string, region: string): never => {
  throw new OutsideRegion(`${what} names ${named}, this cell is ${region}`)
}

/**
 * No patient datum leaves its cell, so every name that a client is given is looked at once more at run time: the walk over
 * the templates cannot see what a parameter or an environment variable holds.
 */
export const arnOfRegion = (region: string, arn: string): string => {
  const [prefix, , , named = ''] = arn.split(':')
  if (prefix !== 'arn') return refuse('a key or resource', 'no ARN', region)
  // S3 bucket and IAM ARNs carry no region: those are checked by the host that answers for them.
  return named === '' || named === region ? arn : refuse('an ARN', named, region)
}

/** Host of an endpoint or queue URL. A host that names no region is a local or private endpoint that the deployer set. */
export const hostOfRegion = (region: string, host: string): string => {
  const named = [...host.matchAll(regionPattern)].map(([name]) => name)
  const foreign = named.find((name) => name !== region)
  if (foreign !== undefined) return refuse('an endpoint', foreign, region)
  if (named.length === 0 && /\.amazonaws\.com(\.cn)?$/.test(host)) return refuse('an endpoint', 'no region', region)
  return host
}

export const urlOfRegion = (region: string, url: string): string => {
  hostOfRegion(region, new URL(url).hostname)
  return url
}
