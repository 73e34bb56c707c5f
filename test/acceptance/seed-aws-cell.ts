import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { demoNetworkAt } from '../../local/seed/demo-network.ts'
import { demoPolicy } from '../../local/seed/demo-policy.ts'
import type { MachineClient } from '../../shared/domain/network/machine-client.ts'

interface DeployedCell {
  readonly region: string
  readonly baseUrl: string
  readonly outputs: Readonly<Record<string, string>>
}

/** Applies the demo network and its policy to a deployed cell, as `network apply` does: two objects of the network bucket. */
export async function seedAwsCell(
  endpoint: string,
  { region, baseUrl, outputs }: DeployedCell,
  client: MachineClient,
): Promise<void> {
  const bucket = outputs['NetworkBucketName']
  if (bucket === undefined) throw new Error('the cell has no output NetworkBucketName')
  const s3 = new S3Client({ region, endpoint, forcePathStyle: true })
  const network = demoNetworkAt(baseUrl, [client])
  for (const [key, value] of [
    ['network/current.json', network],
    ['network/policy.json', demoPolicy],
  ] as const) {
    await s3.send(
      new PutObjectCommand({ Bucket: bucket, Key: key, Body: JSON.stringify(value), ContentType: 'application/json' }),
    )
  }
  s3.destroy()
}
