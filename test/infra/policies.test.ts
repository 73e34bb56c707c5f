import { describe, expect, test } from 'vitest'
import { evaluate, type AccessRequest } from '../../infra/checks/policy-evaluation/evaluate.ts'
import { readPolicies } from '../../infra/checks/policy-evaluation/policies.ts'
import { administratorsOf } from '../../infra/constructs/key-policy.ts'
import { bucketArn } from '../../infra/constructs/names.ts'
import type { BucketClass } from '../../shared/contracts/bucket-classes.ts'
import { capability, capabilityNames, type CapabilityName } from '../../shared/contracts/capabilities.ts'
import { ACCOUNT, appOf, deploymentOf, functionNamed, resourcesOf, templatesOf } from './own-stacks.ts'

const region = 'eu-central-1'
const own = appOf(deploymentOf(region))
const templates = templatesOf(own)
const policies = readPolicies(
  templates.map(({ name, template }) => ({ name, template })),
  { region, account: ACCOUNT },
)
const { cell } = own.cells[0]!
const [state, service] = [`overread-${cell.cellId}-state`, `overread-${cell.cellId}-service`]

const role = (name: CapabilityName): string => {
  const { properties } = functionNamed(templates, name)
  return policies.arn(service, (properties['Role'] as { 'Fn::GetAtt': [string] })['Fn::GetAtt'][0])
}
const idOf = (type: string, prefix: string): string => {
  const found = resourcesOf(templates, type).find(({ id }) => id.startsWith(prefix))
  if (found === undefined) throw new Error(`no ${type} ${prefix}`)
  return found.id
}
const key = (name: string): string => policies.arn(state, idOf('AWS::KMS::Key', `Keys${name}`))
const queue = (name: string): string => policies.arn(state, idOf('AWS::SQS::Queue', name))
const bucket = (name: BucketClass): string => bucketArn(cell, name)
const object = (name: BucketClass): string => `${bucket(name)}/a/b`
const allowed = (request: AccessRequest): boolean => evaluate(request, policies).allowed

/** What a signed upload by the project's own signer carries, as S3 presents it to the policies. */
const upload: NonNullable<AccessRequest['context']> = {
  's3:authType': 'REST-QUERY-STRING',
  's3:signatureversion': 'AWS4-HMAC-SHA256',
  's3:signatureAge': 60_000,
  's3:TlsVersion': '1.3',
  's3:if-none-match': '*',
  's3:ObjectCreationOperation': true,
  's3:x-amz-server-side-encryption': 'aws:kms',
  's3:x-amz-server-side-encryption-aws-kms-key-id': key('Incoming'),
}
const put = (change: AccessRequest['context'] = {}, principal = role('image-upload')): AccessRequest => ({
  principal,
  action: 's3:PutObject',
  resource: object('incoming'),
  context: { ...upload, ...change },
})

describe('an upload', () => {
  test('as it was signed is taken', () => expect(allowed(put())).toBe(true))

  test.each<[string, AccessRequest['context']]>([
    ['that would replace an object', { 's3:if-none-match': null }],
    ['under another key', { 's3:x-amz-server-side-encryption-aws-kms-key-id': key('Images') }],
    ['under the key of S3', { 's3:x-amz-server-side-encryption': 'AES256' }],
    ['by a signature older than its URL', { 's3:signatureAge': 900_001 }],
    ['by the old signature', { 's3:signatureversion': 'AWS' }],
    ['without TLS', { 'aws:SecureTransport': false }],
    ['by TLS 1.1', { 's3:TlsVersion': '1.1' }],
  ])('%s is refused', (_, change) => expect(allowed(put(change))).toBe(false))

  test('by nobody, by another account or by a function that signs none is refused', () => {
    expect(allowed(put({}, 'anonymous'))).toBe(false)
    expect(allowed(put({}, 'arn:aws:iam::999988887777:role/image-upload'))).toBe(false)
    for (const name of capabilityNames.filter((one) => !capability(one).buckets?.incoming?.includes('sign-put'))) {
      expect.soft(allowed(put({}, role(name))), name).toBe(false)
    }
  })

  test('of a part needs no condition, since it makes no object, and the completion does', () => {
    expect(allowed(put({ 's3:ObjectCreationOperation': false, 's3:if-none-match': null }))).toBe(true)
    expect(allowed(put({ 's3:ObjectCreationOperation': true, 's3:if-none-match': null }))).toBe(false)
  })

  test('may leave encryption to the bucket, which has only one key', () => {
    const unsaid = { 's3:x-amz-server-side-encryption': null, 's3:x-amz-server-side-encryption-aws-kms-key-id': null }
    expect(allowed(put(unsaid))).toBe(true)
  })
})

