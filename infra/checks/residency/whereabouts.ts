import { isOpenText, isOwnThing, readable } from '../cloudformation/symbols.ts'
import { arnsIn } from './arn.ts'
import { isForeignAccount, isOwnBucketName, type Cell } from './cell.ts'
import { bareHostOf, foreignAccountOfHostIn, hostOf, whereIsHost } from './hosts.ts'
import { AWS_DOMAIN, foreignRegionsIn } from './regions.ts'

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
  const everywhere = arns.find(
    (arn) => arn.service === 's3' && arn.region === '' && /^accesspoint\/\w+\.mrap/.test(arn.rest),
  )
  if (everywhere !== undefined)
    return { rule: 'other-region-arn', detail: `${readable(everywhere.text)} is a multi-region access point` }
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
  if (named !== undefined) return { rule: 'other-region-name', detail: `the text names region ${named}` }
  const holder = foreignAccountOfHostIn(text, cell)
  return holder === undefined
    ? undefined
    : { rule: 'other-account-host', detail: `the address is of account ${holder}` }
}

// Only a deployer's word is taken for undecided: what CDK cuts out of an ARN of its own is of this cell.
const DECIDED_OUTSIDE = '⟦(?:param:|unknown:dynamic)[^⟧]*⟧'
const UNDECIDED = new RegExp(`^${DECIDED_OUTSIDE}$`)
const UNDECIDED_ENDPOINT = new RegExp(`[\\w⟧][.-]${DECIDED_OUTSIDE}\\.${AWS_DOMAIN}`)

/** The region or account of an address that somebody outside the template decides. */
export const undecidedPlaceIn = (text: string): { rule: string; detail: string } | undefined => {
  const arns = arnsIn(text)
  const region = arns.find((arn) => UNDECIDED.test(arn.region))
  if (region !== undefined) return { rule: 'unresolved-region', detail: `the region of ${readable(region.text)}` }
  const account = arns.find((arn) => UNDECIDED.test(arn.account))
  if (account !== undefined) return { rule: 'unresolved-account', detail: `the account of ${readable(account.text)}` }
  const [endpoint] = UNDECIDED_ENDPOINT.exec(text) ?? []
  return endpoint === undefined
    ? undefined
    : { rule: 'unresolved-region', detail: `the region of ${readable(endpoint)}` }
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
  if (isOwnThing(bucket) || isOwnBucketName(bucket, cell)) return OWN
  if (isOpenText(bucket)) return unseen(bucket)
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

/** Where the host of a URL, or a host by its name alone, is. */
export const whereIsUrl = (text: string, cell: Cell): Whereabouts => {
  const host = hostOf(text) ?? bareHostOf(text)
  return host === undefined || host.includes('${') ? whereIs(text, cell) : whereIsHost(host, cell)
}
