import * as z from 'zod'
import { ClientIdSchema, OrgIdSchema } from './ids.ts'
import { validityShape } from './validity.ts'

/** What a system may be to the network. None of them reads images, claims or signs: those are acts of a person with a licence. */
export const MachineRoleSchema = z.enum(['sending-system', 'report-receiver']).meta({ title: 'MachineRole' })
export type MachineRole = z.infer<typeof MachineRoleSchema>

/** The scopes that can be registered for a system at all. */
export const MachineScopeSchema = z.enum(['referrals:read', 'referrals:write', 'uploads:write'])
export type MachineScope = z.infer<typeof MachineScopeSchema>

const keyId = z.string().min(1).max(64)
/** P-384 coordinates are 48 bytes (RFC 7518 6.2.1.2). */
const coordinate = z.base64url().length(64)

/** Public keys only: a strict schema, so that a private member someone pasted is refused and never spread to the cells. */
export const MachineKeySchema = z.discriminatedUnion('kty', [
  z.strictObject({
    kty: z.literal('EC'),
    crv: z.literal('P-384'),
    alg: z.literal('ES384'),
    kid: keyId,
    x: coordinate,
    y: coordinate,
    use: z.literal('sig').optional(),
  }),
  z.strictObject({
    kty: z.literal('RSA'),
    alg: z.literal('RS384'),
    kid: keyId,
    n: z.base64url().min(342, 'an RSA key has 2,048 bits or more').max(1366),
    e: z.literal('AQAB'),
    use: z.literal('sig').optional(),
  }),
])
export type MachineKey = z.infer<typeof MachineKeySchema>

/** A RIS, PACS or gateway of one organisation, known by keys that were pinned when it was registered (controls API-03). */
export const MachineClientSchema = z
  .strictObject({
    clientId: ClientIdSchema,
    orgId: OrgIdSchema,
    name: z.string().min(1).max(120),
    roles: z.array(MachineRoleSchema).min(1),
    scopes: z.array(MachineScopeSchema).min(1),
    jwks: z.strictObject({ keys: z.array(MachineKeySchema).min(1).max(5) }),
    ...validityShape,
  })
  .meta({ id: 'MachineClient' })
export type MachineClient = z.infer<typeof MachineClientSchema>
