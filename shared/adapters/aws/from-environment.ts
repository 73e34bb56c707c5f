import { bucketClasses } from '../../contracts/bucket-classes.ts'
import { screaming } from '../../contracts/environment.ts'
import { queueNames, type QueueName } from '../../contracts/messages.ts'
import type { DeidentificationPolicy } from '../../domain/deidentification/deidentification-policy.ts'
import type { JurisdictionPolicy, PolicyDocument } from '../../domain/residency/jurisdiction-policy.ts'
import type { Eraser } from '../../ports/eraser.ts'
import type { KeyVault } from '../../ports/key-vault.ts'
import type { MessageQueues } from '../../ports/message-queues.ts'
import type { CellFacts, NetworkDirectory, ResidencyDirectory } from '../../ports/network-directory.ts'
import type { DownloadSigner, ObjectStore, UploadSigner } from '../../ports/object-store.ts'
import type { RecordStore } from '../../ports/record-store.ts'
import type { AddressCountry, Clock } from '../../ports/surroundings.ts'
import { addressCountryTable, type AddressRange } from '../address-country-table.ts'
import { systemClock } from '../system-clock.ts'
import { ulidSource } from '../ulid-source.ts'
import type { BucketNames, CellBuckets } from './cell-buckets.ts'
import { dynamoClient, kmsClient, s3Client, sqsClient } from './clients.ts'
import { dynamoRecordStore } from './dynamo-record-store.ts'
import { kmsKeyVault } from './kms-key-vault.ts'
import { urlOfRegion } from './own-region.ts'
import { roleCredentials } from './role-credentials.ts'
import { s3ConditionalGet } from './s3-conditional-get.ts'
import { s3DownloadSigner } from './s3-download-signer.ts'
import { s3Eraser } from './s3-eraser.ts'
import { s3NetworkDirectory } from './s3-network-directory.ts'
import { s3ResidencyDirectory } from './s3-residency-directory.ts'
import { s3ObjectStore } from './s3-object-store.ts'
import type { PresigningCell } from './s3-presigning.ts'
import { s3UploadSigner } from './s3-upload-signer.ts'
import { sqsDeadLetters } from './sqs-dead-letters.ts'
import { sqsMessageQueues } from './sqs-message-queues.ts'

interface CellEnvironment {
  readonly CELL_ID: string
  readonly ACCOUNT_ID: string
  readonly RESIDENCY_ORIGIN: string
  readonly RESIDENCY_FINDINGS: number
  readonly AWS_REGION: string
  readonly COPY_NAMES_KEY: string
  readonly DEIDENTIFICATION: DeidentificationPolicy
}

/** Only the variables that the function's own schema names; the schema has made sure that they are there. */
const textsOf = (environment: object, prefix: string, names: readonly string[]) =>
  Object.fromEntries(
    names.flatMap((name) => {
      const value: unknown = Reflect.get(environment, `${prefix}_${screaming(name)}`)
      return typeof value === 'string' ? [[name, value]] : []
    }),
  )

const clock: Clock = systemClock()

const queueUrlsFrom = (environment: CellEnvironment, prefix: 'QUEUE' | 'DEAD_LETTERS') => {
  const urls = textsOf(environment, prefix, queueNames) as Partial<Record<QueueName, string>>
  for (const url of Object.values(urls)) urlOfRegion(environment.AWS_REGION, url)
  return urls
}

/** Unset on AWS; the SDK's clients read the same variables. */
const s3Endpoint = (): string | undefined => process.env['AWS_ENDPOINT_URL_S3'] ?? process.env['AWS_ENDPOINT_URL']

const bucketNamesFrom = (environment: CellEnvironment): BucketNames => ({
  accountId: environment.ACCOUNT_ID,
  bucketNames: textsOf(environment, 'BUCKET', bucketClasses),
})

const bucketsFrom = (environment: CellEnvironment): CellBuckets => ({
  client: s3Client(environment.AWS_REGION),
  ...bucketNamesFrom(environment),
})

const presigningFrom = (environment: CellEnvironment): PresigningCell => ({
  ...bucketNamesFrom(environment),
  credentials: roleCredentials,
  region: environment.AWS_REGION,
  origin: environment.RESIDENCY_ORIGIN,
  clock,
  keyArns: textsOf(environment, 'UPLOAD_KEY', bucketClasses),
  endpointUrl: s3Endpoint(),
})

