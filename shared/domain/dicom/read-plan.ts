import type { DicomLimits } from './limits.ts'

/** Bytes [from, toExclusive) of an object. */
export interface ByteRange {
  readonly from: number
  readonly toExclusive: number
}

/**
 * How much to read next. Each range read is a request to the store: too small costs time, too large costs bytes, and a
 * header made of thousands of far-apart values must not buy thousands of requests.
 */
export class ReadPlan {
  private windowEnd: number
  private bytes: number
  private readonly size: number
  private readonly limits: DicomLimits
  private steps = 0
  private jumps = 0
  private fragmentReads = 0

  constructor(size: number, firstRead: number, limits: DicomLimits) {
    this.size = size
    this.windowEnd = firstRead
    this.bytes = firstRead
    this.limits = limits
  }

  /** The range that has what is needed and what probably comes next; undefined where the bounds are used up. */
  next(need: ByteRange): ByteRange | undefined {
    return this.take(need, this.headerAhead(need))
  }

  /** The same on the way from fragment to fragment. */
  nextFragment(need: ByteRange): ByteRange | undefined {
    this.fragmentReads += 1
    return this.fragmentReads > this.limits.fragmentReads ? undefined : this.take(need, this.limits.fragmentReadBytes)
  }

  private headerAhead(need: ByteRange): number {
    const { secondReadEnd, laterReadBytes, jumpReadBytes, largestReadBytes } = this.limits
    if (need.from - this.windowEnd > jumpReadBytes) {
      this.jumps += 1
      return Math.min(largestReadBytes, jumpReadBytes * 2 ** Math.max(0, this.jumps - PATIENT_JUMPS))
    }
    if (this.bytes < secondReadEnd) return secondReadEnd - this.bytes
    this.steps += 1
    return Math.min(largestReadBytes, laterReadBytes * 2 ** (this.steps - 1))
  }

  private take(need: ByteRange, ahead: number): ByteRange | undefined {
    const toExclusive = Math.min(this.size, Math.max(need.toExclusive, need.from + ahead))
    this.bytes += toExclusive - need.from
    this.windowEnd = toExclusive
    const spent = this.bytes > this.limits.totalReadBytes || this.steps + this.jumps > this.limits.headerReads
    return spent ? undefined : { from: need.from, toExclusive }
  }
}

/** So many skipped values are usual (waveforms, look-up tables); beyond, reads grow. */
const PATIENT_JUMPS = 12
