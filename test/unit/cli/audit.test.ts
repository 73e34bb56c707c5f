import { execFile } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import type { SignedCheckpoint } from '../../../shared/domain/audit/checkpoint.ts'
import { scratchFolder } from '../../builders/scratch-folder.ts'
import { bundleOf, signedBy, tamperings, trusted } from '../../fixtures/audit-tampering.ts'

const folder = scratchFolder('audit-verify')
const cli = join(import.meta.dirname, '../../../cli/overread.ts')

const verify = async (bundle: object, ...options: readonly string[]) => {
  const [file, key] = [join(folder, 'bundle.json'), join(folder, 'cell.pem')]
  await writeFile(file, JSON.stringify(bundle))
  await writeFile(key, trusted.pem)
  return promisify(execFile)(process.execPath, [cli, 'audit', 'verify', file, '--key', key, ...options]).then(
    ({ stdout }) => ({ exit: 0, stdout }),
    (thrown: unknown) => {
      const { code, stdout } = thrown as { code: number; stdout: string }
      return { exit: code, stdout }
    },
  )
}

test('exit code and words tell an intact bundle from a broken one and from one that nothing proves', async () => {
  const bundle = bundleOf()
  const broken = tamperings[0]!.tamper(bundle)
  expect(await verify(bundle)).toEqual({ exit: 0, stdout: expect.stringMatching(/^intact: 40 records/) as string })
  expect(await verify(broken)).toEqual({ exit: 1, stdout: expect.stringMatching(/^broken: /) as string })
  expect(await verify({ ...bundle, checkpoints: [] })).toEqual({
    exit: 2,
    stdout: expect.stringMatching(/^not proved: .* record 1 of /) as string,
  })
})

test('after the signing key was replaced, both keys are needed, and either alone is named as the wrong one', async () => {
  const bundle = bundleOf()
  const before = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const [first, ...rest] = bundle.checkpoints
  const replaced = {
    ...bundle,
    checkpoints: [signedBy(first!.checkpoint, before.privateKey, 'audit-key-2025'), ...rest],
  }
  const older = join(folder, 'older.pem')
  await writeFile(older, before.publicKey.export({ type: 'spki', format: 'pem' }))
  expect(await verify(replaced, '--key', older)).toEqual({
    exit: 0,
    stdout: expect.stringMatching(/^intact: /) as string,
  })
  expect(await verify(replaced)).toEqual({
    exit: 1,
    stdout: expect.stringMatching(/^broken: wrong key: checkpoint 1 /) as string,
  })
})

const lockBucket = async (name: string, checkpoints: readonly SignedCheckpoint[]) => {
  const path = join(folder, name, 'checkpoints')
  await mkdir(path, { recursive: true })
  for (const [at, one] of checkpoints.entries()) await writeFile(join(path, `${at}.json`), JSON.stringify(one))
  return join(folder, name)
}

test('a tail cut with its checkpoint is found against the lock bucket; without it, what is not proved is said', async () => {
  const bundle = bundleOf()
  const cut = { ...bundle, records: bundle.records.slice(0, 20), checkpoints: bundle.checkpoints.slice(0, 2) }
  const alone = await verify(cut)
  expect(alone.stdout).toContain(
    'checkpoint in the bundle is 2 of 2026-01-01T01:01:00.000Z: what came after it is for the',
  )
  const locked = await lockBucket('whole', bundle.checkpoints)
  expect(await verify(cut, '--checkpoints', locked)).toEqual({
    exit: 1,
    stdout: expect.stringMatching(/^broken: tail-truncated at record 21 /) as string,
  })
  const whole = await verify(bundle, '--checkpoints', locked)
  expect(whole).toEqual({ exit: 0, stdout: expect.not.stringContaining('newest') as string })
})

test('nothing to prove, and a gap in the lock bucket, are no success', async () => {
  const bundle = bundleOf()
  expect(await verify({ ...bundle, chains: [], records: [], checkpoints: [] })).toEqual({
    exit: 2,
    stdout: expect.stringMatching(/^nothing to prove: /) as string,
  })
  const some = [bundle.checkpoints[0]!, bundle.checkpoints[2]!]
  expect(await verify({ ...bundle, checkpoints: some }, '--checkpoints', await lockBucket('gap', some))).toEqual({
    exit: 2,
    stdout: expect.stringMatching(/^not proved: checkpoints 2 were not given/) as string,
  })
})
