import { readFile } from 'node:fs/promises'
import { Option, type Command } from 'commander'
import * as z from 'zod'
import { decide } from '../shared/domain/residency/decide.ts'
import {
  BreakGlassSchema,
  EvidenceRecordSchema,
  purposes,
  ResidencyFactsSchema,
  ResidencyReaderSchema,
  type Purpose,
  type ResidencyEvidence,
} from '../shared/domain/residency/decision-inputs.ts'
import type { DecisionRecord } from '../shared/domain/residency/decision-record.ts'
import { defaultJurisdictionPolicy } from '../shared/domain/residency/default-policy.ts'
import type { PolicyDocument } from '../shared/domain/residency/jurisdiction-policy.ts'
import { loadJurisdictionPolicy } from '../shared/domain/residency/policy-checks.ts'
import { policyDocument } from '../shared/runtime/policy-document.ts'

const EvidenceFileSchema = z.strictObject({
  caseId: z.string().max(128).optional(),
  records: z.array(EvidenceRecordSchema).default([]),
  facts: ResidencyFactsSchema.default({}),
  breakGlass: BreakGlassSchema.optional(),
})
const ReaderFileSchema = ResidencyReaderSchema.extend({ evidence: EvidenceFileSchema.optional() })
const InstantSchema = z.iso.datetime()

/** What the person typed cannot be acted on: said on stderr, exit 2. */
class UsageError extends Error {}

const readJson = async (file: string): Promise<unknown> => {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new UsageError(`${file}: cannot be read`, { cause })
  })
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new UsageError(`${file}: not JSON`, { cause })
  }
}

const readAs = async <T>(file: string, schema: z.ZodType<T>): Promise<T> => {
  const parsed = schema.safeParse(await readJson(file))
  if (parsed.success) return parsed.data
  throw new UsageError(`${file}:\n${z.prettifyError(parsed.error)}`)
}

const readPolicy = async (file: string | undefined): Promise<PolicyDocument> => {
  if (file === undefined) return policyDocument(defaultJurisdictionPolicy)
  const load = loadJurisdictionPolicy(await readJson(file))
  if (load.outcome === 'accepted') return policyDocument(load.policy)
  throw new UsageError([`${file}:`, ...load.problems.map((p) => `${p.path}: ${p.message} (${p.code})`)].join('\n'))
}

interface DecideOptions {
  readonly origin: string
  readonly reader: string
  readonly purpose: Purpose
  readonly policy?: string
  readonly evidence?: string
  readonly at?: string
  readonly json?: true
}

const readEvidence = async (options: DecideOptions, own: z.infer<typeof EvidenceFileSchema> | undefined) => {
  const more = options.evidence === undefined ? undefined : await readAs(options.evidence, EvidenceFileSchema)
  const at = InstantSchema.safeParse(options.at ?? new Date().toISOString())
  if (!at.success) throw new UsageError('--at: not a UTC instant such as 2026-11-24T10:00:00Z')
  const evidence: ResidencyEvidence = {
    ...own,
    ...more,
    now: at.data,
    records: [...(own?.records ?? []), ...(more?.records ?? [])],
    facts: { ...own?.facts, ...more?.facts },
  }
  return evidence
}

const line = (label: string, text: string): string => `${label.padEnd(10)}${text}`
const listed = (ids: readonly string[]): string => (ids.length === 0 ? '-' : ids.join(', '))

/** The decision for a person: the answer first, then what it rests on, then what would have made it wider. */
const readable = (record: DecisionRecord): string =>
  [
    `${record.mode}${record.reason === undefined ? '' : ` (${record.reason})`}`,
    line('question', `${record.origin}, reader ${record.readerId}, ${record.purpose}, at ${record.decidedAt}`),
    line('rules', listed(record.ruleIds)),
    line('evidence', listed(record.evidenceIds)),
    ...(record.deferred.length === 0 ? [] : [line('deferred', listed(record.deferred))]),
    ...(record.breakGlass === undefined
      ? []
      : [line('emergency', `${listed(record.breakGlass.waived)} waived, review due ${record.breakGlass.reviewDueAt}`)]),
    line('policy', `${record.policyVersion} sha256:${record.policyHash}`),
    ...record.candidates
      .filter(({ missing }) => missing.length > 0)
      .map(({ ruleId, effectiveMode, missing }) => line('not', `${ruleId} ${effectiveMode}: lacks ${listed(missing)}`)),
    ...(record.candidates.some(({ confirmed }) => !confirmed)
      ? [line('note', 'rows that nobody has confirmed run one step stricter')]
      : []),
  ].join('\n')

const run = async (options: DecideOptions): Promise<DecisionRecord> => {
  const { evidence: own, ...reader } = await readAs(options.reader, ReaderFileSchema)
  const [document, evidence] = [await readPolicy(options.policy), await readEvidence(options, own)]
  return decide(document, options.origin, reader, options.purpose, evidence).record
}

const after = `
Without --policy it is the policy that ships with the product. A cell decides by its own: of a cell on this machine that is
policy.json in its data folder, which for the demo has the rows of its two countries, AT and IE:

  overread decide --origin AT --reader reader.json --purpose claim --policy .overread/demo/policy.json

reader.json (evidence may also stand in a file of its own, for --evidence):

  { "readerId": "r-1", "organisationId": "group-1", "country": "DE", "ipCountry": "DE", "employerControlCountries": ["DE"],
    "evidence": {
      "records": [{ "id": "dpa-1", "condition": "DPA", "validFrom": "2026-01-01T00:00:00Z", "validTo": "2027-01-01T00:00:00Z",
                    "scope": { "organisationIds": ["group-1"], "origins": ["AT"] } },
                  { "id": "licence-1", "condition": "LICENSED", "validFrom": "2026-01-01T00:00:00Z",
                    "validTo": "2027-01-01T00:00:00Z", "scope": { "readerIds": ["r-1"], "origins": ["AT"] } }],
      "facts": { "mfa": true, "authTime": "2026-11-24T09:30:00Z", "storageRegion": "eu-central-1", "residencyFindings": 0 } } }

Exit code: 0 something is permitted, 1 forbidden, 2 the question is wrong.
`

/** `overread decide`: exit 0 where the policy permits something, 1 where it forbids, 2 where the question is wrong. */
export const registerDecide = (program: Command): void => {
  program
    .command('decide')
    .summary('what may this reader do with a case of this origin?')
    .description('Asks the residency policy, as the cells do, and prints the decision with what it rests on.')
    .requiredOption('--origin <code>', 'jurisdiction of the patient, e.g. DE or CA-QC')
    .requiredOption('--reader <file>', 'JSON of the reader; may hold `evidence` {records, facts, breakGlass}')
    .addOption(new Option('--purpose <purpose>', 'what for').choices(purposes).makeOptionMandatory())
    .option('--evidence <file>', 'JSON with more {records, facts, breakGlass}')
    .option('--policy <file>', 'policy file instead of the one that ships with the product')
    .option('--at <instant>', 'decide as of this UTC instant')
    .option('--json', 'the decision record as JSON')
    .addHelpText('after', after)
    .action(async (options: DecideOptions, command: Command) => {
      try {
        const record = await run(options)
        const text = options.json === true ? JSON.stringify(record, null, 2) : readable(record)
        command.configureOutput().writeOut?.(`${text}\n`)
        process.exitCode = record.mode === 'forbidden' ? 1 : 0
      } catch (error) {
        if (!(error instanceof UsageError)) throw error
        command.error(`error: ${error.message}`, { exitCode: 2, code: 'overread.usage' })
      }
    })
}
