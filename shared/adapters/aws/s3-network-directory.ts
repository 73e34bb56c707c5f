import { GetObjectCommand } from '@aws-sdk/client-s3'
import { readNetwork } from '../../domain/network/check-network.ts'
import { indexNetwork, type NetworkIndex } from '../../domain/network/index-network.ts'
import { defaultJurisdictionPolicy } from '../../domain/residency/default-policy.ts'
import type { JurisdictionPolicy, PolicyDocument } from '../../domain/residency/jurisdiction-policy.ts'
import { loadJurisdictionPolicy } from '../../domain/residency/policy-checks.ts'
import type { NetworkDirectory } from '../../ports/network-directory.ts'
import { hasStatus, isMissing, locate, type CellBuckets } from './s3-object-store.ts'

/** The definition in force, and the deployer's own residency policy where there is one; `network apply` replaces them. */
export const networkKey = 'network/current.json'
export const policyKey = 'network/policy.json'

/** How stale an agreement or a licence may be: after this the store is asked again, by ETag, before anything is decided. */
const freshForMs = 60_000

interface Known<Content> {
  readonly content: Content
  readonly etag: string | undefined
  readonly until: number
}

interface Source<Content> {
  readonly key: string
  readonly read: (json: unknown) => Content
  /** What holds where there is no such object; without it, its absence is a fault. */
  readonly absent?: Content
}

const refuseUnsound = (what: string, problems: readonly unknown[]): never => {
  throw new Error(`the ${what} is unsound in ${problems.length} places`)
}

/** One object, read again only when it has changed. A failure to ask is a fault: a right taken away must not live on. */
const followed = <Content>(buckets: CellBuckets, source: Source<Content>, nowMs: () => number) => {
  let known: Known<Content> | undefined

  const fetchCurrent = async (): Promise<Known<Content>> => {
    const until = nowMs() + freshForMs
    try {
      const { Body, ETag } = await buckets.client.send(
        new GetObjectCommand({
          ...locate(buckets, { bucket: 'network', key: source.key }),
          ...(known?.etag === undefined ? {} : { IfNoneMatch: known.etag }),
        }),
      )
      const json: unknown = JSON.parse((await Body?.transformToString('utf8')) ?? 'null')
      return { content: source.read(json), etag: ETag, until }
    } catch (error) {
      if (known !== undefined && hasStatus(error, 304)) return { ...known, until }
      if (source.absent !== undefined && isMissing(error)) return { content: source.absent, etag: undefined, until }
      throw error
    }
  }

  return async (): Promise<Content> => {
    if (known === undefined || known.until <= nowMs()) known = await fetchCurrent()
    return known.content
  }
}

/** `toDocument` hashes a policy; the same in both editions, so that a decision can be re-run anywhere. */
export const s3NetworkDirectory = (
  buckets: CellBuckets,
  toDocument: (policy: JurisdictionPolicy) => PolicyDocument,
  nowMs: () => number = Date.now,
): NetworkDirectory => ({
  current: followed<NetworkIndex>(
    buckets,
    {
      key: networkKey,
      read: (json) => {
        const reading = readNetwork(json)
        return reading.outcome === 'sound'
          ? indexNetwork(reading.network)
          : refuseUnsound('network definition', reading.problems)
      },
    },
    nowMs,
  ),
  policy: followed<PolicyDocument>(
    buckets,
    {
      key: policyKey,
      read: (json) => {
        const load = loadJurisdictionPolicy(json)
        return load.outcome === 'accepted' ? toDocument(load.policy) : refuseUnsound('residency policy', load.problems)
      },
      absent: toDocument(defaultJurisdictionPolicy),
    },
    nowMs,
  ),
})