describe('images', () => {
  const get = (change: AccessRequest['context'] = {}, principal = role('image-access')): AccessRequest => ({
    principal,
    action: 's3:GetObject',
    resource: object('images'),
    context: { 's3:signatureversion': 'AWS4-HMAC-SHA256', 's3:TlsVersion': '1.3', 's3:signatureAge': 1000, ...change },
  })

  test('are read by a signature of at most 300 seconds', () => {
    expect(allowed(get())).toBe(true)
    expect(allowed(get({ 's3:signatureAge': 300_001 }))).toBe(false)
  })

  test('are neither listed nor removed by whoever hands them out', () => {
    for (const action of ['s3:ListBucket', 's3:DeleteObject', 's3:PutObject', 's3:GetObjectVersion']) {
      expect(
        allowed({ ...get(), action, resource: action === 's3:ListBucket' ? bucket('images') : object('images') }),
      ).toBe(false)
    }
  })

  test('are out of reach of every function that has no business with them', () => {
    for (const name of capabilityNames.filter((one) => capability(one).buckets?.images === undefined)) {
      expect.soft(allowed(get({}, role(name))), name).toBe(false)
    }
  })

  test('keep their lock, and are copied to no other bucket by configuration', () => {
    const attempts: [string, string][] = [
      ['s3:BypassGovernanceRetention', object('images')],
      ['s3:PutBucketObjectLockConfiguration', bucket('images')],
      ['s3:PutReplicationConfiguration', bucket('images')],
    ]
    for (const [action, resource] of attempts) {
      for (const name of capabilityNames) expect(allowed({ principal: role(name), action, resource })).toBe(false)
      expect(allowed({ principal: `arn:aws:iam::999988887777:role/x`, action, resource })).toBe(false)
    }
  })
})

describe('keys', () => {
  const use = (name: CapabilityName, action: string, of: string, via?: string): AccessRequest => ({
    principal: role(name),
    action,
    resource: key(of),
    ...(via === undefined ? {} : { context: { 'kms:ViaService': `${via}.${region}.amazonaws.com` } }),
  })

  test.each<[CapabilityName, string, string, string | undefined, boolean]>([
    ['image-upload', 'kms:GenerateDataKey', 'Incoming', 's3', true],
    // Through the service the key is for, and never directly.
    ['image-upload', 'kms:GenerateDataKey', 'Incoming', undefined, false],
    ['image-upload', 'kms:GenerateDataKey', 'Incoming', 'dynamodb', false],
    ['image-access', 'kms:Decrypt', 'Images', 's3', true],
    ['image-access', 'kms:Decrypt', 'Incoming', 's3', false],
    ['image-access', 'kms:Decrypt', 'Seal', undefined, false],
    ['referral-intake', 'kms:GenerateDataKey', 'Seal', undefined, true],
    // Who seals a name need not be able to read one.
    ['referral-intake', 'kms:Decrypt', 'Seal', undefined, false],
    ['case-desk', 'kms:Decrypt', 'Seal', undefined, true],
    ['worklist', 'kms:Decrypt', 'Seal', undefined, false],
    ['worklist-routing', 'kms:Decrypt', 'Seal', undefined, false],
    ['worklist-routing', 'kms:Decrypt', 'Table', 'dynamodb', true],
    ['report-filing', 'kms:Sign', 'Sign', undefined, true],
    ['audit-trail', 'kms:GetPublicKey', 'Sign', undefined, true],
    ['audit-trail', 'kms:Sign', 'Sign', undefined, false],
    ['minute-sweep', 'kms:Sign', 'Sign', undefined, true],
  ])('%s: %s under %s through %s is %s', (name, action, of, via, expected) =>
    expect(allowed(use(name, action, of, via))).toBe(expected),
  )

  test('are decrypted with by no other account', () => {
    const request = { principal: 'arn:aws:iam::999988887777:role/x', action: 'kms:Decrypt', resource: key('Seal') }
    expect(allowed(request)).toBe(false)
  })

  test('are retired and copied by no function, and retired by administrators', () => {
    for (const action of ['kms:ScheduleKeyDeletion', 'kms:DisableKey', 'kms:PutKeyPolicy', 'kms:ReplicateKey']) {
      expect(allowed(use('report-filing', action, 'Sign'))).toBe(false)
    }
    expect(administratorsOf(cell).every((arn) => arn.includes(`:${ACCOUNT}:`))).toBe(true)
  })

  const service = (name: string, of: string, context: AccessRequest['context']): AccessRequest => ({
    principal: name,
    action: 'kms:GenerateDataKey',
    resource: key(of),
    context: context ?? {},
  })
  const arrival = { 'aws:SourceAccount': ACCOUNT, 'aws:SourceArn': bucket('incoming') }

  test('S3 uses the queue key for arrivals of this cell and of nothing else', () => {
    expect(allowed(service('s3.amazonaws.com', 'Queues', arrival))).toBe(true)
    expect(allowed(service('s3.amazonaws.com', 'Queues', { ...arrival, 'aws:SourceAccount': '999988887777' }))).toBe(
      false,
    )
    expect(allowed(service('s3.amazonaws.com', 'Queues', { ...arrival, 'aws:SourceArn': bucket('images') }))).toBe(
      false,
    )
    expect(allowed(service('s3.amazonaws.com', 'Images', arrival))).toBe(false)
  })
})

