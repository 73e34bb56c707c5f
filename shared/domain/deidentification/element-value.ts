import { withoutTail } from '../without-tail.ts'
import type { DeidentificationPolicy } from './deidentification-policy.ts'
import type { ElementAction } from './element-action.ts'
import { shiftTemporal } from './shifted-dates.ts'
import type { Pseudonyms } from './keyed-pseudonyms.ts'

const TAG_PATIENT_NAME = 0x00100010
const TAG_PATIENT_ID = 0x00100020

/** Dummy values by VR (code D): valid in form, the same for everybody. */
export const dummyValues: Readonly<Record<string, string>> = {
  AE: 'REMOVED',
  AS: '000Y',
  CS: 'REMOVED',
  DA: '19000101',
  DS: '0',
  DT: '19000101000000',
  IS: '0',
  LO: 'REMOVED',
  LT: 'REMOVED',
  PN: 'REMOVED',
  SH: 'REMOVED',
  ST: 'REMOVED',
  TM: '000000',
  UC: 'REMOVED',
  UI: '2.25.0',
  UR: 'about:blank',
  UT: 'REMOVED',
}

/** Well-known UIDs: SOP classes, transfer syntaxes, frames of reference such as Talairach (PS3.6 annex A). */
const WELL_KNOWN = /^1\.2\.840\.10008(\.\d{1,4}){1,8}$/
export const isWellKnownUid = (uid: string): boolean => WELL_KNOWN.test(uid)
const codedForms: Readonly<Record<string, RegExp>> = {
  CS: /^[A-Z0-9_ ]{0,16}(\\[A-Z0-9_ ]{0,16})*$/,
  DS: /^[-+0-9.Ee \\]*$/,
  IS: /^[-+0-9 \\]*$/,
}

export const asciiText = (value: Uint8Array): string => {
  let text = ''
  for (const byte of value) text += String.fromCharCode(byte)
  return withoutTail(text, '\0 ')
}

export const asciiBytes = (text: string, padding: number): Uint8Array => {
  const bytes = new Uint8Array(text.length + (text.length % 2)).fill(padding)
  for (let i = 0; i < text.length; i += 1) bytes[i] = text.charCodeAt(i)
  return bytes
}

const padded = (vr: string, text: string): Uint8Array => asciiBytes(text, vr === 'UI' ? 0 : 0x20)

/** Option 113108: what each characteristic may say. What is not in the list, or says something else, is not kept. */
const characteristicForms: ReadonlyMap<number, RegExp> = new Map([
  [0x00100040, /^[MFO]$/],
  [0x00101010, /^\d{3}[DWMY]$/],
  [0x00101020, /^[0-2](\.\d{1,4})?$/],
  [0x00101030, /^\d{1,3}(\.\d{1,4})?$/],
  [0x001021a0, /^(YES|NO|UNKNOWN)$/],
  [0x00102203, /^(ALTERED|UNALTERED)$/],
])

/** HIPAA 164.514(b)(2)(i)(C): ages over 89 are one group, so that a centenarian is not the only one. */
const cappedAge = (text: string): string => (text.endsWith('Y') && Number(text.slice(0, 3)) > 89 ? '090Y' : text)

const replaceUids = (text: string, keepWellKnown: boolean, pseudonyms: Pseudonyms): string =>
  text
    .split('\\')
    .map((uid) => (uid === '' || (keepWellKnown && isWellKnownUid(uid)) ? uid : pseudonyms.uid(uid)))
    .join('\\')

/** The patient whose data set this is, as far as replacement needs it. */
export interface CopyContext {
  readonly policy: DeidentificationPolicy
  readonly pseudonyms: Pseudonyms
  readonly patientKey: string
}

const EMPTY = new Uint8Array(0)

const fallen = (action: 'remove' | 'empty' | 'dummy', tag: number, vr: string, context: CopyContext) => {
  if (action === 'remove') return undefined
  if (tag === TAG_PATIENT_ID || tag === TAG_PATIENT_NAME)
    return padded(vr, context.pseudonyms.patient(context.patientKey))
  if (action === 'empty') return EMPTY
  const dummy = dummyValues[vr]
  return dummy === undefined ? new Uint8Array(2) : padded(vr, dummy)
}

/** The value that stands in the copy, or undefined where the element is left out. Values are little endian. */
export const copiedValue = (
  action: ElementAction,
  tag: number,
  vr: string,
  value: Uint8Array,
  context: CopyContext,
): Uint8Array | undefined => {
  switch (action.do) {
    case 'keep':
      return value
    case 'enter':
      return undefined
    case 'remove':
    case 'empty':
    case 'dummy':
      return fallen(action.do, tag, vr, context)
    case 'replace-uid':
      return padded('UI', replaceUids(asciiText(value), action.keepWellKnown, context.pseudonyms))
    case 'shift': {
      const moved = shiftTemporal(vr, asciiText(value), context.pseudonyms.daysBack(context.patientKey))
      return moved === undefined ? fallen(action.fallback, tag, vr, context) : padded(vr, moved)
    }
    case 'keep-if-coded':
      return codedForms[vr]?.test(asciiText(value)) === false ? fallen(action.fallback, tag, vr, context) : value
    case 'keep-characteristic': {
      const text = asciiText(value).trim()
      const isOne = characteristicForms.get(tag)?.test(text) === true
      return isOne ? padded(vr, cappedAge(text)) : fallen(action.fallback, tag, vr, context)
    }
  }
}
