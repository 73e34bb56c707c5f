import * as z from 'zod'
import { AcknowledgedSchema, type Acknowledgement } from './acknowledgement.ts'

/** An acknowledgement as a construct tree carries it. */
export interface AppliedAcknowledgement {
  readonly id: string
  readonly stack: string
  /** Path below the stack; empty where it was set on the stack itself, or on the app. */
  readonly construct: string
}

/** What the reviewed file is held against. */
export interface AcknowledgementFacts {
  /** UTC date, `2026-11-24`. */
  readonly today: string
  readonly applied: readonly AppliedAcknowledgement[]
  /** The text of a test file, or `undefined` where there is none. */
  readonly readTest: (file: string) => string | undefined
}

/** More than this and nobody reviews them any more. As they are found: a rule of three packs is decided once and is three. */
export const MOST_FINDINGS = 15

/** Nobody may put a review off for longer. */
const LONGEST_DAYS = 366

const DAY_MS = 86_400_000

/** Findings that are never left to stand: public access, transport, encryption, rotation, logs, authorizers, recovery. */
const NEVER =
  /(?:S3BucketPublic\w+|S3BucketLevelPublicAccessProhibited|S3BucketSSLRequestsOnly|S3BucketVersioningEnabled|DynamoDBPITREnabled|KMSBackingKeyRotationEnabled|CloudWatchLogGroupEncrypted|SNSEncryptedKMS|CloudTrailEncryptionEnabled)$|^AwsSolutions-(?:S2|S5|S10|SQS4|SNS3|KMS5|DDB3|APIG1|APIG4)$/

/** Whoever asks for a token has none yet: three routes of one gateway, whose test says which (ADR 0024). */
const TOKEN_ROUTES = 'AwsSolutions-APIG4 on service/MachineApi/Public'

/** One finding of an acknowledgement. */
type ReviewedFinding = Omit<Acknowledgement, 'ids'> & { readonly id: string }

const nameOf = ({ id, stack, construct }: AppliedAcknowledgement): string => `${id} on ${stack}/${construct}`

const problemsOfOne = (one: ReviewedFinding, { today, readTest }: AcknowledgementFacts): string[] => {
  const [file = '', sentence = ''] = one.test.split(/: (.*)/s)
  const days = (Date.parse(one.expires) - Date.parse(today)) / DAY_MS
  const problems = [
    [days < 0, `expired on ${one.expires}`],
    [days > LONGEST_DAYS, `expires only on ${one.expires}: review it within a year`],
    [NEVER.test(one.id) && nameOf(one) !== TOKEN_ROUTES, 'is never acknowledged: mend it'],
    [one.construct === '', 'covers a whole stack'],
    [readTest(file)?.includes(sentence) !== true, `no test "${sentence}" in ${file}`],
  ] as const
  return problems.filter(([isProblem]) => isProblem).map(([, text]) => `${nameOf(one)}: ${text}`)
}

const differences = (
  reviewed: readonly AppliedAcknowledgement[],
  applied: readonly AppliedAcknowledgement[],
): string[] => {
  const reviewedNames = new Set(reviewed.map(nameOf))
  const appliedNames = new Set(applied.map(nameOf))
  return [
    ...[...appliedNames].filter((name) => !reviewedNames.has(name)).map((name) => `${name}: not in the reviewed file`),
    ...[...reviewedNames].filter((name) => !appliedNames.has(name)).map((name) => `${name}: no longer needed`),
    ...applied.filter(({ construct }) => construct === '').map((one) => `${nameOf(one)}: set on a whole stack or app`),
  ]
}

/** Every reason why the reviewed acknowledgements may not stand as they are; none where they may. */
export const checkAcknowledgements = (file: unknown, facts: AcknowledgementFacts): string[] => {
  const parsed = AcknowledgedSchema.safeParse(file)
  if (!parsed.success) return [z.prettifyError(parsed.error)]
  const { acknowledgements } = parsed.data
  const findings = acknowledgements.flatMap(({ ids, ...one }) => ids.map((id): ReviewedFinding => ({ ...one, id })))
  const names = findings.map(nameOf)
  return [
    ...(findings.length > MOST_FINDINGS ? [`${findings.length} findings: at most ${MOST_FINDINGS}`] : []),
    ...names.filter((name, index) => names.indexOf(name) !== index).map((name) => `${name}: listed twice`),
    ...findings.flatMap((one) => problemsOfOne(one, facts)),
    ...differences(findings, facts.applied),
  ]
}
