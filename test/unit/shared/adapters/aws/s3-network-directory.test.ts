import { GetObjectCommand, S3Client, S3ServiceException } from '@aws-sdk/client-s3'
import { sdkStreamMixin } from '@smithy/core/serde'
import { mockClient } from 'aws-sdk-client-mock'
import { Readable } from 'node:stream'
import { beforeEach, expect, test } from 'vitest'
import { s3Client } from '../../../../../shared/adapters/aws/clients.ts'
import { s3NetworkDirectory } from '../../../../../shared/adapters/aws/s3-network-directory.ts'
import { defaultJurisdictionPolicy } from '../../../../../shared/domain/residency/default-policy.ts'
import { policyDocument } from '../../../../../shared/runtime/policy-document.ts'
import { smallNetwork } from '../../../../fixtures/small-network.ts'

const s3 = mockClient(S3Client)
let at = 0
const directoryOf = () =>
  s3NetworkDirectory(
    { client: s3Client('eu-central-1'), accountId: '111122223333', bucketNames: { network: 'network-bucket' } },
    policyDocument,
    () => at,
  )
const serves = (definition: unknown, ETag: string) =>
  s3.on(GetObjectCommand).callsFake(() => ({
    Body: sdkStreamMixin(Readable.from([Buffer.from(JSON.stringify(definition))])),
    ETag,
  }))
const fails = (status: number) =>
  s3
    .on(GetObjectCommand)
    .rejects(new S3ServiceException({ name: 'F', $fault: 'client', $metadata: { httpStatusCode: status } }))

beforeEach(() => {
  s3.reset()
  at = 0
})

test('asks the store once a minute, and only whether anything changed', async () => {
  const directory = directoryOf()
  serves(smallNetwork(), 'one')
  const first = await directory.current()
  at = 59_999
  expect(await directory.current()).toBe(first)
  expect(s3.calls()).toHaveLength(1)
  at = 60_000
  fails(304)
  expect(await directory.current()).toBe(first)
  expect(s3.commandCalls(GetObjectCommand)[1]?.args[0].input).toMatchObject({
    Key: 'network/current.json',
    IfNoneMatch: 'one',
  })
})

test('an agreement that was ended is not honoured for longer than a minute, even when the store is away', async () => {
  const directory = directoryOf()
  serves(smallNetwork(), 'one')
  await directory.current()
  at = 60_000
  fails(503)
  await expect(directory.current()).rejects.toThrow()
  serves({ ...smallNetwork(), version: '2' }, 'two')
  expect((await directory.current()).version).toBe('2')
})

test('an unsound definition is never in force', async () => {
  serves({ ...smallNetwork(), pools: [] }, 'one')
  await expect(directoryOf().current()).rejects.toThrow('unsound')
})

test('a deployer without a policy of its own runs under the default, and an own policy replaces it whole', async () => {
  const directory = directoryOf()
  fails(404)
  expect(await directory.policy()).toEqual(policyDocument(defaultJurisdictionPolicy))
  at = 60_000
  serves({ ...defaultJurisdictionPolicy, policyVersion: '2027-01' }, 'own')
  expect((await directory.policy()).policy.policyVersion).toBe('2027-01')
})

test('a policy with an unknown key or no access to it is a fault, never the default', async () => {
  serves({ ...defaultJurisdictionPolicy, surprise: true }, 'own')
  await expect(directoryOf().policy()).rejects.toThrow('unsound')
  fails(403)
  await expect(directoryOf().policy()).rejects.toThrow()
})
