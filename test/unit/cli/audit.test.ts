import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { scratchFolder } from '../../builders/scratch-folder.ts'
import { bundleOf, tamperings, trusted } from '../../fixtures/audit-tampering.ts'

const folder = scratchFolder('audit-verify')
const cli = join(import.meta.dirname, '../../../cli/overread.ts')

const verify = async (bundle: object) => {
  const [file, key] = [join(folder, 'bundle.json'), join(folder, 'cell.pem')]
  await writeFile(file, JSON.stringify(bundle))
  await writeFile(key, trusted.pem)
  return promisify(execFile)(process.execPath, [cli, 'audit', 'verify', file, '--key', key]).then(
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
