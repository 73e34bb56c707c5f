import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { fileNetworkDirectory } from '../../../../../shared/adapters/embedded/file-network-directory.ts'
import { defaultJurisdictionPolicy } from '../../../../../shared/domain/residency/default-policy.ts'
import { policyDocument } from '../../../../../shared/runtime/policy-document.ts'

const directory = mkdtempSync(join(tmpdir(), 'overread-policy-'))
afterAll(() => rmSync(directory, { recursive: true }))

describe('the residency policy in a file', () => {
  const files = { networkPath: join(directory, 'network.json'), policyPath: join(directory, 'policy.json') }
  let nowMs = 0
  const network = fileNetworkDirectory(files, policyDocument, () => nowMs)

  it('is the default of the project where the deployment brings none', async () => {
    expect(await network.policy()).toEqual(policyDocument(defaultJurisdictionPolicy))
  })

  it('is the one of the deployment as soon as there is one', async () => {
    const own = { ...defaultJurisdictionPolicy, policyVersion: 'own-1' }
    writeFileSync(files.policyPath, JSON.stringify(own))
    nowMs += 60_000
    expect(await network.policy()).toMatchObject({
      policy: { policyVersion: 'own-1' },
      sha256: policyDocument(own).sha256,
    })
  })

  it('is nobody’s while the file is unsound: the one before may have allowed what this one forbids', async () => {
    writeFileSync(files.policyPath, JSON.stringify({ ...defaultJurisdictionPolicy, origins: 'none' }))
    nowMs += 60_000
    await expect(network.policy()).rejects.toThrow('unsound')
  })
})
