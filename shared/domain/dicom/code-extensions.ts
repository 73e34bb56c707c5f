import { decodeSet, decodeWith } from './coded-set.ts'

const ESCAPE = 0x1b
const ASCII = 'ascii'

interface Designation {
  readonly side: 'g0' | 'g1'
  readonly set: string
  readonly length: number
}

const g0 = (set: string, length = 2): Designation => ({ side: 'g0', set, length })
const g1 = (set: string, length = 2): Designation => ({ side: 'g1', set, length })

/** Escape sequences of PS3.3 tables C.12-3 and C.12-4, without the ESC byte itself. */
const DESIGNATIONS: Readonly<Record<string, Designation>> = {
  '(B': g0(ASCII),
  '(J': g0(ASCII),
  ')I': g1('katakana'),
  '-A': g1('iso-8859-1'),
  '-B': g1('iso-8859-2'),
  '-C': g1('iso-8859-3'),
  '-D': g1('iso-8859-4'),
  '-L': g1('iso-8859-5'),
  '-G': g1('iso-8859-6'),
  '-F': g1('iso-8859-7'),
  '-H': g1('iso-8859-8'),
  '-M': g1('iso-8859-9'),
  '-b': g1('iso-8859-15'),
  '-T': g1('windows-874'),
  $B: g0('jis-x-0208'),
  '$@': g0('jis-x-0208'),
  '$(D': g0('jis-x-0212', 3),
  '$)C': g1('euc-kr', 3),
  '$)A': g1('gbk', 3),
}

const designationAt = (bytes: Uint8Array, at: number): Designation | undefined => {
  const two = String.fromCharCode(bytes[at] ?? 0, bytes[at + 1] ?? 0)
  return DESIGNATIONS[two + String.fromCharCode(bytes[at + 2] ?? 0)] ?? DESIGNATIONS[two]
}

/** The delimiters at which the sets in force go back to the initial ones (PS3.5 6.1.2.5.3). */
const isDelimiter = (byte: number): boolean =>
  byte === 0x5c || byte === 0x5e || byte === 0x3d || byte === 0x0a || byte === 0x0d || byte === 0x0c || byte === 0x09

/** Two-byte JIS sets stand in G0; EUC-JP has the same characters with the high bits set (0x8F before JIS X 0212). */
const decodeJis = (bytes: Uint8Array, set: string): string => {
  const supplementary = set === 'jis-x-0212'
  const euc: number[] = []
  for (let at = 0; at + 1 < bytes.length; at += 2) {
    if (supplementary) euc.push(0x8f)
    euc.push((bytes[at] ?? 0) | 0x80, (bytes[at + 1] ?? 0) | 0x80)
  }
  return decodeWith('euc-jp', Uint8Array.from(euc)) + (bytes.length % 2 === 1 ? '\ufffd' : '')
}

const isJis = (set: string): boolean => set.startsWith('jis-')

/** A run in which neither set changes: G0 bytes below 0x80, G1 bytes above. */
const decodeRun = (bytes: Uint8Array, g0Set: string, g1Set: string | undefined): string => {
  if (bytes.length === 0) return ''
  if (isJis(g0Set)) return decodeJis(bytes, g0Set)
  return decodeSet(g1Set === undefined || isJis(g1Set) ? 'ascii' : g1Set, bytes)
}

/**
 * Decodes a value with ISO 2022 code extensions (PS3.5 6.1.2.4) in one pass, without recursion: a published decoder
 * overflows the stack on `ISO 2022 IR 13\ISO 2022 IR 87`. A writer that forgets to designate its G1 set again after a
 * delimiter is read with the set that it used last, or else the one that the character set names.
 */
export const decodeCodeExtensions = (
  bytes: Uint8Array,
  initial: string | undefined,
  latest: string | undefined,
): string => {
  let g0Set = ASCII
  let g1Set = initial ?? latest
  let text = ''
  let runFrom = 0
  let at = 0
  const flush = (to: number): void => {
    text += decodeRun(bytes.subarray(runFrom, to), g0Set, g1Set)
  }
  while (at < bytes.length) {
    const byte = bytes[at] ?? 0
    if (byte === ESCAPE) {
      const designation = designationAt(bytes, at + 1)
      flush(at)
      at += 1 + (designation?.length ?? 0)
      runFrom = at
      if (designation?.side === 'g0') g0Set = designation.set
      if (designation?.side === 'g1') g1Set = designation.set
    } else if (isJis(g0Set)) {
      // A pair may hold the code of a delimiter; only a control character ends a line in which the writer forgot ESC ( B.
      if (byte < 0x20) {
        flush(at)
        runFrom = at
        g0Set = ASCII
      } else at += Math.min(2, bytes.length - at)
    } else {
      at += 1
      if (isDelimiter(byte)) {
        flush(at)
        runFrom = at
        if (initial !== undefined) g1Set = initial
      }
    }
  }
  flush(bytes.length)
  return text
}
