import {
  DisableKeyRotationCommand,
  EnableKeyRotationCommand,
  GetKeyPolicyCommand,
  GetKeyRotationStatusCommand,
  PutKeyPolicyCommand,
} from '@aws-sdk/client-kms'
import { property, type Property } from './property.ts'

const type = 'AWS::KMS::Key'

/** Keys: who may use them, and that they rotate. */
export const keyProperties: readonly Property[] = [
  property({
    type,
    name: 'EnableKeyRotation',
    desired: (value) => value === true || value === 'true',
    read: async ({ kms, physicalId: KeyId }) =>
      (await kms.send(new GetKeyRotationStatusCommand({ KeyId }))).KeyRotationEnabled,
    apply: ({ kms, physicalId: KeyId }, enabled) =>
      enabled ? kms.send(new EnableKeyRotationCommand({ KeyId })) : kms.send(new DisableKeyRotationCommand({ KeyId })),
  }),
  property({
    type,
    name: 'KeyPolicy',
    desired: (value) => JSON.stringify(value),
    read: async ({ kms, physicalId: KeyId }) => (await kms.send(new GetKeyPolicyCommand({ KeyId }))).Policy,
    apply: ({ kms, physicalId: KeyId }, Policy) => kms.send(new PutKeyPolicyCommand({ KeyId, Policy })),
  }),
]
