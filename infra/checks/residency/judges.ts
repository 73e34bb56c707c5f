import { isPlainObject, textsOf } from '../cloudformation/plain.ts'
import { isOpenText, readable } from '../cloudformation/symbols.ts'
import { arnsIn } from './arn.ts'
import { isForeignAccount, type Cell } from './cell.ts'
import { AWS_DOMAIN, foreignRegionsIn, isRegionName } from './regions.ts'
import type { Judge, Judgement } from './rule.ts'
import { whereIs, whereIsBucket, whereIsUrl, type Whereabouts } from './whereabouts.ts'

const LEAK: Judgement = { verdict: 'leak' }

const judgeText =
  (judge: (text: string, cell: Cell) => Judgement): Judge =>
  (value, cell) => {
    const judgements = textsOf(value).map((text) => judge(text, cell))
    return (
      judgements.find((judgement) => judgement?.verdict === 'leak') ??
      judgements.find((judgement) => judgement !== undefined)
    )
  }

const open = (text: string): Judgement => ({
  verdict: 'open',
  detail: `${readable(text)} is decided outside the template`,
})

const fromWhereabouts = (where: Whereabouts): Judgement => {
  switch (where.at) {
    case 'own':
      return undefined
    case 'elsewhere':
      return { verdict: 'leak', detail: where.detail }
    case 'unseen':
      return { verdict: 'open', detail: where.detail }
  }
}

/** The property has any content at all. */
export const given: Judge = (value) => {
  const isEmpty = value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0)
  return isEmpty || (isPlainObject(value) && Object.keys(value).length === 0) ? undefined : LEAK
}

/** A switch that is on; CloudFormation takes `true` and `"true"`. */
export const on: Judge = (value) => {
  if (typeof value === 'string' && isOpenText(value)) return open(value)
  return value === true || (typeof value === 'string' && value.toLowerCase() === 'true') ? LEAK : undefined
}

/** One of the values a rule names. */
export const oneOf = (...names: readonly string[]): Judge =>
  judgeText((text) =>
    names.includes(text) ? { verdict: 'leak', detail: text } : isOpenText(text) ? open(text) : undefined,
  )

/** A region that is not the cell's. */
export const anotherRegion: Judge = judgeText((text, cell) =>
  text === cell.region ? undefined : isOpenText(text) ? open(text) : { verdict: 'leak', detail: readable(text) },
)

/** A region by its name only: where the same property may hold something else. */
export const anotherRegionName: Judge = judgeText((text, cell) =>
  isRegionName(text) && text !== cell.region ? { verdict: 'leak', detail: text } : undefined,
)

/** An account that is not the cell's. */
export const anotherAccount: Judge = judgeText((text, cell) =>
  isForeignAccount(text, cell)
    ? { verdict: 'leak', detail: `account ${text}` }
    : isOpenText(text)
      ? open(text)
      : undefined,
)

/** An ARN, name or S3 URL of something outside the cell. */
export const elsewhere: Judge = judgeText((text, cell) => fromWhereabouts(whereIs(text, cell)))

/** A bucket that this cell is not known to hold. */
export const foreignBucket: Judge = judgeText((text, cell) => fromWhereabouts(whereIsBucket(text, cell)))

/** A bucket written out that this cell is not known to hold; one the deployer names is the deployer's to answer for. */
export const literalBucket: Judge = (value, cell, siblings) => {
  const judgement = foreignBucket(value, cell, siblings)
  return judgement?.verdict === 'leak' ? judgement : undefined
}

/** `/bucket/path`, as a home directory names a bucket; `/` is nothing yet, and `/fs-...` a file system. */
export const homeBucket: Judge = (value, cell, siblings) =>
  literalBucket(
    textsOf(value)
      .map((text) => text.replace(/^\//, ''))
      .filter((text) => text !== '' && !text.startsWith('fs-') && !text.includes('${')),
    cell,
    siblings,
  )

/** A URL whose host is not of this cell. */
export const outsideUrl: Judge = judgeText((text, cell) => fromWhereabouts(whereIsUrl(text, cell)))

/** A judge that only speaks when a neighbouring property holds one of the given values. */
export const when =
  (neighbour: string, values: readonly string[], judge: Judge): Judge =>
  (value, cell, siblings) =>
    textsOf(siblings[neighbour]).some((text) => values.includes(text)) ? judge(value, cell, siblings) : undefined

/** A layer owned by somebody else, AWS's own publishing accounts included. */
export const isForeignLayer: Judge = judgeText((text, cell) => {
  const account = arnsIn(text)[0]?.account ?? ''
  return /^\d{12}$/.test(account) && account !== cell.account
    ? { verdict: 'leak', detail: `account ${account}` }
    : undefined
})

const S3_HOST = new RegExp(`^https://(?:([^./]+)\\.)?s3[.-]([a-z0-9-]+)\\.${AWS_DOMAIN}/([^/]+)/`)

const fileOf = (url: string): string =>
  url
    .replace(/[?#].*$/, '')
    .split('/')
    .at(-1) ?? ''

/** A nested template that is neither walked in the same check nor in the cell's own deployment bucket or one of its buckets. */
export const templateElsewhere: Judge = judgeText((text, cell) => {
  if (cell.walked.has(fileOf(text)) && foreignRegionsIn(text, cell.region).length === 0) return undefined
  const [, virtualHost, region, firstSegment] = S3_HOST.exec(text) ?? []
  const bucket = virtualHost ?? firstSegment
  if (isOpenText(text)) return open(text)
  if (bucket === undefined || region !== cell.region) return { verdict: 'leak', detail: readable(text) }
  return fromWhereabouts(whereIsBucket(bucket, cell))
})
