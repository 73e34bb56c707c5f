import { GetObjectCommand } from '@aws-sdk/client-s3'
import { readNetwork } from '../../domain/network/check-network.ts'
import { indexNetwork, type NetworkIndex } from '../../domain/network/index-network.ts'
import type { NetworkDirectory } from '../../ports/network-directory.ts'
import { hasStatus, locate, type CellBuckets } from './s3-object-store.ts'

/** The definition in force; `network apply` replaces it. */
export const networkKey = 'network/current.json'

/** How stale an agreement or a licence may be: after this the store is asked again, by ETag, before anything is decided. */
const freshForMs = 60_000

interface Known {
  readonly index: NetworkIndex
  readonly etag: string
  readonly until: number
}

export const s3NetworkDirectory = (buckets: CellBuckets, nowMs: () => number = Date.now): NetworkDirectory => {
  let known: Known | undefined

  const fetchCurrent = async (): Promise<Known> => {
    const until = nowMs() + freshForMs
    try {
      const { Body, ETag = '' } = await buckets.client.send(
        new GetObjectCommand({
          ...locate(buckets, { bucket: 'network', key: networkKey }),
          ...(known === undefined ? {} : { IfNoneMatch: known.etag }),
        }),
      )
      const reading = readNetwork(JSON.parse((await Body?.transformToString('utf8')) ?? 'null'))
      if (reading.outcome === 'unsound') {
        throw new Error(`the network definition is unsound in ${reading.problems.length} places`)
      }
      return { index: indexNetwork(reading.network), etag: ETag, until }
    } catch (error) {
      if (known !== undefined && hasStatus(error, 304)) return { ...known, until }
      throw error
    }
  }

  return {
    current: async () => {
      if (known === undefined || known.until <= nowMs()) known = await fetchCurrent()
      return known.index
    },
  }
}
