import * as z from 'zod'
import { capabilityNames } from '../../shared/contracts/capabilities.ts'
import { AddressRangesSchema } from '../../shared/contracts/environment.ts'
import {
  DeidentificationPolicySchema,
  defaultDeidentificationPolicy,
} from '../../shared/domain/deidentification/deidentification-policy.ts'
import { CellIdSchema } from '../../shared/domain/network/ids.ts'
import { JurisdictionSchema } from '../../shared/domain/network/jurisdiction.ts'
import { defaultJurisdictionPolicy } from '../../shared/domain/residency/default-policy.ts'
import { defaultRetentionPolicy, RetentionPolicySchema } from '../../shared/domain/retention/retention-rules.ts'

const days = (least: number) => z.int().min(least).max(36_500)
/** CloudWatch takes these numbers of days and no others. */
const logDays = z.union(
  [30, 60, 90, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653].map((n) => z.literal(n)),
)
const region = z.string().regex(/^[a-z]{2}(-[a-z]+){1,2}-\d$/, 'must be an AWS region name, e.g. eu-central-1')
const arnOf = (service: string) =>
  z.string().regex(new RegExp(`^arn:aws[a-z-]*:${service}:`), `must be an ARN of ${service}`)

const TokensSchema = z.strictObject({
  issuer: z
    .url({ protocol: /^https?$/ })
    .describe('OIDC issuer; its discovery document must be reachable by the gateway'),
  audience: z.string().min(1),
  jwksUrl: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('absent: <issuer>/.well-known/jwks.json'),
})

const RetentionSchema = z.strictObject({
  imageDays: days(1).describe('Object Lock GOVERNANCE on images'),
  reportDays: days(1).describe('Object Lock GOVERNANCE on reports'),
  auditDays: days(1).describe('Object Lock COMPLIANCE on audit checkpoints: nobody can shorten it; six years and more'),
  quarantineDays: days(1).describe('after this, rejected objects are deleted'),
  logDays,
  policy: RetentionPolicySchema.default(defaultRetentionPolicy).describe(
    'how long what must be kept, by origin and class; absent: engineering defaults',
  ),
})

/** A day is the shortest lock that S3 knows. */
const daysOf = ({ years }: { readonly years: number }): number => Math.max(1, Math.ceil(years * 365.25))

/** A lock that outlives the duty to retain would keep what must be erased, and no function may pass it over. */
const lockProblems = ({ imageDays, reportDays, policy }: z.output<typeof RetentionSchema>): readonly string[] =>
  policy.rules.flatMap((rule) => {
    const locked = { images: imageDays, reports: reportDays, referral: 0 }[rule.class]
    return locked > daysOf(rule) ? [`the lock on ${rule.class} (${locked} days) outlives the rule ${rule.id}`] : []
  })

/** Two at least: a zone of the region may fail. */
const subnets = z.array(z.string().regex(/^subnet-[0-9a-f]+$/, 'must be the id of a subnet')).min(2)
/** The deployer's own: how packets leave a hospital's network is not for an application to decide. */
const PrivateNetworkSchema = z.strictObject({
  vpcId: z.string().regex(/^vpc-[0-9a-f]+$/, 'must be the id of a VPC'),
  inner: subnets.describe('of functions that work on what the cell has: endpoints of AWS, and no way to the Internet'),
  outer: subnets.describe('of functions that verify tokens: they must reach the issuer too'),
})

const CustomDomainSchema = z.strictObject({ domainName: z.string().min(4), certificateArn: arnOf('acm') })

/** What makes a cell testable on one machine and would be wrong anywhere else: loopback is wherever the token says. */
const EmulatorSchema = z.strictObject({
  visibilitySeconds: z.int().positive().max(60),
  endpoint: z.url({ protocol: /^http$/ }),
})

