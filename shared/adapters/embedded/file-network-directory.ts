import { readFile, stat } from 'node:fs/promises'
import { readNetwork } from '../../domain/network/check-network.ts'
import type { NetworkIndex } from '../../domain/network/index-network.ts'
import { indexNetwork } from '../../domain/network/index-network.ts'
import { defaultJurisdictionPolicy } from '../../domain/residency/default-policy.ts'
import type { JurisdictionPolicy, PolicyDocument } from '../../domain/residency/jurisdiction-policy.ts'
import { loadJurisdictionPolicy } from '../../domain/residency/policy-checks.ts'
import type { ResidencyDirectory } from '../../ports/network-directory.ts'

/** How long a file is not looked at again. */
const FRESH_MS = 1000

/** Identity and change of a file, to tell whether it was written since; `undefined` where there is none. */
const stampOf = async (path: string): Promise<string | undefined> => {
  const found = await stat(path, { bigint: true }).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  })
  return found && `${found.ino} ${found.size} ${found.mtimeNs}`
}

const refuse = (what: string, problems: readonly { readonly path: string; readonly message: string }[]): never => {
  const [first] = problems
  throw new Error(
    `the ${what} is unsound in ${problems.length} places; the first: ${first?.path ?? ''} ${first?.message ?? ''}`,
  )
}

/**
 * What a file says, read again when it has changed. A change that is unsound is a fault for whoever asks, not a reason to go
 * on with the old one: it may have been made to take a reader's right away.
 */
const followed = <Content>(
  path: string,
  { read, absent }: { readonly read: (json: unknown) => Content; readonly absent?: Content },
  nowMs: () => number,
): (() => Promise<Content>) => {
  let known: { readonly content: Content; readonly stamp: string | undefined } | undefined
  let lookedAt = Number.NEGATIVE_INFINITY

  return async () => {
    if (known !== undefined && nowMs() < lookedAt + FRESH_MS) return known.content
    const at = nowMs()
    const stamp = await stampOf(path)
    if (known === undefined || known.stamp !== stamp)
      known =
        stamp === undefined && absent !== undefined
          ? { content: absent, stamp }
          : { content: read(JSON.parse(await readFile(path, 'utf8'))), stamp }
    lookedAt = at
    return known.content
  }
}

export interface NetworkFiles {
  readonly networkPath: string
  /** Where there is no such file, the project's default policy is in force. */
  readonly policyPath: string
}

/** Network definition and residency policy in two files. `toDocument` hashes a policy, alike in both editions. */
export const fileNetworkDirectory = (
  { networkPath, policyPath }: NetworkFiles,
  toDocument: (policy: JurisdictionPolicy) => PolicyDocument,
  nowMs: () => number = Date.now,
): ResidencyDirectory => ({
  current: followed<NetworkIndex>(
    networkPath,
    {
      read: (json) => {
        const reading = readNetwork(json)
        return reading.outcome === 'sound'
          ? indexNetwork(reading.network)
          : refuse('network definition', reading.problems)
      },
    },
    nowMs,
  ),
  policy: followed<PolicyDocument>(
    policyPath,
    {
      read: (json) => {
        const load = loadJurisdictionPolicy(json)
        return load.outcome === 'accepted' ? toDocument(load.policy) : refuse('residency policy', load.problems)
      },
      absent: toDocument(defaultJurisdictionPolicy),
    },
    nowMs,
  ),
})
