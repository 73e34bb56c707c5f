import * as z from 'zod'

export const shortText = z.string().trim().min(1).max(64)
export const freeText = z.string().trim().min(1).max(4000)

/** How a text is looked at: letter by letter, in one line of a list, or as paragraphs. */
export type ReadAs = 'identifier' | 'line' | 'paragraphs'

/**
 * No reader sees these, or each sees something else: half a character, the mark of one that was lost on the way (a sender in
 * Latin-1), code points that are none, letters shown in another order than they are stored in, and tags, which are shown nowhere.
 */
const unreadable = /[\p{Surrogate}\ufffd\p{Noncharacter_Code_Point}\u202a-\u202e\u2066-\u2069\u{e0000}-\u{e007f}]/u

/**
 * A control character is no part of a name or an order: terminals, lists and DICOM values (PS3.5 6.1.3) act on it instead of showing
 * it. Two identifiers that look the same must be the same, so nothing invisible is in one; names and prose have joiners and marks.
 */
const unfit: Readonly<Record<ReadAs, RegExp>> = {
  identifier: /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u,
  line: /[\p{Cc}\p{Zl}\p{Zp}]/u,
  paragraphs: /[^\P{Cc}\t\n\r]/u,
}

/** The blank braille pattern is a sign to Unicode and nothing to the eye. */
const visible = /[^\p{White_Space}\p{Default_Ignorable_Code_Point}\p{Cf}\u2800]/u

export const isReadable = (readAs: ReadAs, text: string): boolean =>
  visible.test(text) && !unreadable.test(text) && !unfit[readAs].test(text)

type Path = readonly (string | number)[]

const textsIn = (value: unknown, path: Path = []): { path: Path; text: string }[] => {
  if (typeof value === 'string') return [{ path, text: value }]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, one]) => textsIn(one, [...path, key]))
}

/**
 * For bodies that come in, never for what was taken before: what an earlier release stored must stay readable. `readAs` is given the
 * path of a text, joined by dots.
 */
export const refusingUnreadable =
  (readAs: (path: string) => ReadAs) =>
  (body: unknown, context: z.RefinementCtx): void => {
    for (const { path, text } of textsIn(body)) {
      if (isReadable(readAs(path.join('.')), text)) continue
      context.addIssue({ code: 'custom', path: [...path], params: { rule: 'unreadable_text' } })
    }
  }
