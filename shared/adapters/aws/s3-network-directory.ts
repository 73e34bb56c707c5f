import { networkKey, policyKey } from '../../contracts/network-objects.ts'
import { readNetwork } from '../../domain/network/check-network.ts'
import { indexNetwork, type NetworkIndex } from '../../domain/network/index-network.ts'
import { defaultJurisdictionPolicy } from '../../domain/residency/default-policy.ts'
import type { JurisdictionPolicy, PolicyDocument } from '../../domain/residency/jurisdiction-policy.ts'
import { loadJurisdictionPolicy } from '../../domain/residency/policy-checks.ts'
import type { NetworkDirectory } from '../../ports/network-directory.ts'
import type { ConditionalGet } from './s3-conditional-get.ts'

/** The definition in force, and the deployer's own residency policy where there is one; `network apply` replaces them. */

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
const followed = <Content>(get: ConditionalGet, source: Source<Content>, nowMs: () => number) => {
  let known: Known<Content> | undefined

  const fetchCurrent = async (): Promise<Known<Content>> => {
    const until = nowMs() + freshForMs
    const answer = await get(source.key, known?.etag)
    switch (answer.outcome) {
      case 'changed':
        return { content: source.read(JSON.parse(answer.body)), etag: answer.etag, until }
      case 'unchanged':
        if (known === undefined) throw new Error('S3 calls unchanged what was never read')
        return { ...known, until }
      case 'absent':
        if (source.absent === undefined) throw new Error(`there is no ${source.key}`)
        return { content: source.absent, etag: undefined, until }
    }
  }

  return async (): Promise<Content> => {
    if (known === undefined || known.until <= nowMs()) known = await fetchCurrent()
    return known.content
  }
}

/** `toDocument` hashes a policy; the same in both editions, so that a decision can be re-run anywhere. */
export const s3NetworkDirectory = (
  get: ConditionalGet,
  toDocument: (policy: JurisdictionPolicy) => PolicyDocument,
  nowMs: () => number = Date.now,
): NetworkDirectory => ({
  current: followed<NetworkIndex>(
    get,
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
    get,
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
