import * as z from 'zod'
import { InstantSchema } from '../instant.ts'

/**
 * What all chains that moved looked like at an instant. A chain is named by a digest, so that a checkpoint can be handed to one
 * organisation's auditor without naming another's cases.
 */
export const CheckpointSchema = z.strictObject({
  schema: z.literal('overread/audit-checkpoint@1'),
  number: z.int().positive(),
  at: InstantSchema,
  previousHash: z.string(),
  heads: z.array(z.strictObject({ chainDigest: z.string(), number: z.int().positive(), hash: z.string() })),
})
export type Checkpoint = z.infer<typeof CheckpointSchema>

/** ECDSA P-256 over the canonical JSON of the checkpoint; kept in the bucket nobody can delete from. */
export const SignedCheckpointSchema = z
  .strictObject({ checkpoint: CheckpointSchema, keyId: z.string(), signature: z.base64() })
  .meta({ id: 'SignedCheckpoint' })
export type SignedCheckpoint = z.infer<typeof SignedCheckpointSchema>
