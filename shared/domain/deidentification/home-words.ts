/** Not within a longer UID: one that only begins like a replacement is somebody else's. */
const REPLACED_UID = /(?<![\d.])2\.25\.\d{1,39}(?!\d|\.\d)/g
const PSEUDONYM = /(?<![0-9A-Z])OVR-[0-9A-F]{16}(?![0-9A-Z])/g

/** What in a text may be the replacement of an original's UID. */
export const replacedUidsIn = (text: string): readonly string[] => text.match(REPLACED_UID) ?? []

/** What in a text may stand for the patient. */
export const pseudonymsIn = (text: string): readonly string[] => text.match(PSEUDONYM) ?? []

/** A UID that is no copy's stays: it is somebody else's. */
export const withOriginalUids = (text: string, originals: ReadonlyMap<string, string>): string =>
  text.replace(REPLACED_UID, (uid) => originals.get(uid) ?? uid)

export const withPatient = (text: string, originals: ReadonlyMap<string, string>, patient: string): string =>
  text.replace(PSEUDONYM, (pseudonym) => (originals.has(pseudonym) ? patient : pseudonym))
