import { networkKey } from '../../contracts/network-objects.ts'
import { readNetwork } from '../../domain/network/check-network.ts'
import { indexNetwork, type NetworkIndex } from '../../domain/network/index-network.ts'
import type { NetworkDirectory } from '../../ports/network-directory.ts'
import type { ConditionalGet } from './s3-conditional-get.ts'
import { followed, refuseUnsound } from './s3-followed-object.ts'

export const s3NetworkDirectory = (get: ConditionalGet, nowMs: () => number = Date.now): NetworkDirectory => ({
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
})
