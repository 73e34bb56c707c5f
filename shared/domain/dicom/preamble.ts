import type { DicomRejection } from './rejection.ts'

/** What a loader, a shell, a browser or a viewer would take the file for if it looked at its first bytes only. */
const LEADING_SIGNATURES: readonly (readonly number[])[] = [
  [0x4d, 0x5a], // PE, DOS
  [0x7f, 0x45, 0x4c, 0x46], // ELF
  [0xfe, 0xed, 0xfa], // Mach-O
  [0xce, 0xfa, 0xed, 0xfe],
  [0xcf, 0xfa, 0xed, 0xfe],
  [0xca, 0xfe, 0xba, 0xbe], // Java class, universal Mach-O
  [0x00, 0x61, 0x73, 0x6d], // WebAssembly
  [0x4c, 0x00, 0x00, 0x00, 0x01, 0x14, 0x02], // Windows shortcut
  [0xd0, 0xcf, 0x11, 0xe0], // OLE: old Office documents, MSI
  [0xff, 0xd8, 0xff], // JPEG
  [0x89, 0x50, 0x4e, 0x47], // PNG
  [0x64, 0x65, 0x78, 0x0a], // Android DEX
  [0xef, 0xbb, 0xbf], // text with a byte order mark
  [0xff, 0xfe],
  [0xfe, 0xff],
]

const ARCHIVE_SIGNATURES: readonly (readonly number[])[] = [
  [0x50, 0x4b, 0x03, 0x04], // zip
  [0x50, 0x4b, 0x05, 0x06],
  [0x50, 0x4b, 0x07, 0x08],
  [0x1f, 0x8b], // gzip
  [0x42, 0x5a, 0x68], // bzip2
  [0xfd, 0x37, 0x7a, 0x58, 0x5a], // xz
  [0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c], // 7-Zip
  [0x52, 0x61, 0x72, 0x21], // RAR
  [0x28, 0xb5, 0x2f, 0xfd], // Zstandard
  [0x04, 0x22, 0x4d, 0x18], // LZ4
]

/** Formats whose readers look for their mark further in, so that leading zeros hide nothing from them. */
const EMBEDDED_SIGNATURES = [
  '%PDF-',
  'PK\u0003\u0004',
  'PK\u0005\u0006',
  '<script',
  '<html',
  '<?php',
  '<svg',
  '<!doctype',
  '#!/',
]

const TIFF_LITTLE = [0x49, 0x49, 0x2a, 0x00]
const TIFF_BIG = [0x4d, 0x4d, 0x00, 0x2a]

const begins = (bytes: Uint8Array, signature: readonly number[]): boolean =>
  signature.every((byte, index) => bytes[index] === byte)

/** True if the object is an archive as a whole (control DCM-09): what it holds would pass the gate unseen. */
export const isArchive = (bytes: Uint8Array): boolean =>
  ARCHIVE_SIGNATURES.some((signature) => begins(bytes, signature))

/**
 * Plain words, as some writers leave their name here. A script or markup needs a line break or one of the signs that
 * this leaves out to have what follows it read as anything but nonsense.
 */
const PROSE = /^[A-Za-z0-9 .,:'/_-]*$/

const isText = (byte: number): boolean =>
  (byte >= 0x20 && byte < 0x7f) || byte === 0x09 || byte === 0x0a || byte === 0x0d

const isZero = (bytes: Uint8Array): boolean => {
  for (const byte of bytes) if (byte !== 0) return false
  return true
}

/**
 * Control DCM-01, CVE-2019-11687: a DICOM file may also be a program, since PS3.10 7.1 leaves its first 128 bytes to
 * anybody. Zeros and a TIFF header (the use that PS3.10 names) pass. What begins like something that runs or renders is
 * refused, and never zeroed: the sender's SHA-256 must go on being that of the stored object. Plain words and other
 * binary content pass: real devices leave their names and their debris there.
 */
export const judgePreamble = (preamble: Uint8Array): DicomRejection | undefined => {
  if (isZero(preamble)) return undefined
  const text = String.fromCharCode(...preamble)
  if (EMBEDDED_SIGNATURES.some((mark) => text.toLowerCase().includes(mark.toLowerCase()))) return 'preamble-not-inert'
  if (begins(preamble, TIFF_LITTLE) || begins(preamble, TIFF_BIG)) return undefined
  if (isArchive(preamble)) return 'archive-wrapper'
  if (LEADING_SIGNATURES.some((signature) => begins(preamble, signature))) return 'preamble-not-inert'
  // Scripts and markup have no magic number but are text from their first byte.
  return isText(preamble[0] ?? 0) && !PROSE.test(text.replaceAll('\0', '')) ? 'preamble-not-inert' : undefined
}
