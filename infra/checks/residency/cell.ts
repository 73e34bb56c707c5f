import { isAwsOwnedAccount } from './regions.ts'

/** The place data must not leave, as a template is judged. */
export interface Cell {
  readonly region: string
  readonly partition: string
  /** Unknown for a template that was synthesized for any account and says nothing of its own. */
  readonly account: string | undefined
  /** Names of buckets that this template or another one of the same cell creates. */
  readonly buckets: ReadonlySet<string>
  /** Domains that this template or another one of the same cell answers for. */
  readonly domains: ReadonlySet<string>
  /** File names of the templates that are walked together with this one. */
  readonly walked: ReadonlySet<string>
}

const ACCOUNT = /^\d{12}$/

/** True for a written-out account that is neither the cell's nor AWS's own in this region. */
export const isForeignAccount = (account: string, cell: Cell): boolean =>
  ACCOUNT.test(account) && account !== cell.account && !isAwsOwnedAccount(account, cell.region)

/** The bucket `cdk bootstrap` makes in each account and region; it holds code, and only its own cell's is ours. */
const isAssetBucket = (name: string, cell: Cell): boolean =>
  [cell.account ?? '⟦pseudo:AccountId⟧', '⟦pseudo:AccountId⟧'].some((account) =>
    new RegExp(`^cdk-[a-z0-9]+-assets-${account}-${cell.region}$`).test(name),
  )

/** True for a bucket that this cell is known to hold. */
export const isOwnBucketName = (name: string, cell: Cell): boolean =>
  cell.buckets.has(name) || isAssetBucket(name, cell)
