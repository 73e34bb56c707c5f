import { foreignBucket, homeBucket, outsideUrl } from '../judges.ts'
import type { Rule } from '../rule.ts'

/** Services that move files between a bucket and somewhere else. */
export const FILE_TRANSFER_RULES: readonly Rule[] = [
  {
    id: 'datasync-outside',
    types: [
      'AWS::DataSync::LocationAzureBlob',
      'AWS::DataSync::LocationHDFS',
      'AWS::DataSync::LocationNFS',
      'AWS::DataSync::LocationObjectStorage',
      'AWS::DataSync::LocationSMB',
    ],
    why: 'DataSync moves files to or from storage outside the region',
  },
  {
    id: 'datasync-bucket',
    types: ['AWS::DataSync::LocationS3'],
    at: ['S3BucketArn'],
    is: foreignBucket,
    why: 'DataSync moves files to or from a bucket',
  },
  {
    id: 'transfer-connector',
    types: ['AWS::Transfer::Connector'],
    at: ['Url'],
    is: outsideUrl,
    why: 'the connector sends files to a partner server',
  },
  {
    id: 'transfer-home',
    types: ['AWS::Transfer::User'],
    at: ['HomeDirectory', 'HomeDirectoryMappings.*.Target'],
    is: homeBucket,
    why: 'the user leaves files in a bucket',
  },
]
