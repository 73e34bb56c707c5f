import * as z from 'zod'

const findingId = /^[A-Za-z0-9.]+-[A-Za-z0-9]+(?:\[[^\]]+\])?$/

/** The rule without the pack that has it. */
const ruleOf = (id: string): string => id.replace(/^[A-Za-z0-9.]+-/, '')

/**
 * A finding of the compliance packs that is left to stand, by somebody, for a reason, until a day. A rule that several packs have
 * is found several times and decided once; findings of two rules are two decisions.
 */
export const AcknowledgementSchema = z.strictObject({
  ids: z
    .array(z.string().regex(findingId))
    .min(1)
    .refine((ids) => new Set(ids.map(ruleOf)).size === 1, { error: 'findings of one rule' })
    .meta({
      description: 'the finding as each pack names it, part in brackets included',
      examples: [['AwsSolutions-IAM5[Resource::*]']],
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
