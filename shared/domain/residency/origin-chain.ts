import type { JurisdictionPolicy, PolicyOrigin } from './jurisdiction-policy.ts'

/** An origin and what it inherits from, leaf first (DE, EU). Undefined for an unknown origin or a chain that bites its tail. */
export const originChain = (policy: JurisdictionPolicy, origin: string): readonly PolicyOrigin[] | undefined => {
  const chain: PolicyOrigin[] = []
  for (let id: string | undefined = origin; id !== undefined; id = chain.at(-1)?.inherits) {
    const found = policy.origins.find((candidate) => candidate.id === id)
    if (found === undefined || chain.includes(found)) return undefined
    chain.push(found)
  }
  return chain
}
