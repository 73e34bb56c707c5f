import { describe, expect, it } from 'vitest'
import { covers } from '../../aws/reapply/covers.ts'
import { resolve, type ResolutionScope } from '../../aws/reapply/intrinsics.ts'
import { bucketProperties } from '../../aws/reapply/bucket-properties.ts'
import { queueProperties } from '../../aws/reapply/queue-properties.ts'
import type { DeployedResource } from '../../aws/reapply/property.ts'

const scope: ResolutionScope = {
  account: '000000000000',
  region: 'eu-central-1',
  stackName: 'State',
  exports: new Map([['State:Key', 'arn:aws:kms:eu-central-1:000000000000:key/k1']]),
  resources: new Map([
    ['Dead', { type: 'AWS::SQS::Queue', physicalId: 'http://127.0.0.1:4566/000000000000/State-Dead' }],
    ['Images', { type: 'AWS::S3::Bucket', physicalId: 'state-images' }],
  ]),
}

describe('template values after deployment', () => {
  it('replaces references, attributes, imports, joins and substitutions by what was deployed', () => {
    const value = {
      queue: { 'Fn::GetAtt': ['Dead', 'Arn'] },
      bucket: { Ref: 'Images' },
      key: { 'Fn::ImportValue': 'State:Key' },
      objects: { 'Fn::Join': ['', [{ 'Fn::GetAtt': ['Images', 'Arn'] }, '/*']] },
      prefix: { 'Fn::Sub': '${Images.Arn}/${!aws:PrincipalTag/org}/${AWS::Region}' },
    }

    expect(resolve(value, scope)).toEqual({
      queue: 'arn:aws:sqs:eu-central-1:000000000000:State-Dead',
      bucket: 'state-images',
      key: 'arn:aws:kms:eu-central-1:000000000000:key/k1',
      objects: 'arn:aws:s3:::state-images/*',
      prefix: 'arn:aws:s3:::state-images/${aws:PrincipalTag/org}/eu-central-1',
    })
  })

  it('refuses what it cannot resolve instead of comparing with nothing', () => {
    expect(() => resolve({ Ref: 'Missing' }, scope)).toThrow('names nothing that was deployed')
    expect(() => resolve({ 'Fn::GetAtt': ['Images', 'Colour'] }, scope)).toThrow('GetAtt Images.Colour')
    expect(() => resolve({ 'Fn::Cidr': ['10.0.0.0/8', 1, 8] }, scope)).toThrow('Fn::Cidr')
  })
})

describe('what reads back covers what the template asks for', () => {
  it.each([
    ['extra defaults of the service', { A: 1, B: 2 }, { A: 1 }, true],
    ['numbers and booleans kept as text', { delay: '5', on: 'true' }, { delay: 5, on: true }, true],
    ['a policy kept as text', '{"Statement": [{"Effect": "Deny"}]}', { Statement: [{ Effect: 'Deny' }] }, true],
    ['a list of one written as its element', { Action: 's3:*' }, { Action: ['s3:*'] }, true],
    ['a list in another order', ['b', 'a'], ['a', 'b'], true],
    ['a part that is absent', { A: 1 }, { A: 1, B: 2 }, false],
    ['nothing at all', undefined, { A: 1 }, false],
    ['another value', { mode: 'GOVERNANCE' }, { mode: 'COMPLIANCE' }, false],
    ['a longer list', ['a', 'b'], ['a'], false],
    ['a default where a key was asked for', { SSEAlgorithm: 'AES256' }, { SSEAlgorithm: 'aws:kms' }, false],
  ])('%s', (_what, actual, desired, expected) => {
    expect(covers(actual, desired)).toBe(expected)
  })
})

describe('the table of properties', () => {
  const bucket = { physicalId: 'state-images', region: 'eu-central-1' } as DeployedResource
  const row = (type: string, name: string) =>
    [...bucketProperties, ...queueProperties].find((candidate) => candidate.type === type && candidate.name === name)

  it('writes a lifecycle rule of the template as the service does', () => {
    const rule = { Id: 'abort', Status: 'Enabled', AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 } }

    expect(row('AWS::S3::Bucket', 'LifecycleConfiguration')?.desired({ Rules: [rule] }, bucket)).toMatchObject([
      {
        ID: 'abort',
        Status: 'Enabled',
        Filter: { Prefix: '' },
        AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 },
      },
    ])
  })

  it('refuses a part of a property that nobody taught it', () => {
    const rule = { Id: 'a', Status: 'Enabled', ExpirationDate: '2030-01-01' }

    expect(() => row('AWS::S3::Bucket', 'LifecycleConfiguration')?.desired({ Rules: [rule] }, bucket)).toThrow(
      'ExpirationDate',
    )
  })

  it('keeps a redrive policy as the text that a queue attribute is', () => {
    const policy = { deadLetterTargetArn: 'arn:aws:sqs:eu-central-1:000000000000:dead', maxReceiveCount: 3 }

    expect(row('AWS::SQS::Queue', 'RedrivePolicy')?.desired(policy, bucket)).toBe(JSON.stringify(policy))
  })
})
