import * as z from 'zod'
import document from './basic-profile.policy.json' with { type: 'json' }

/** The options of PS3.15 E.3 that have a column in Table E.1-1, by the letter that the table here uses. */
export type ProfileOption = 'r' | 'u' | 'i' | 'n' | 'p' | 'f' | 'm' | 'd' | 's' | 'g'

/** One row of Table E.1-1: what the Basic Profile does with an attribute, and what each option does instead. */
export interface ProfileRow {
  /** The codes of the Basic Profile, strictest first: `X/Z/D` is `['X', 'Z', 'D']`. */
  readonly basic: readonly ProfileAction[]
  readonly options: Readonly<Partial<Record<ProfileOption, 'K' | 'C'>>>
}
export type ProfileAction = 'D' | 'Z' | 'X' | 'U' | 'U*'

const actionPattern = /^(X|Z|D|U\*?)(\/(X|Z|D|U\*?))*$/
const RowText = z.string().regex(/^([0-9A-F]{4}|\*) [XZDU/*]+( [runipfmdsg][KC])*$/)

const TableSchema = z.strictObject({
  schema: z.literal('overread/basic-profile@1'),
  edition: z.string().min(1),
  form: z.string(),
  codes: z.record(z.string(), z.string()),
  options: z.record(z.string(), z.string()),
  rows: z.record(z.string().regex(/^([0-9A-F]{4}|50xx|60xx|odd)$/), z.array(RowText)),
})

const table = TableSchema.parse(document)

const readRow = (text: string): readonly [element: string, row: ProfileRow] => {
  const [element = '', action = '', ...options] = text.split(' ')
  if (!actionPattern.test(action)) throw new Error(`no action of Table E.1-1: ${text}`)
  return [
    element,
    {
      basic: action.split('/') as ProfileAction[],
      options: Object.fromEntries(options.map((option) => [option.slice(0, 1), option.slice(1)])),
    },
  ]
}

const rows: ReadonlyMap<string, ProfileRow> = new Map(
  Object.entries(table.rows).flatMap(([group, texts]) =>
    texts.map((text) => {
      const [element, row] = readRow(text)
      return [`${group}${element}`, row] as const
    }),
  ),
)

/** The edition of the standard that the table stands for. It grows each year; a test compares it with the reference. */
export const basicProfileEdition = table.edition

/** Every row by its key: `00100010`, or `odd*`, `50xx*`, `60xx3000`, `60xx4000` for what stands for many elements. */
export const basicProfileRows = rows

const exactRows: ReadonlyMap<number, ProfileRow> = new Map(
  [...rows].flatMap(([key, row]) => (/^[0-9A-F]{8}$/.test(key) ? [[parseInt(key, 16), row] as const] : [])),
)

/** The row that governs a tag, if Table E.1-1 has one. Repeating groups and private groups have rows of their own. */
export const profileRow = (tag: number): ProfileRow | undefined => {
  const group = Math.floor(tag / 0x10000)
  if (group % 2 === 1) return rows.get('odd*')
  if (group >>> 8 === 0x50) return rows.get('50xx*')
  if (group >>> 8 === 0x60) return rows.get(`60xx${(tag % 0x10000).toString(16).padStart(4, '0')}`)
  return exactRows.get(tag)
}
