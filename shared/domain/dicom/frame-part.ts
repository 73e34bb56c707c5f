import type { RangeSource } from './inspect-object.ts'
import type { ByteRange } from './read-plan.ts'

/** The bytes `first` to `first + length` of a frame that lies in several ranges. */
export function framePart(ranges: readonly ByteRange[], first: number, length: number): ByteRange[] {
  let at = 0
  return ranges.flatMap(({ from, toExclusive }) => {
    const begin = Math.max(from, from + first - at)
    const end = Math.min(toExclusive, from + first + length - at)
    at += toExclusive - from
    return begin < end ? [{ from: begin, toExclusive: end }] : []
  })
}

/** Between the fragments of a frame stand their headers, of eight bytes: reading past them costs less than a request. */
const GAP_BYTES = 1024

const isNear = (before: ByteRange | undefined, { from }: ByteRange): boolean =>
  before !== undefined && from >= before.toExclusive && from - before.toExclusive <= GAP_BYTES

/** Neighbours together: each group is one read. */
function neighbours(ranges: readonly ByteRange[]): readonly ByteRange[][] {
  const groups: ByteRange[][] = []
  for (const range of ranges) {
    const group = groups.at(-1)
    if (group !== undefined && isNear(group.at(-1), range)) group.push(range)
    else groups.push([range])
  }
  return groups
}

/**
 * The bytes of several ranges, one after the other. A read is a request to the store: a frame in 400,000 fragments of two
 * bytes must not buy as many.
 */
export async function readRanges(
  { read }: Pick<RangeSource, 'read'>,
  ranges: readonly ByteRange[],
): Promise<Uint8Array> {
  const whole = new Uint8Array(ranges.reduce((sum, { from, toExclusive }) => sum + toExclusive - from, 0))
  let at = 0
  for (const group of neighbours(ranges)) {
    const [begin, end] = [group[0]?.from ?? 0, group.at(-1)?.toExclusive ?? 0]
    const bytes = await read(begin, end)
    // A shorter frame would be shown as an image with a black part.
    if (bytes.length !== end - begin) throw new Error('the store holds less of the object than its index says')
    for (const { from, toExclusive } of group) {
      whole.set(bytes.subarray(from - begin, toExclusive - begin), at)
      at += toExclusive - from
    }
  }
  return whole
}
