import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'

const runner = new URL('../../guarantees/run.ts', import.meta.url).pathname
const asked = (word: string) => spawnSync(process.execPath, [runner, word], { encoding: 'utf8' })

test('a guarantee that there is not is answered with those there are, and exit 2', () => {
  const { status, stdout, stderr } = asked('--no-such')
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
  expect(stderr).toContain('access matrix')
  expect(stderr).not.toContain('at file:')
})

test('--help says how long a whole run takes and names each guarantee', () => {
  const { status, stdout, stderr } = asked('--help')
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  expect(stdout).toMatch(/four minutes[^]+supply chain/)
})
