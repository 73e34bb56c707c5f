import * as z from 'zod'
import { DeidentificationPolicySchema } from '../domain/deidentification/deidentification-policy.ts'
import { RetentionPolicySchema } from '../domain/retention/retention-rules.ts'
import type { BucketClass } from './bucket-classes.ts'
import type { QueueName } from './messages.ts'

/** `route-stat` -> `ROUTE_STAT` */
type Screaming<Name extends string> = Name extends `${infer Head}-${infer Tail}`
  ? `${Uppercase<Head>}_${Screaming<Tail>}`
  : Uppercase<Name>

export const screaming = (name: string): string => name.replaceAll('-', '_').toUpperCase()

const given = z.string().min(1)

type Variables<Prefix extends string, Name extends string> = {
  readonly [N in Name as `${Prefix}_${Screaming<N>}`]: typeof given
}
const variables = <Prefix extends string, Name extends string>(prefix: Prefix, names: readonly Name[]) =>
  Object.fromEntries(names.map((name) => [`${prefix}_${screaming(name)}`, given])) as Variables<Prefix, Name>

/** What each function is told of its cell; the region comes from Lambda itself. */
export const cellVariables = {
  CELL_ID: given,
  ACCOUNT_ID: z.string().regex(/^\d{12}$/),
  RESIDENCY_ORIGIN: given,
  RESIDENCY_FINDINGS: z.coerce.number().int().nonnegative(),
  AWS_REGION: given,
  /** By its ARN: that the key of the pseudonyms stays in the region is read from what it is called by (condition KEY_STAYS). */
  COPY_NAMES_KEY: z.string().startsWith('arn:'),
  DEIDENTIFICATION: z.string().transform((json) => DeidentificationPolicySchema.parse(JSON.parse(json))),
}

export const AddressRangesSchema = z.array(z.strictObject({ cidr: z.string().min(9), country: z.string().length(2) }))

/** Where systems get their tokens, and for what audience. */
export const issuerVariables = { TOKEN_AUDIENCE: given, MACHINE_BASE_URL: z.url() }

/** Tokens are verified again in code (controls API-02), and a reader's place is checked by address (TEN-05). */
export const httpVariables = {
  TOKEN_ISSUER: z.url(),
  ...issuerVariables,
  TOKEN_JWKS_URL: z.url(),
  ADDRESS_COUNTRIES: z.string().transform((json) => AddressRangesSchema.parse(JSON.parse(json))),
  LOOPBACK_AGREES: z.stringbool(),
}

/** How long what must be kept: the deployment's own rules, or the engineering defaults. */
export const retentionVariables = {
  RETENTION_POLICY: z.string().transform((json) => RetentionPolicySchema.parse(JSON.parse(json))),
}

export const recordVariables = { TABLE_NAME: given }
export const bucketVariables = <B extends BucketClass>(...buckets: readonly B[]) => variables('BUCKET', buckets)
/** Key that an upload URL binds: the default key of the bucket. */
export const uploadKeyVariables = <B extends BucketClass>(...buckets: readonly B[]) => variables('UPLOAD_KEY', buckets)
export const queueVariables = <Q extends QueueName>(...queues: readonly Q[]) => variables('QUEUE', queues)
export const deadLetterVariables = <Q extends QueueName>(...queues: readonly Q[]) => variables('DEAD_LETTERS', queues)
export const keyVariables = <K extends 'seal' | 'mac' | 'copy-names' | 'sign' | 'issuer'>(...keys: readonly K[]) =>
  variables('KEY', keys)

/** Variables of Lambda's own, which no template may set. */
export const setByLambda: ReadonlySet<string> = new Set(['AWS_REGION'])