/** An object, its copy and what the verifier reads of them take about five times its length, and up to 80 ms a MiB (ADR 0026). */
const FunctionDeidentificationSchema = DeidentificationPolicySchema.extend({
  maxObjectBytes: DeidentificationPolicySchema.shape.maxObjectBytes.max(512 * 1024 * 1024),
})

/** One cell: one region's complete deployment. */
export const CellDeploymentSchema = z
  .strictObject({
    cellId: CellIdSchema.max(24),
    account: z.string().regex(/^\d{12}$/, 'must be the 12 digits of an AWS account'),
    region,
    residencyOrigin: JurisdictionSchema.describe('row of the residency policy that the cell is for'),
    storageRegions: z
      .array(region)
      .min(1)
      .optional()
      .describe('where the origin may be stored; absent: as the default policy says'),
    tokens: TokensSchema,
    privateNetwork: PrivateNetworkSchema.describe('where the functions run'),
    customDomain: CustomDomainSchema.optional().describe('absent: the execute-api address stays enabled'),
    corsOrigins: z.array(z.url({ protocol: /^https?$/ })).default([]),
    retention: RetentionSchema,
    throttle: z.strictObject({ requestsPerSecond: z.int().positive(), burst: z.int().positive() }),
    reservedConcurrency: z
      .partialRecord(z.enum(capabilityNames), z.int().positive())
      .default({})
      .describe('where a function needs another share than the default'),
    readerNetworks: AddressRangesSchema.default([]).describe('which country a reader of this address is in'),
    emulator: EmulatorSchema.optional().describe('never on AWS'),
    deidentification: FunctionDeidentificationSchema.default(defaultDeidentificationPolicy).describe(
      'what a copy for a reader abroad may keep',
    ),
    keyAdministrators: z.array(arnOf('iam')).default([]).describe('roles that may retire a key, beside the deployer'),
  })
  .superRefine((cell, context) => {
    for (const message of lockProblems(cell.retention))
      context.addIssue({ code: 'custom', path: ['retention'], message })
    const allowed = storageRegionsOf(cell)
    if (allowed.includes(cell.region)) return
    const message = `${cell.region} may not store data of ${cell.residencyOrigin}; allowed: ${allowed.join(', ') || 'none'}`
    context.addIssue({ code: 'custom', path: ['region'], message })
  })
  .meta({ id: 'CellDeployment' })
export type CellDeployment = z.output<typeof CellDeploymentSchema>

const repeated = (names: readonly string[]): string | undefined => names.find((name, at) => names.indexOf(name) !== at)

export const DeploymentSchema = z
  .strictObject({
    schema: z.literal('overread/deployment@1'),
    cells: z.array(CellDeploymentSchema).min(1),
  })
  .superRefine(({ cells }, context) => {
    const name = repeated(cells.map(({ cellId }) => cellId))
    if (name !== undefined)
      context.addIssue({ code: 'custom', path: ['cells'], message: `two cells are called ${name}` })
  })
export type Deployment = z.output<typeof DeploymentSchema>

/** Where the data of a cell's origin may be stored at all. */
export function storageRegionsOf(cell: Pick<CellDeployment, 'residencyOrigin' | 'storageRegions'>): readonly string[] {
  return (
    cell.storageRegions ??
    defaultJurisdictionPolicy.origins.find(({ id }) => id === cell.residencyOrigin)?.storageRegions ??
    []
  )
}

/** A deployment file that cannot be used; the message names each field and what is wrong with it. */
export class BadDeployment extends Error {
  override readonly name = 'BadDeployment'
}

export const readDeployment = (json: unknown, file: string): Deployment => {
  const parsed = DeploymentSchema.safeParse(json)
  if (parsed.success) return parsed.data
  const lines = parsed.error.issues.map(
    ({ path, message }) => `  ${path.map(String).join('.') || '(file)'}: ${message}`,
  )
  throw new BadDeployment(`${file} cannot be used:\n${lines.join('\n')}`)
}
