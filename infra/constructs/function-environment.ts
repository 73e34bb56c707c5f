import type * as z from 'zod'
import { bucketClasses } from '../../shared/contracts/bucket-classes.ts'
import { capability, type CapabilityName } from '../../shared/contracts/capabilities.ts'
import { screaming, setByLambda } from '../../shared/contracts/environment.ts'
import type { StateStack } from '../stacks/state-stack.ts'
import { environmentSchemas } from './environment-schemas.ts'
import { keyUses } from './key-uses.ts'

const jwksUrlOf = ({ issuer, jwksUrl }: { readonly issuer: string; readonly jwksUrl?: string | undefined }): string =>
  jwksUrl ?? `${issuer.replace(/\/$/, '')}/.well-known/jwks.json`

const forHttp = ({ cell }: StateStack): Record<string, string> => ({
  TOKEN_ISSUER: cell.tokens.issuer,
  TOKEN_JWKS_URL: jwksUrlOf(cell.tokens),
  ADDRESS_COUNTRIES: JSON.stringify(cell.readerNetworks),
  LOOPBACK_AGREES: String(cell.emulator !== undefined),
})

const forKeys = (state: StateStack, name: CapabilityName): Record<string, string> =>
  Object.fromEntries(
    (capability(name).keys ?? []).map((use) => {
      const { key } = keyUses[use]
      return [`KEY_${screaming(key)}`, state.keys.of[key].keyArn]
    }),
  )

const forBuckets = (state: StateStack, name: CapabilityName): Record<string, string> => {
  const { buckets = {} } = capability(name)
  return Object.fromEntries(
    bucketClasses.flatMap((bucket) => {
      const rights = buckets[bucket]
      if (rights === undefined) return []
      const named = [`BUCKET_${screaming(bucket)}`, state.buckets.of[bucket].bucketName]
      return rights.includes('sign-put')
        ? [named, [`UPLOAD_KEY_${screaming(bucket)}`, state.keys.of[bucket].keyArn]]
        : [named]
    }),
  ) as Record<string, string>
}

const erases = (name: CapabilityName): boolean =>
  Object.values(capability(name).buckets ?? {}).some((rights) => rights.includes('erase'))

const wanted = (schema: z.ZodObject): string[] => Object.keys(schema.shape).filter((name) => !setByLambda.has(name))

/**
 * The variables of one function, made from its capability and held against the schema that the function itself parses: a
 * variable that one of the two does not know fails the synthesis.
 */
export const environmentOf = (
  state: StateStack,
  name: CapabilityName,
  machineBaseUrl: string,
): Record<string, string> => {
  const { trigger, records, sends = [], erasesDeadLetters = [] } = capability(name)
  const environment = {
    CELL_ID: state.cell.cellId,
    ACCOUNT_ID: state.cell.account,
    RESIDENCY_ORIGIN: state.cell.residencyOrigin,
    // The walk over the templates blocks the synthesis: what is deployed has none.
    RESIDENCY_FINDINGS: '0',
    COPY_NAMES_KEY: state.keys.of['copy-names'].keyArn,
    DEIDENTIFICATION: JSON.stringify(state.cell.deidentification),
    ...(trigger === 'http' && records
      ? { TOKEN_AUDIENCE: state.cell.tokens.audience, MACHINE_BASE_URL: machineBaseUrl }
      : {}),
    // Whoever issues tokens takes none.
    ...(trigger === 'http' && records && name !== 'machine-token' ? forHttp(state) : {}),
    ...(records ? { TABLE_NAME: state.records.table.tableName } : {}),
    ...Object.fromEntries(sends.map((queue) => [`QUEUE_${screaming(queue)}`, state.queues[queue].queue.queueUrl])),
    ...Object.fromEntries(
      erasesDeadLetters.map((queue) => [`DEAD_LETTERS_${screaming(queue)}`, state.queues[queue].deadLetters.queueUrl]),
    ),
    ...forKeys(state, name),
    ...forBuckets(state, name),
    ...(erases(name) ? { RETENTION_POLICY: JSON.stringify(state.cell.retention.policy) } : {}),
  } satisfies Record<string, string>
  const names = wanted(environmentSchemas[name])
  const differing = [
    ...names.filter((one) => !(one in environment)),
    ...Object.keys(environment).filter((one) => !names.includes(one)),
  ]
  if (differing.length > 0)
    throw new Error(`environment of ${name} and its construct differ in ${differing.join(', ')}`)
  return environment
}
