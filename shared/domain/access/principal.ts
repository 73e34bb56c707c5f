import * as z from 'zod'
import { InstantSchema } from '../instant.ts'
import { PersonRoleSchema } from '../network/parties.ts'

/** Who asks, as the verified token and the network definition agree: neither a path nor a header can change it. */
export const PrincipalSchema = z.strictObject({
  subject: z.string().min(1).max(128),
  orgId: z.string(),
  personId: z.string(),
  readerId: z.string().optional(),
  /** Roles of the token that the network definition still grants: a revoked role ends with the next request. */
  roles: z.array(PersonRoleSchema),
  scopes: z.array(z.string()),
  attestedCountry: z.string().optional(),
  ipCountry: z.string().optional(),
  mfa: z.boolean(),
  authTime: InstantSchema.optional(),
})
export type Principal = z.infer<typeof PrincipalSchema>
