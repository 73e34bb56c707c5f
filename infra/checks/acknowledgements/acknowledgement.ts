import * as z from 'zod'

/** A finding of the compliance packs that is left to stand, by somebody, for a reason, until a day. */
export const AcknowledgementSchema = z.strictObject({
  id: z
    .string()
    .regex(/^[A-Za-z0-9.]+-[A-Za-z0-9]+(?:\[[^\]]+\])?$/)
    .meta({
      description: 'the finding as the pack names it, part in brackets included',
      examples: ['AwsSolutions-IAM5[Resource::*]'],
    }),
  stack: z
    .string()
    .min(1)
    .meta({ description: 'kind of stack', examples: ['service'] }),
  construct: z.string().meta({ description: 'path below the stack', examples: ['Intake/Role'] }),
  reason: z.string().min(20),
  owner: z.string().min(3),
  expires: z.iso.date(),
  test: z
    .string()
    .regex(/^test\/.+\.test\.ts: .+$/)
    .meta({
      description: 'file and sentence of the test that covers what the pack would have',
      examples: ['test/infra/policies.test.ts: no role reaches beyond its grants'],
    }),
})
/** See {@link AcknowledgementSchema}. */
export type Acknowledgement = z.infer<typeof AcknowledgementSchema>

/** The reviewed file. */
export const AcknowledgedSchema = z.strictObject({ acknowledgements: z.array(AcknowledgementSchema) })
