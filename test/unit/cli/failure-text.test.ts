import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { scratchFolder } from '../../builders/scratch-folder.ts'

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

test.each([
  [['demo', '--parallel', '0'], "option '--parallel <number>' argument '0' is invalid. A whole number from 1 to 64."],
  [
    ['demo', '--patience', 'soon'],
    "option '--patience <seconds>' argument 'soon' is invalid. A whole number from 0 to 86400.",
  ],
  [['serve', '--port', '0x10'], "option '--port <number>' argument '0x10' is invalid. A whole number from 0 to 65535."],
  [
    ['serve', '--objects-port', '99999'],
    "option '--objects-port <number>' argument '99999' is invalid. A whole number from 0 to 65535.",
  ],
  [['upload', '.', '--referral', 'x'], 'say who uploads: --token TOKEN, or --as PERSON on a development cell'],
])('overread %j is wrong usage, and does nothing', (words, text) => {
  expect(saidBy(...words)).toEqual({ status: 2, stderr: `error: ${text}\n(add --help for the options)\n` })
})

test('a demo of a folder without a study has shown nothing, and says so', () => {
  const { status, stderr } = saidBy('demo', '--json', '--dicom', scratchFolder('no-study'))
  expect(status).toBe(1)
  expect(stderr).toMatch(/no study in the folder, so no case was gone through\n$/)
})

test('a pipe that is closed early ends a command quietly', () => {
  const files = Array.from({ length: 2000 }, () => command).join(' ')
  const { stderr } = spawnSync('sh', ['-c', `"${process.execPath}" "${command}" dicom check ${files} | head -1`], {
    encoding: 'utf8',
  })
  expect(stderr).toBe('')
})
