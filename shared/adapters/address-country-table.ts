import { BlockList, isIP } from 'node:net'
import type { AddressCountry } from '../ports/surroundings.ts'

/** `203.0.113.0/24` or `2001:db8::/32`, and the country it is in (ISO 3166, two letters). */
export interface AddressRange {
  readonly cidr: string
  readonly country: string
}

const familyOf = (address: string): 'ipv4' | 'ipv6' | undefined =>
  (({ 4: 'ipv4', 6: 'ipv6' }) as const)[isIP(address) as 4 | 6]

const blockOf = ({ cidr, country }: AddressRange) => {
  const [network = '', prefix = ''] = cidr.split('/')
  const family = familyOf(network)
  if (family === undefined || !/^\d{1,3}$/.test(prefix)) throw new RangeError(`${cidr} is not a range of addresses`)
  const block = new BlockList()
  block.addSubnet(network, Number(prefix), family)
  return { block, country, prefix: Number(prefix) }
}

/** `::ffff:192.0.2.1` is an IPv4 client on a dual-stack socket. */
const plain = (address: string): string => address.replace(/^::ffff:(?=\d+\.)/i, '')

const loopback = new BlockList()
loopback.addSubnet('127.0.0.0', 8, 'ipv4')
loopback.addAddress('::1', 'ipv6')

export interface AddressCountryOptions {
  /**
   * A developer's machine has no country of its own: loopback then counts as wherever the token says the reader is. Never
   * in production, where it would make the second source of the reader's place an echo of the first.
   */
  readonly loopbackAgrees: boolean
}

/** The narrowest range that holds the address decides. An address in none is unknown, which residency takes as forbidden. */
export const addressCountryTable = (
  ranges: readonly AddressRange[],
  { loopbackAgrees }: AddressCountryOptions,
): AddressCountry => {
  const blocks = ranges.map(blockOf).sort((a, b) => b.prefix - a.prefix)
  return {
    countryOf: (sourceIp, attestedCountry) => {
      const address = plain(sourceIp)
      const family = familyOf(address)
      if (family === undefined) return undefined
      if (loopbackAgrees && loopback.check(address, family)) return attestedCountry
      return blocks.find(({ block }) => block.check(address, family))?.country
    },
  }
}