/** One maker a port: a handler takes those its capability needs, and the bundle holds no other client. */
export const surroundings = { clock, ids: ulidSource(clock) }

/** A multi-Region key says so in its id (KMS: `mrk-`); a grant to another account would be a finding of the walk. */
const namesKeyOf = ({ COPY_NAMES_KEY, RESIDENCY_FINDINGS }: CellEnvironment) => ({
  region: COPY_NAMES_KEY.split(':')[3] ?? '',
  multiRegion: COPY_NAMES_KEY.includes(':key/mrk-'),
  externalDecryptGrants: RESIDENCY_FINDINGS,
})

export const cellFrom = (environment: CellEnvironment): CellFacts => ({
  cellId: environment.CELL_ID,
  region: environment.AWS_REGION,
  residencyFindings: environment.RESIDENCY_FINDINGS,
  copies: { policy: environment.DEIDENTIFICATION, namesKey: namesKeyOf(environment) },
})

export const addressesFrom = (environment: {
  readonly ADDRESS_COUNTRIES: readonly AddressRange[]
  readonly LOOPBACK_AGREES: boolean
}): AddressCountry =>
  addressCountryTable(environment.ADDRESS_COUNTRIES, { loopbackAgrees: environment.LOOPBACK_AGREES })

export const recordsFrom = (environment: CellEnvironment & { readonly TABLE_NAME: string }): RecordStore =>
  dynamoRecordStore({ client: dynamoClient(environment.AWS_REGION), tableName: environment.TABLE_NAME, clock })

export const objectsFrom = (environment: CellEnvironment): ObjectStore => s3ObjectStore(bucketsFrom(environment))

export const eraserFrom = (environment: CellEnvironment): Eraser => {
  const client = sqsClient(environment.AWS_REGION)
  const deadLetterUrls = queueUrlsFrom(environment, 'DEAD_LETTERS')
  return { ...s3Eraser(bucketsFrom(environment)), ...sqsDeadLetters({ client, deadLetterUrls }) }
}

export const uploadsFrom = (environment: CellEnvironment): UploadSigner =>
  s3UploadSigner({ ...presigningFrom(environment), ...bucketsFrom(environment) })

export const downloadsFrom = (environment: CellEnvironment): DownloadSigner =>
  s3DownloadSigner(presigningFrom(environment))

type NetworkEnvironment = CellEnvironment & { readonly BUCKET_NETWORK: string }

const networkObjects = (environment: NetworkEnvironment) =>
  s3ConditionalGet({
    region: environment.AWS_REGION,
    bucketName: environment.BUCKET_NETWORK,
    accountId: environment.ACCOUNT_ID,
    clock,
    credentials: roleCredentials,
    endpointUrl: s3Endpoint(),
  })

export const networkFrom = (environment: NetworkEnvironment): NetworkDirectory =>
  s3NetworkDirectory(networkObjects(environment))

export const residencyFrom = (
  environment: NetworkEnvironment,
  toDocument: (policy: JurisdictionPolicy) => PolicyDocument,
): ResidencyDirectory => s3ResidencyDirectory(networkObjects(environment), toDocument)

export const queuesFrom = (environment: CellEnvironment): MessageQueues =>
  sqsMessageQueues({ client: sqsClient(environment.AWS_REGION), queueUrls: queueUrlsFrom(environment, 'QUEUE') })

export const keysFrom = (
  environment: CellEnvironment & {
    readonly KEY_SEAL?: string
    readonly KEY_MAC?: string
    readonly KEY_COPY_NAMES?: string
    readonly KEY_SIGN?: string
    readonly KEY_ISSUER?: string
  },
): KeyVault =>
  kmsKeyVault({
    client: kmsClient(environment.AWS_REGION),
    region: environment.AWS_REGION,
    ...(environment.KEY_SEAL === undefined ? {} : { sealKeyArn: environment.KEY_SEAL }),
    ...(environment.KEY_MAC === undefined ? {} : { macKeyArn: environment.KEY_MAC }),
    ...(environment.KEY_COPY_NAMES === undefined ? {} : { copyNamesKeyArn: environment.KEY_COPY_NAMES }),
    ...(environment.KEY_SIGN === undefined ? {} : { signKeyArn: environment.KEY_SIGN }),
    ...(environment.KEY_ISSUER === undefined ? {} : { tokenKeyArn: environment.KEY_ISSUER }),
  })
