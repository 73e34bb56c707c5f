import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import {
  basicProfileEdition,
  basicProfileRows,
  profileRow,
} from '../../../../../shared/domain/deidentification/basic-profile.ts'

const reference = new URL(
  '../../../../../../shared/dicom-standard/confidentiality_profile_attributes.json',
  import.meta.url,
)
const RowSchema = z.looseObject({ id: z.string(), tag: z.string(), basicProfile: z.string() })

const optionColumns: Readonly<Record<string, string>> = {
  r: 'rtnSafePrivOpt',
  u: 'rtnUIDsOpt',
  i: 'rtnDevIdOpt',
  n: 'rtnInstIdOpt',
  p: 'rtnPatCharsOpt',
  f: 'rtnLongFullDatesOpt',
  m: 'rtnLongModifDatesOpt',
  d: 'cleanDescOpt',
  s: 'cleanStructContOpt',
  g: 'cleanGraphOpt',
}

const keyOf = (id: string): string => {
  if (id.startsWith('gggg')) return 'odd*'
  if (id.startsWith('50xx')) return '50xx*'
  return id.startsWith('60xx') ? id : id.toUpperCase()
}

describe('Table E.1-1 as the project carries it', () => {
  it.skipIf(!existsSync(reference))('says of every attribute what the reference says, option by option', () => {
    const rows = z.array(RowSchema).parse(JSON.parse(readFileSync(reference, 'utf8')))
    const expected = rows.map((row) => [
      keyOf(row.id),
      row.basicProfile,
      Object.fromEntries(
        Object.entries(optionColumns).flatMap(([letter, column]) => (column in row ? [[letter, row[column]]] : [])),
      ),
    ])
    const own = [...basicProfileRows].map(([key, row]) => [key, row.basic.join('/'), row.options])
    const byKey = (a: unknown[], b: unknown[]) => String(a[0]).localeCompare(String(b[0]))
    expect(own.toSorted(byKey)).toEqual(expected.toSorted(byKey))
  })

  it('has 621 rows and names the edition they are of', () => {
    expect(basicProfileRows.size).toBe(621)
    expect(basicProfileEdition).toContain('PS3.15 Table E.1-1')
  })

  it.each([
    ['the patient\u2019s name', 0x00100010, ['Z']],
    ['a study UID', 0x0020000d, ['U']],
    ['a private element', 0x00291010, ['X']],
    ['a private creator', 0x00290010, ['X']],
    ['overlay data of any plane', 0x60163000, ['X']],
    ['an overlay comment', 0x60004000, ['X']],
    ['any curve element', 0x50120010, ['X']],
    ['rows of pixels', 0x00280010, undefined],
    ['overlay rows', 0x60000010, undefined],
  ])('finds the row of %s', (_, tag, basic) => {
    expect(profileRow(tag)?.basic).toEqual(basic)
  })
})
