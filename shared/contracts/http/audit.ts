import * as z from 'zod'

const coding = z.strictObject({ system: z.string(), code: z.string(), display: z.string().optional() })

/** FHIR R4 AuditEvent as IHE BALP profiles it, as far as Overread fills it. The patient is named by the case alone. */
export const AuditEventSchema = z
  .strictObject({
    resourceType: z.literal('AuditEvent'),
    id: z.string(),
    type: coding,
    subtype: z.array(coding),
    action: z.enum(['C', 'R', 'U', 'D', 'E']),
    recorded: z.string(),
    outcome: z.enum(['0', '4', '8']),
    outcomeDesc: z.string().optional(),
    agent: z.array(
      z.strictObject({
        type: z.strictObject({ coding: z.array(coding) }),
        who: z.strictObject({ identifier: z.strictObject({ system: z.string(), value: z.string() }) }),
        role: z.array(z.strictObject({ text: z.string() })).optional(),
        requestor: z.boolean(),
      }),
    ),
    source: z.strictObject({ observer: z.strictObject({ display: z.string() }), type: z.array(coding) }),
    entity: z.array(
      z.strictObject({
        what: z.strictObject({ identifier: z.strictObject({ system: z.string(), value: z.string() }) }),
        type: coding,
        role: coding.optional(),
        detail: z.array(z.strictObject({ type: z.string(), valueString: z.string() })).optional(),
      }),
    ),
  })
  .meta({ id: 'AuditEvent' })
export type AuditEvent = z.infer<typeof AuditEventSchema>

export const AuditEventBundleSchema = z
  .strictObject({
    resourceType: z.literal('Bundle'),
    type: z.literal('collection'),
    entry: z.array(z.strictObject({ fullUrl: z.string(), resource: AuditEventSchema })),
  })
  .meta({ id: 'AuditEventBundle' })
export type AuditEventBundle = z.infer<typeof AuditEventBundleSchema>
