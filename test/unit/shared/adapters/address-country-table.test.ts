import { describe, expect, it } from 'vitest'
import { addressCountryTable } from '../../../../shared/adapters/address-country-table.ts'

const ranges = [
  { cidr: '198.51.100.0/24', country: 'DE' },
  { cidr: '198.51.100.128/25', country: 'AT' },
  { cidr: '2001:db8::/32', country: 'PT' },
]
const table = addressCountryTable(ranges, { loopbackAgrees: false })

describe('the country of an address', () => {
  it.each([
    ['198.51.100.7', 'DE'],
    ['198.51.100.200', 'AT'],
    ['::ffff:198.51.100.200', 'AT'],
    ['2001:db8::1', 'PT'],
    ['203.0.113.1', undefined],
    ['127.0.0.1', undefined],
    ['not an address', undefined],
    ['', undefined],
  ])('of %j is %s, whatever the token attests', (address, country) => {
    expect(table.countryOf(address, 'US')).toBe(country)
  })

  it('of loopback is the attested one, in development alone', () => {
    const development = addressCountryTable(ranges, { loopbackAgrees: true })
    expect(development.countryOf('127.0.0.1', 'IE')).toBe('IE')
    expect(development.countryOf('::1', 'IE')).toBe('IE')
    expect(development.countryOf('::ffff:127.0.0.1', 'IE')).toBe('IE')
    expect(development.countryOf('127.0.0.1', undefined)).toBeUndefined()
    expect(development.countryOf('203.0.113.1', 'IE')).toBeUndefined()
  })

  it.each(['198.51.100.0', '198.51.100.0/x', 'example/24', '198.51.100.0/99'])(
    'is not read from the range %s',
    (cidr) => {
      expect(() => addressCountryTable([{ cidr, country: 'DE' }], { loopbackAgrees: false })).toThrow()
    },
  )
})
