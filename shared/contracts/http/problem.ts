import * as z from 'zod'
import { refusals, type RefusalCode } from '../../domain/refusal.ts'

const codes = Object.keys(refusals) as [RefusalCode, ...RefusalCode[]]

const ruleMeans =
  'What the schema asks there; `unreadable_text`: characters that are lost, invisible or shown in another order'

/** RFC 9457. `errorId` is opaque and stands in the log; no value of the request is ever repeated. */
export const ProblemSchema = z
  .strictObject({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    code: z.enum([...codes, 'unexpected-error']),
    errorId: z.string(),
    facts: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.array(z.string())])).optional(),
    issues: z.array(z.strictObject({ path: z.string(), rule: z.string().describe(ruleMeans) })).optional(),
  })
  .meta({
    id: 'Problem',
    description: 'RFC 9457 problem document with a stable code',
    examples: [
      {
        type: 'urn:overread:refusal:stale-version',
        title: 'The case has changed since it was read',
        status: 409,
        code: 'stale-version',
        errorId: '01k9zq3v5r8w2x4y6a8c0e2g4j',
        facts: { currentVersion: 7 },
      },
    ],
  })
export type Problem = z.infer<typeof ProblemSchema>
