import * as z from 'zod'
import { InstantSchema } from '../instant.ts'
import { MachineRoleSchema } from '../network/machine-client.ts'
import { PersonRoleSchema } from '../network/parties.ts'

export const RoleSchema = z.union([PersonRoleSchema, MachineRoleSchema])
export type Role = z.infer<typeof RoleSchema>

/** Who asks, as the verified token and the network definition agree: neither a path nor a header can change it. */
export const PrincipalSchema = z.strictObject({
  kind: z.enum(['person', 'machine']),
  subject: z.string().min(1).max(128),
  orgId: z.string(),
  /** Of a system its client id: the network check keeps the two apart. */
  personId: z.string(),
  readerId: z.string().optional(),
  /** Roles of the token that the network definition still grants: a revoked role ends with the next request. */
  roles: z.array(RoleSchema),
  scopes: z.array(z.string()),
  attestedCountry: z.string().optional(),
  ipCountry: z.string().optional(),
  mfa: z.boolean(),
  authTime: InstantSchema.optional(),
})
export type Principal = z.infer<typeof PrincipalSchema>
