import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const command = join(import.meta.dirname, '../../../cli/overread.ts')
const saidBy = (...words: string[]) => {
  const { status, stderr } = spawnSync(process.execPath, [command, ...words], { encoding: 'utf8' })
  return { status, stderr }
}
const nowhere = ['--url', 'http://127.0.0.1:1']

test.each([
  [['demo', '--dicom', '/no/such'], '/no/such: no such file or folder'],
  [['audit', 'verify', '/no/such'], '/no/such: no such file or folder'],
  [['token', 'p-weber', ...nowhere], 'nobody answers at that address: is the cell running, and is --url right?'],
])('overread %j says in words what is wrong', (words, text) => {
  expect(saidBy(...words)).toEqual({ status: 1, stderr: `overread: ${text}\n` })
})

test('a pipe that is closed early ends a command quietly', () => {
  const files = Array.from({ length: 2000 }, () => command).join(' ')
  const { stderr } = spawnSync('sh', ['-c', `"${process.execPath}" "${command}" dicom check ${files} | head -1`], {
    encoding: 'utf8',
  })
  expect(stderr).toBe('')
})