describe('queues', () => {
  const send = (principal: string, of: string, context: AccessRequest['context'] = {}): AccessRequest => ({
    principal,
    action: 'sqs:SendMessage',
    resource: queue(of),
    context: context,
  })
  const fromBucket = { 'aws:SourceAccount': ACCOUNT, 'aws:SourceArn': bucket('incoming') }

  test('take arrivals from the incoming bucket of this account only', () => {
    expect(allowed(send('s3.amazonaws.com', 'IngestQueue', fromBucket))).toBe(true)
    expect(allowed(send('s3.amazonaws.com', 'IngestQueue', { ...fromBucket, 'aws:SourceArn': bucket('images') }))).toBe(
      false,
    )
    expect(
      allowed(send('s3.amazonaws.com', 'IngestQueue', { ...fromBucket, 'aws:SourceAccount': '999988887777' })),
    ).toBe(false)
    expect(allowed(send('s3.amazonaws.com', 'RouteStatQueue', fromBucket))).toBe(false)
  })

  test('take messages by TLS, from functions that send them', () => {
    expect(allowed(send(role('outbox-dispatch'), 'RouteStatQueue'))).toBe(true)
    expect(allowed(send(role('outbox-dispatch'), 'RouteStatQueue', { 'aws:SecureTransport': false }))).toBe(false)
    expect(allowed(send(role('referral-intake'), 'RouteStatQueue'))).toBe(false)
    expect(allowed(send('anonymous', 'RouteStatQueue'))).toBe(false)
    expect(allowed(send('arn:aws:iam::999988887777:role/x', 'RouteStatQueue'))).toBe(false)
  })
})

describe('records', () => {
  const table = (): string => policies.arn(state, idOf('AWS::DynamoDB::Table', 'Table'))

  test('are exported, restored, replicated and scanned by no function', () => {
    const leaving = [
      'dynamodb:ExportTableToPointInTime',
      'dynamodb:RestoreTableToPointInTime',
      'dynamodb:CreateTableReplica',
      'dynamodb:UpdateTable',
      'dynamodb:Scan',
      'dynamodb:DeleteTable',
    ]
    for (const name of capabilityNames) {
      for (const action of leaving) {
        expect.soft(allowed({ principal: role(name), action, resource: table() }), `${name} ${action}`).toBe(false)
      }
    }
  })

  test('are read and written by the functions that keep them', () => {
    expect(allowed({ principal: role('case-desk'), action: 'dynamodb:PutItem', resource: table() })).toBe(true)
    expect(allowed({ principal: role('api-reference'), action: 'dynamodb:GetItem', resource: table() })).toBe(false)
  })
})
