import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import type { NetworkDefinition } from '../../shared/domain/network/network-definition.ts'
import type { JurisdictionPolicy } from '../../shared/domain/residency/jurisdiction-policy.ts'

interface DeployedCell {
  readonly region: string
  readonly outputs: Readonly<Record<string, string>>
}

export interface CellSeed {
  readonly network: NetworkDefinition
  readonly policy: JurisdictionPolicy
}

/** Applies a network and its policy to a deployed cell, as `network apply` does: two objects of the network bucket. */
export async function seedAwsCell(
  endpoint: string,
  { region, outputs }: DeployedCell,
  { network, policy }: CellSeed,
  credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string },
): Promise<void> {
  const bucket = outputs['NetworkBucketName']
  if (bucket === undefined) throw new Error('the cell has no output NetworkBucketName')
  const s3 = new S3Client({ region, endpoint, forcePathStyle: true, ...(credentials && { credentials }) })
  for (const [key, value] of [
    ['network/current.json', network],
    ['network/policy.json', policy],
  ] as const) {
    await s3.send(
      new PutObjectCommand({ Bucket: bucket, Key: key, Body: JSON.stringify(value), ContentType: 'application/json' }),
    )
  }
  s3.destroy()
}
