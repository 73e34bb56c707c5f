import { expect, test } from 'vitest'
import { faultFields } from '../../../../shared/runtime/log.ts'

const loggedOf = (fault: unknown): string => JSON.stringify(faultFields(fault))

test('a fault is logged as its class and where in the code it arose', () => {
  const { errorClass, frames } = faultFields(new TypeError('cannot read MUSTERFRAU'))
  expect(errorClass).toBe('TypeError')
  expect(frames?.[0]).toMatch(/log\.test\.ts:\d+:\d+$/)
})

test.each([
  ['a line like a frame', 'cannot read\n    at MUSTERFRAU ERIKA MRN-4711 (born:1956:02)'],
  ['a line like a frame of ours', 'cannot read\n    at MUSTERFRAU (handler.js:1:1)'],
  ['several lines', '\n    at MUSTERFRAU (a.ts:1:1)\n    at MUSTERFRAU (b.ts:2:2)\n'],
])('a message with %s stays out', (_what, message) => {
  expect(loggedOf(new Error(message))).not.toContain('MUSTERFRAU')
})

test('where the message was changed after the throw, nothing that may be a part of it is logged', () => {
  const fault = new Error('cannot read\n    at MUSTERFRAU (a.ts:1:1)')
  fault.message = 'cannot read'
  expect(loggedOf(fault)).not.toContain('MUSTERFRAU')
  fault.message = 'something else'
  expect(faultFields(fault)).toEqual({ errorClass: 'Error', frames: [] })
})

test('what was thrown and is no error is logged as its type', () => {
  expect(faultFields('MUSTERFRAU')).toEqual({ errorClass: 'string' })
})
