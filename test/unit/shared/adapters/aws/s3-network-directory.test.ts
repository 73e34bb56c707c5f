import { beforeEach, expect, test } from 'vitest'
import type { ConditionalAnswer } from '../../../../../shared/adapters/aws/s3-conditional-get.ts'
import { s3ResidencyDirectory } from '../../../../../shared/adapters/aws/s3-residency-directory.ts'
import { defaultJurisdictionPolicy } from '../../../../../shared/domain/residency/default-policy.ts'
import { policyDocument } from '../../../../../shared/runtime/policy-document.ts'
import { smallNetwork } from '../../../../fixtures/small-network.ts'

let at = 0
let asked: { key: string; knownEtag: string | undefined }[] = []
let answer: () => Promise<ConditionalAnswer>
const directoryOf = () =>
  s3ResidencyDirectory(
    (key, knownEtag) => {
      asked.push({ key, knownEtag })
      return answer()
    },
    policyDocument,
    () => at,
  )
const serves = (definition: unknown, etag: string) => {
  answer = () => Promise.resolve({ outcome: 'changed', body: JSON.stringify(definition), etag })
}
const answers = (outcome: 'unchanged' | 'absent') => {
  answer = () => Promise.resolve({ outcome })
}

beforeEach(() => {
  at = 0
  asked = []
})

test('asks the store once a minute, and only whether anything changed', async () => {
  const directory = directoryOf()
  serves(smallNetwork(), 'one')
  const first = await directory.current()
  at = 59_999
  expect(await directory.current()).toBe(first)
  expect(asked).toHaveLength(1)
  at = 60_000
  answers('unchanged')
  expect(await directory.current()).toBe(first)
  expect(asked[1]).toEqual({ key: 'network/current.json', knownEtag: 'one' })
})

test('an agreement that was ended is not honoured for longer than a minute, even when the store is away', async () => {
  const directory = directoryOf()
  serves(smallNetwork(), 'one')
  await directory.current()
  at = 60_000
  answer = () => Promise.reject(new Error('S3 answered 503'))
  await expect(directory.current()).rejects.toThrow()
  serves({ ...smallNetwork(), version: '2' }, 'two')
  expect((await directory.current()).version).toBe('2')
})

test('an unsound or absent definition is never in force', async () => {
  serves({ ...smallNetwork(), pools: [] }, 'one')
  await expect(directoryOf().current()).rejects.toThrow('unsound')
  answers('absent')
  await expect(directoryOf().current()).rejects.toThrow('there is no network/current.json')
})

test('a deployer without a policy of its own runs under the default, and an own policy replaces it whole', async () => {
  const directory = directoryOf()
  answers('absent')
  expect(await directory.policy()).toEqual(policyDocument(defaultJurisdictionPolicy))
  at = 60_000
  serves({ ...defaultJurisdictionPolicy, policyVersion: '2027-01' }, 'own')
  expect((await directory.policy()).policy.policyVersion).toBe('2027-01')
})

test('a policy with an unknown key or no access to it is a fault, never the default', async () => {
  serves({ ...defaultJurisdictionPolicy, surprise: true }, 'own')
  await expect(directoryOf().policy()).rejects.toThrow('unsound')
  answer = () => Promise.reject(new Error('S3 answered 403'))
  await expect(directoryOf().policy()).rejects.toThrow('403')
})
