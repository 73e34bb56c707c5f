import { createHmac, hash, randomBytes } from 'node:crypto'
import { isDicomUid } from '../../shared/domain/dicom/dicom-uid.ts'
import {
  keyedPseudonyms,
  replacedUidPattern,
  type Mac,
  type Pseudonyms,
  type PseudonymScope,
} from '../../shared/domain/deidentification/keyed-pseudonyms.ts'
import { rowOf, type GuaranteeRow } from './guarantee-row.ts'

/** Scopes that differ in one part each; the last two would be one if their parts were put together without a mark. */
const scopes: readonly PseudonymScope[] = [
  { organisationId: 'hospital-1', scopeId: 'case-1' },
  { organisationId: 'hospital-1', scopeId: 'case-2' },
  { organisationId: 'hospital-2', scopeId: 'case-1' },
  { organisationId: 'hospital-11', scopeId: 'case-1' },
  { organisationId: 'hospital-1', scopeId: '1case-1' },
]

/** As devices make them: alike but for a counter, a slice, a second. */
const families: readonly ((n: number) => string)[] = [
  (n) => `1.2.840.113619.2.55.3.604688119.971.1448352000.${n}`,
  (n) => `1.3.12.2.1107.5.2.19.45152.${2_013_030_808_110_000 + n}.0.0.0`,
  (n) => `2.25.${n}`,
  (n) => `1.2.276.0.7230010.3.1.4.${n % 1000}.${Math.floor(n / 1000)}`,
]

/** RFC 2104 by one-shot hashes, a fifth of the time of `createHmac`, which is asked whether it is the same. */
const hmacOf = (key: Uint8Array): Mac => {
  const block = Buffer.concat([key, Buffer.alloc(64 - key.byteLength)])
  const [inner, outer] = [block.map((byte) => byte ^ 0x36), block.map((byte) => byte ^ 0x5c)]
  const mac: Mac = (message) =>
    hash('sha256', Buffer.concat([outer, hash('sha256', Buffer.concat([inner, message]), 'buffer')]), 'buffer')
  if (
    !createHmac('sha256', key)
      .update('a')
      .digest()
      .equals(mac(Buffer.from('a')))
  )
    throw new Error('that is no HMAC')
  return mac
}

/** A set of replacements is a case's or a research set's, and remembers its pairs: each of these is as large as a big one. */
const SET_SIZE = 10_000

interface Replaced {
  readonly original: string
  readonly replaced: string
  readonly scope: PseudonymScope
}

/** The same sequence each time it is asked for: a suspicion is looked at again without having kept ten million texts. */
function* replacements(count: number, makeSet: (scope: PseudonymScope) => Pseudonyms): Generator<Replaced> {
  for (let from = 0, set = 0; from < count; from += SET_SIZE, set++) {
    const scope = scopes[set % scopes.length]
    const family = families[Math.floor(set / scopes.length) % families.length]
    if (scope === undefined || family === undefined) return
    const first = Math.floor(set / (scopes.length * families.length)) * SET_SIZE
    const pseudonyms = makeSet(scope)
    for (let n = 0; n < Math.min(SET_SIZE, count - from); n++) {
      const original = family(first + n)
      yield { original, replaced: pseudonyms.uid(original), scope }
    }
  }
}

const lowHalf = (replaced: string): bigint => BigInt.asUintN(64, BigInt(replaced.slice('2.25.'.length)))

/** Values of which there are two: among ten million, two 64-bit halves are alike once in three hundred thousand runs. */
function doubles(halves: BigUint64Array): ReadonlySet<bigint> {
  halves.sort()
  const found = new Set<bigint>()
  for (let at = 1; at < halves.length; at++) {
    const value = halves[at]
    if (value !== undefined && value === halves[at - 1]) found.add(value)
  }
  return found
}

/**
 * A UID that two images share makes a viewer show one for the other. Each replacement is made by the code that makes copies,
 * over UIDs that are alike, in scopes that are alike; none may be malformed, its own original, or given twice.
 */
export function runReplacedUids({ count }: { readonly count: number }): readonly GuaranteeRow[] {
  const mac = hmacOf(randomBytes(32))
  const makeSet = (scope: PseudonymScope) => keyedPseudonyms(mac, scope)
  const halves = new BigUint64Array(count)
  const malformed: string[] = []
  let at = 0
  for (const { original, replaced } of replacements(count, makeSet)) {
    if (!isDicomUid(replaced) || !replacedUidPattern.test(replaced) || replaced === original) malformed.push(original)
    halves[at++] = lowHalf(replaced)
  }
  const suspects = doubles(halves)
  const seen = new Map<string, Replaced>()
  const collisions: string[] = []
  if (suspects.size > 0) {
    for (const one of replacements(count, makeSet)) {
      if (!suspects.has(lowHalf(one.replaced))) continue
      const other = seen.get(one.replaced)
      if (other !== undefined)
        collisions.push(`${other.original} (${other.scope.scopeId}) and ${one.original} (${one.scope.scopeId})`)
      seen.set(one.replaced, one)
    }
  }
  return [
    rowOf('replaced UIDs of valid form, none its own original', at, malformed),
    rowOf('replaced UIDs over alike originals and scopes, no two the same', at, collisions),
  ]
}
