import type { Capability } from '../../shared/contracts/capabilities.ts'

type Use = NonNullable<Capability['keys']>[number]

/** The key behind each use that a capability may name, and what of it the use takes. */
export const keyUses: Readonly<
  Record<Use, { readonly key: 'seal' | 'mac' | 'copy-names' | 'sign' | 'issuer'; readonly actions: readonly string[] }>
> = {
  seal: { key: 'seal', actions: ['kms:GenerateDataKey'] },
  open: { key: 'seal', actions: ['kms:Decrypt'] },
  mac: { key: 'mac', actions: ['kms:GenerateMac'] },
  'copy-names': { key: 'copy-names', actions: ['kms:GenerateMac'] },
  sign: { key: 'sign', actions: ['kms:GetPublicKey', 'kms:Sign'] },
  'sign-token': { key: 'issuer', actions: ['kms:GetPublicKey', 'kms:Sign'] },
  verify: { key: 'sign', actions: ['kms:GetPublicKey'] },
}
