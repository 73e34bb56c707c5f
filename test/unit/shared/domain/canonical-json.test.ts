import { describe, expect, it } from 'vitest'
import { canonicalJson, type JsonValue } from '../../../../shared/domain/canonical-json.ts'

describe('Canonical JSON (RFC 8785)', () => {
  it('writes the example of section 3.2.2 as section 3.2.3 sorts it', () => {
    const example = {
      numbers: [Number('333333333.33333329'), 1e30, 4.5, 2e-3, 0.000000000000000000000000001],
      string: '\u20ac$\u000F\u000aA\'\u0042\u0022\u005c\\"/',
      literals: [null, true, false],
    }
    expect(canonicalJson(example)).toBe(
      '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
    )
  })

  it('sorts members by UTF-16 code units, not by locale or code point', () => {
    const members = { '\u20ac': 1, '\r': 2, '\ufb33': 3, '1': 4, '\ud83d\ude00': 5, '\u0080': 6, '\u00f6': 7 }
    expect(Object.values(JSON.parse(canonicalJson(members)) as object)).toHaveLength(7)
    expect([...canonicalJson(members).matchAll(/:(\d)/g)].map(([, n]) => n).join('')).toBe('2467153')
  })

  it('gives one text for one value, whatever the order of writing', () => {
    expect(canonicalJson({ b: [1, { d: 1, c: 2 }], a: null })).toBe(canonicalJson({ a: null, b: [1, { c: 2, d: 1 }] }))
  })

  it('writes -0 as 0 and leaves out members that are undefined', () => {
    expect(canonicalJson({ a: -0, b: undefined })).toBe('{"a":0}')
  })

  it.each<readonly [string, unknown]>([
    ['NaN', Number.NaN],
    ['infinity', { a: Infinity }],
    ['undefined in a list', [undefined]],
    ['a function', () => 1],
    ['a date', { at: new Date(0) }],
    ['a big integer', 1n],
    ['half a character', '\ud800'],
    ['half a character in a name', { '\udc00': 1 }],
  ])('refuses %s rather than hash a guess', (_, value) => {
    expect(() => canonicalJson(value as JsonValue)).toThrow(/^canonical JSON/)
  })

  it('takes objects without a prototype', () => {
    expect(canonicalJson(Object.assign(Object.create(null) as Record<string, JsonValue>, { a: 1 }))).toBe('{"a":1}')
  })
})
