import * as z from 'zod'

export const OwnerSchema = z
  .strictObject({ role: z.string(), orgId: z.string(), personId: z.string().optional() })
  .meta({ id: 'Owner', description: 'Who must act next', examples: [{ role: 'site', orgId: 'alder-hospital' }] })
export type Owner = z.infer<typeof OwnerSchema>
