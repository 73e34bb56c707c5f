import { readFile, stat } from 'node:fs/promises'
import { readNetwork } from '../../domain/network/check-network.ts'
import type { NetworkIndex } from '../../domain/network/index-network.ts'
import { indexNetwork } from '../../domain/network/index-network.ts'
import type { NetworkDirectory } from '../../ports/network-directory.ts'

/** How long the file is not looked at again. */
const FRESH_MS = 1000

interface Known {
  readonly index: NetworkIndex
  readonly stamp: string
}

/** Identity and change of a file, to tell whether it was written since. */
const stampOf = async (path: string): Promise<string> => {
  const { ino, size, mtimeNs } = await stat(path, { bigint: true })
  return `${ino} ${size} ${mtimeNs}`
}

const readIndex = async (path: string): Promise<NetworkIndex> => {
  const reading = readNetwork(JSON.parse(await readFile(path, 'utf8')))
  if (reading.outcome === 'sound') return indexNetwork(reading.network)
  const [first] = reading.problems
  throw new Error(
    `the network definition is unsound in ${reading.problems.length} places; the first: ${first?.path ?? ''} ${first?.message ?? ''}`,
  )
}

/**
 * The network definition in a file, read again when the file has changed. A change that is unsound is a fault for whoever asks,
 * not a reason to go on with the old one: it may have been made to take a reader's right away.
 */
export const fileNetworkDirectory = (path: string, nowMs: () => number = Date.now): NetworkDirectory => {
  let known: Known | undefined
  let lookedAt = Number.NEGATIVE_INFINITY

  return {
    current: async () => {
      if (known !== undefined && nowMs() < lookedAt + FRESH_MS) return known.index
      const at = nowMs()
      const stamp = await stampOf(path)
      if (known?.stamp !== stamp) known = { index: await readIndex(path), stamp }
      lookedAt = at
      return known.index
    },
  }
}
