import { describe, expect, it } from 'vitest'
import { jsonBody } from '../../../../shared/runtime/json-body.ts'
import { httpEvent } from '../../../builders/http-event.ts'

const read = (body: string | Uint8Array, contentType = 'application/json', limitBytes = 65_536): unknown => {
  const event = httpEvent('submitReferral', { headers: { 'content-type': contentType } })
  const sent =
    typeof body === 'string' ? { body } : { body: Buffer.from(body).toString('base64'), isBase64Encoded: true }
  return jsonBody({ ...event, ...sent }, limitBytes)
}
const refused = (code: string, facts: object = {}) => expect.objectContaining({ code, facts }) as Error

describe('an object that says a name twice', () => {
  it.each([
    ['side by side', '{"patientId":"A","patientId":"B"}'],
    ['with the same value', '{"a":1,"a":1}'],
    ['deep inside', '{"order":[{"x":1},{"patient":{"id":1,"name":{},"id":2}}]}'],
    ['written with an escape', String.raw`{"patientId":"A","patient\u0049d":"B"}`],
    ['with space before the colon', '{"a":1,"a" \n\t:2}'],
    ['after a value that looks like it', String.raw`{"b":"\"a\":","a":1,"a":2}`],
    ['as the prototype', '{"__proto__":1,"__proto__":2}'],
  ])('has two meanings, so it is refused: %s', (_, body) => {
    expect(() => read(body)).toThrow(refused('invalid-request', { rule: 'repeated-name' }))
  })

  it.each([
    ['in two objects', '{"a":{"id":1},"b":{"id":2},"c":[{"id":1},{"id":2}]}'],
    ['as a value', '{"a":"b","b":"a","c":["a","a"]}'],
    ['inside a text', String.raw`{"a":"\"b\":1,\"b\":2","b":"\\"}`],
    ['in capitals', '{"a":1,"A":2}'],
  ])('is not one that says it once: %s', (_, body) => {
    expect(read(body)).toEqual(JSON.parse(body))
  })
})

describe('a body', () => {
  it.each(['{', '"', '"\\', '{"a', '{"a":', String.raw`{"\u00zz":1}`, ']', '}', '', '{"a":1}x'])(
    'that ends or breaks anywhere is no JSON: %s',
    (body) => {
      expect(() => read(body)).toThrow(refused('malformed-json'))
    },
  )

  it('that is too deep is refused before it is parsed, and brackets in a text are none', () => {
    expect(() => read('['.repeat(5000))).toThrow(refused('invalid-request', { rule: 'depth' }))
    expect(read(JSON.stringify(['['.repeat(50)]))).toEqual(['['.repeat(50)])
    expect(read(`${'['.repeat(16)}${']'.repeat(16)}`)).toBeDefined()
  })

  it('is UTF-8, and one that says otherwise is refused instead of read as other letters', () => {
    expect(() => read(Buffer.from('{"family":"Müller"}', 'latin1'))).toThrow(refused('malformed-json'))
    expect(read(Buffer.from('{"family":"Müller"}'))).toEqual({ family: 'Müller' })
    for (const type of ['application/json;charset=iso-8859-1', 'application/json; profile=x; Charset="windows-1252"'])
      expect(() => read('{}', type)).toThrow(refused('unsupported-media-type'))
    for (const type of [
      'APPLICATION/JSON ; charset="UTF-8"',
      'application/json;charset=utf8',
      'application/json; profile=x',
    ])
      expect(read('{}', type)).toEqual({})
    for (const type of ['', 'text/plain', 'application/jsonp', 'application/fhir+json'])
      expect(() => read('{}', type)).toThrow(refused('unsupported-media-type'))
  })

  it('has a limit in bytes, not in letters', () => {
    expect(() => read(JSON.stringify('ü'.repeat(40)), 'application/json', 64)).toThrow(
      refused('body-too-large', { limitBytes: 64 }),
    )
    expect(() => read(new Uint8Array(100), 'application/json', 64)).toThrow(
      refused('body-too-large', { limitBytes: 64 }),
    )
  })
})
