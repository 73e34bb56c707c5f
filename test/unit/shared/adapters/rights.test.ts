import { KMSClient } from '@aws-sdk/client-kms'
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { mockClient } from 'aws-sdk-client-mock'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { kmsClient, s3Client } from '../../../../shared/adapters/aws/clients.ts'
import { kmsKeyVault } from '../../../../shared/adapters/aws/kms-key-vault.ts'
import { roleCredentials } from '../../../../shared/adapters/aws/role-credentials.ts'
import { s3DownloadSigner } from '../../../../shared/adapters/aws/s3-download-signer.ts'
import { s3ObjectStore } from '../../../../shared/adapters/aws/s3-object-store.ts'
import { ownRecordAccess } from '../../../../shared/domain/access/own-record.ts'
import type { Case } from '../../../../shared/domain/case/case.ts'
import { decide } from '../../../../shared/domain/residency/decide.ts'
import type { KeyVault } from '../../../../shared/ports/key-vault.ts'
import type { DownloadSigner, ObjectStore } from '../../../../shared/ports/object-store.ts'
import { principalOf, readingRoom, START } from '../../../builders/reading-room.ts'
import { confirmedPolicy } from '../../../fixtures/confirmed-policy.ts'
import { fullEvidence, readerIn } from '../../../fixtures/residency-evidence.ts'

interface Edition {
  readonly keys: KeyVault
  readonly objects: ObjectStore
  readonly downloads: DownloadSigner
}

const [region, accountId] = ['eu-central-1', '111122223333']
const bucketNames = { reports: 'reports-bucket' }
const clock = { now: () => START }
const kms = mockClient(KMSClient)
const s3 = mockClient(S3Client)
const onAws: Edition = {
  keys: kmsKeyVault({ client: kmsClient(region), region }),
  objects: s3ObjectStore({ client: s3Client(region), accountId, bucketNames }),
  downloads: s3DownloadSigner({
    credentials: roleCredentials,
    accountId,
    region,
    origin: 'DE',
    bucketNames,
    keyArns: {},
    clock,
  }),
}
const room = readingRoom()
beforeAll(() => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIDEXAMPLE')
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret')
  s3.on(GetObjectCommand).resolves({})
})
afterAll(async () => {
  vi.unstubAllEnvs()
  await room.close()
})

const referrer = principalOf('p-referrer-vienna')
const ownRecordOf = (referralId: string) =>
  ownRecordAccess({ referralId, referringOrgId: referrer.orgId } as Case, referrer) as never
const mine = ownRecordOf('org.1')
const reader = readerIn('DE')
/** A decision about a question of policy, and of no case. */
const ofNoCase = decide(
  confirmedPolicy,
  'DE',
  reader,
  'report-read',
  fullEvidence(confirmedPolicy.policy, 'DE', reader),
)

const forged: readonly (readonly [string, unknown])[] = [
  ['nothing', undefined],
  ['a name', 'file-report'],
  ['a literal', { record: ofNoCase.record, mode: 'read_identifiable' }],
  ['a stored record', ofNoCase.record],
  ['a copy of a right', { ...(mine as object) }],
  ['an heir of a right', Object.create(mine) as unknown],
  ['a right to another case', ownRecordOf('org.2')],
  ['a right to a case whose id begins alike', ownRecordOf('org')],
  ['a decision about no case', ofNoCase],
]

describe.each([
  ['embedded', room.ports],
  ['on AWS', onAws],
] as const)('what is opened, read or signed is asked for once more, %s', (_edition, ports: Edition) => {
  const key = 'reports/org.1/r1.json'
  const sealed = { ciphertext: 'AAAA', keyId: 'k', context: {} }
  const uses: readonly (readonly [string, (by: never) => Promise<unknown>])[] = [
    ['opening', (by) => ports.keys.open(by, sealed, { case: 'org.1' })],
    ['reading', (by) => ports.objects.readRange(by, { bucket: 'reports', key }, 0, 1)],
    ['streaming', (by) => ports.objects.stream(by, { bucket: 'reports', key })],
    [
      'signing',
      (by) => ports.downloads.signGets({ by, bucket: 'reports' }, [{ key, fileName: 'f', contentType: 'c' }], 60),
    ],
  ]

  test.each(uses)('%s: a cast does not help', async (_use, asked) => {
    for (const [what, by] of forged)
      await expect.soft(asked(by as never), what).rejects.toThrow('opened without a right')
    expect(kms.calls()).toEqual([])
    // Whoever has the right is not told that they have none: there is only nothing to open.
    const outcome = await asked(mine).then(String, String)
    expect(outcome).not.toContain('without a right')
  })
})
