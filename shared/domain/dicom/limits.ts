const KIB = 1024
const MIB = 1024 * KIB

/** What one object may cost the gate. A hostile header must not buy more time or memory than these (controls DCM-02..08). */
export interface DicomLimits {
  /** First range read: holds the ids of 99.9 % of real files. */
  readonly firstReadBytes: number
  /** The second read makes it this much in all: it holds the ids of every file seen, and leaves of 64 KiB what tails need. */
  readonly secondReadEnd: number
  /** Reads at a place that is reached by skipping a long value. */
  readonly jumpReadBytes: number
  /** The third read of a long header; each later one is twice as long, up to `largestReadBytes`. */
  readonly laterReadBytes: number
  readonly largestReadBytes: number
  /** Reads of one header after the second. */
  readonly headerReads: number
  /** Reads after the start of encapsulated pixel data, each of at most `fragmentReadBytes`. */
  readonly fragmentReads: number
  readonly fragmentReadBytes: number
  readonly tailReadBytes: number
  /** All bytes read of one object that is not deflated. */
  readonly totalReadBytes: number
  readonly metaGroupBytes: number
  readonly deflatedObjectBytes: number
  readonly inflatedBytes: number
  readonly inflateRatio: number
  readonly nestingDepth: number
  readonly items: number
  readonly elements: number
  /** One text value that the facts or the metadata keep. */
  readonly textBytes: number
  /** Rows x Columns x Frames x Samples x Bits / 8. */
  readonly pixelMatrixBytes: number
  /** The longest header whose metadata is kept. */
  readonly metadataReadBytes: number
  readonly metadataElements: number
  readonly metadataTextBytes: number
  /** Values that elements have in all: of two bytes of a name becomes an object. */
  readonly metadataValues: number
  /** What facts are made of, and items that become facts. */
  readonly factBytes: number
  readonly factItems: number
}

export const DICOM_LIMITS: DicomLimits = {
  firstReadBytes: 16 * KIB,
  secondReadEnd: 56 * KIB,
  jumpReadBytes: 4 * KIB,
  laterReadBytes: 256 * KIB,
  largestReadBytes: 4 * MIB,
  headerReads: 32,
  fragmentReads: 16,
  fragmentReadBytes: KIB,
  tailReadBytes: 4 * KIB,
  totalReadBytes: 64 * MIB,
  metaGroupBytes: 256 * KIB,
  deflatedObjectBytes: 32 * MIB,
  inflatedBytes: 32 * MIB,
  inflateRatio: 100,
  nestingDepth: 32,
  items: 100_000,
  elements: 1_000_000,
  textBytes: 64 * KIB,
  pixelMatrixBytes: 1024 * 1024 * MIB,
  metadataReadBytes: 8 * MIB,
  metadataElements: 100_000,
  metadataTextBytes: 4 * MIB,
  metadataValues: 400_000,
  factBytes: 4 * MIB,
  factItems: 10_000,
}
