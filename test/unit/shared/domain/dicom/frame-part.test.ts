import { describe, expect, it } from 'vitest'
import { framePart, readRanges } from '../../../../../shared/domain/dicom/frame-part.ts'

const stored = Uint8Array.from({ length: 10_000 }, (_, at) => at % 251)
const counting = () => {
  const reads: (readonly [number, number])[] = []
  const read = (from: number, toExclusive: number): Promise<Uint8Array> => {
    reads.push([from, toExclusive])
    return Promise.resolve(stored.slice(from, toExclusive))
  }
  return { reads, read }
}
const range = (from: number, toExclusive: number) => ({ from, toExclusive })

describe('The bytes of a frame', () => {
  it('are read at once where its fragments lie side by side, and come without what is between them', async () => {
    const { reads, read } = counting()
    const ranges = Array.from({ length: 400 }, (_, at) => range(at * 10 + 8, at * 10 + 10))
    const bytes = await readRanges({ read }, ranges)
    expect([...bytes]).toEqual(ranges.flatMap(({ from }) => [from % 251, (from + 1) % 251]))
    expect(reads).toEqual([[8, 4000]])
  })

  it('are read apart where they lie far apart, or not in order', async () => {
    const { reads, read } = counting()
    const bytes = await readRanges({ read }, [range(5000, 5004), range(0, 2), range(9000, 9001)])
    expect([...bytes]).toEqual([...stored.slice(5000, 5004), 0, 1, 9000 % 251])
    expect(reads).toHaveLength(3)
  })

  it('are no frame where the store holds less', async () => {
    const { read } = counting()
    await expect(readRanges({ read }, [range(9990, 10_010)])).rejects.toThrow('the store holds less')
  })

  it('are those of one part, across fragments', () => {
    const ranges = [range(10, 14), range(20, 24), range(30, 34)]
    expect(framePart(ranges, 2, 5)).toEqual([range(12, 14), range(20, 23)])
    expect(framePart(ranges, 12, 5)).toEqual([])
  })
})
