/** HMAC-SHA-256 under a key that never leaves the origin region (control DEID-02, condition KEY_STAYS). */
export type Mac = (message: Uint8Array) => Uint8Array

/** The set of studies within which pseudonyms are stable: for example one case, or one reading group's research set. */
export interface PseudonymScope {
  readonly organisationId: string
  readonly scopeId: string
}

/** Replacements that are the same for the same value in one scope, and unlinkable across scopes without the key. */
export interface Pseudonyms {
  /** `2.25.` and a 128-bit number (PS3.5 B.2). */
  uid(original: string): string
  /** An id in place of the patient's name and id: readers must tell patients apart. */
  patient(patientKey: string): string
  /** Whole days, 1 to 3,650, by which the patient's dates move into the past. */
  daysBack(patientKey: string): number
  /** What was replaced so far, original to replacement: stays in the origin region, and maps the report back. */
  readonly uidPairs: ReadonlyMap<string, string>
  /** The same of patients. */
  readonly patientPairs: ReadonlyMap<string, string>
}

export const pseudonymPattern = /^OVR-[0-9A-F]{16}$/
export const replacedUidPattern = /^2\.25\.(0|[1-9]\d{0,38})$/

const macOf = (mac: Mac, scope: PseudonymScope, kind: string, value: string): bigint => {
  const parts = [scope.organisationId, scope.scopeId, kind, value]
  // The separator must not occur in what it separates, or two scopes could share pseudonyms.
  if (parts.slice(0, 3).some((part) => part === '' || part.includes('|')))
    throw new Error('a scope id is empty or has a |')
  const code = mac(new TextEncoder().encode(parts.join('|')))
  if (code.length < 16) throw new Error('the MAC is shorter than 128 bits')
  return code.subarray(0, 16).reduce((number, byte) => (number << 8n) | BigInt(byte), 0n)
}

export const keyedPseudonyms = (mac: Mac, scope: PseudonymScope): Pseudonyms => {
  const uidPairs = new Map<string, string>()
  const patientPairs = new Map<string, string>()
  return {
    uidPairs,
    patientPairs,
    uid: (original) => {
      const known = uidPairs.get(original)
      if (known !== undefined) return known
      const replaced = `2.25.${macOf(mac, scope, 'uid', original)}`
      uidPairs.set(original, replaced)
      return replaced
    },
    patient: (patientKey) => {
      const number = macOf(mac, scope, 'patient', patientKey) & 0xffff_ffff_ffff_ffffn
      const replaced = `OVR-${number.toString(16).toUpperCase().padStart(16, '0')}`
      patientPairs.set(patientKey, replaced)
      return replaced
    },
    daysBack: (patientKey) => 1 + Number(macOf(mac, scope, 'dates', patientKey) % 3_650n),
  }
}
