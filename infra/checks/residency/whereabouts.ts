import { isOpenText, isOwnThing, marksIn, readable } from '../cloudformation/symbols.ts'
import { arnsIn } from './arn.ts'
import { isForeignAccount, isOwnBucketName, type Cell } from './cell.ts'
import { foreignRegionsIn } from './regions.ts'

/** Where something is: in the cell, outside it, or nobody can tell from the template. */
export type Whereabouts =
  | { readonly at: 'own' }
  | { readonly at: 'elsewhere'; readonly detail: string }
  | { readonly at: 'unseen'; readonly detail: string }

const OWN: Whereabouts = { at: 'own' }
const elsewhere = (detail: string): Whereabouts => ({ at: 'elsewhere', detail })
const unseen = (text: string): Whereabouts => ({
  at: 'unseen',
  detail: `${readable(text)} is decided outside the template`,
})

/** The first thing a text says that is not of this cell, by region, account or partition. */
export const foreignPlaceIn = (text: string, cell: Cell): { rule: string; detail: string } | undefined => {
  const arns = arnsIn(text)
  const region = arns.find((arn) => foreignRegionsIn(arn.region, cell.region).length > 0)
  if (region !== undefined)
    return { rule: 'other-region-arn', detail: `${readable(region.text)} is in region ${region.region}` }
  const account = arns.find((arn) => isForeignAccount(arn.account, cell))
  if (account !== undefined)
    return { rule: 'other-account-arn', detail: `${readable(account.text)} is in account ${account.account}` }
  // AWS managed policies are spelled `arn:aws:` by habit and hold nothing.
  const partition = arns.find(
    (arn) => arn.partition.startsWith('aws') && arn.partition !== cell.partition && arn.account !== 'aws',
  )
  if (partition !== undefined)
    return { rule: 'other-partition-arn', detail: `${readable(partition.text)} is in partition ${partition.partition}` }
  const [named] = foreignRegionsIn(text, cell.region)
  return named === undefined ? undefined : { rule: 'other-region-name', detail: `the text names region ${named}` }
}

const bucketIn = (text: string): string | undefined => /^(?:arn:[^:]*:s3:::|s3[an]?:\/\/)(.*)$/.exec(text)?.[1]

/**
 * Where a bucket is. Bucket names carry no region, so only a reference to a bucket of this template, an import, or a
 * name this cell is known to have created counts as its own.
 */
export const whereIsBucket = (text: string, cell: Cell): Whereabouts => {
  const foreign = foreignPlaceIn(text, cell)
  if (foreign !== undefined) return elsewhere(foreign.detail)
  const bucket = (bucketIn(text) ?? text).split('/')[0] ?? ''
  if (isOpenText(bucket)) return unseen(bucket)
  if (isOwnThing(bucket) || isOwnBucketName(bucket, cell)) return OWN
  const own = arnsIn(text).some((arn) => arn.region === cell.region && !arn.rest.includes('.mrap'))
  return own
    ? OWN
    : elsewhere(`bucket ${readable(bucket)} is named literally: no template of this cell shows its region`)
}

/** Where the target of an ARN, URL or name is. */
export const whereIs = (text: string, cell: Cell): Whereabouts => {
  const foreign = foreignPlaceIn(text, cell)
  if (foreign !== undefined) return elsewhere(foreign.detail)
  if (bucketIn(text) !== undefined) return whereIsBucket(text, cell)
  return isOpenText(text) ? unseen(text) : OWN
}

const AWS_HOST = /\.(?:amazonaws\.com(?:\.cn)?|amazonaws\.eu|api\.aws|on\.aws)$/
const PRIVATE_HOST = /^(?:localhost|127\.|10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.)|\.(?:internal|local)$/

/** Where the host of a URL is; anything outside the region's own AWS endpoints and this template is outside the cell. */
export const whereIsUrl = (text: string, cell: Cell): Whereabouts => {
  const host = /^[a-z][a-z0-9+.:-]*:\/\/(?:[^@/]*@)?((?:⟦[^⟧]*⟧|[^/:?#⟦⟧])+)/i.exec(text)?.[1]
  if (host === undefined || host.includes('${')) return whereIs(text, cell)
  if (isOpenText(host)) return unseen(host)
  const foreign = foreignRegionsIn(host, cell.region)[0]
  if (foreign !== undefined) return elsewhere(`${host} is in region ${foreign}`)
  const ownName = marksIn(host).length > 0 && host.startsWith('⟦')
  if (ownName || PRIVATE_HOST.test(host)) return OWN
  return AWS_HOST.test(host) && host.includes(cell.region)
    ? OWN
    : elsewhere(`${readable(host)} is not an endpoint of this cell`)
}
