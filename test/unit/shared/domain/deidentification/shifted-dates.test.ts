import { describe, expect, it } from 'vitest'
import { shiftTemporal } from '../../../../../shared/domain/deidentification/shifted-dates.ts'

describe('Shifted dates', () => {
  it.each([
    ['a date', 'DA', '20261124', '20261123'],
    ['a date of an old edition', 'DA', '2026.11.24', '20261123'],
    ['a date over the end of February', 'DA', '20240301', '20240229'],
    ['a date over the end of the year', 'DA', '20260101', '20251231'],
    ['two dates', 'DA', '20261124\\20261125', '20261123\\20261124'],
    ['an empty date among others', 'DA', '\\20261125', '\\20261124'],
    ['a date and time', 'DT', '20261124101112.123456', '20261123101112.123456'],
    ['a date and time with a zone, which goes', 'DT', '20261124101112+0100', '20261123101112'],
    ['a time, which stays', 'TM', '101112.5', '101112.5'],
    ['a time to the minute', 'TM', '1011', '1011'],
  ])('%s moves back by the days', (_, vr, text, expected) => {
    expect(shiftTemporal(vr, text, 1)).toBe(expected)
  })

  it.each([
    ['a day that does not exist', 'DA', '20260230'],
    ['a month that does not exist', 'DA', '20261301'],
    ['a year before radiology', 'DA', '17991231'],
    ['a range', 'DA', '20260101-20260201'],
    ['half a date', 'DA', '202611'],
    ['text', 'DA', 'SMITH'],
    ['a date beside text', 'DA', '20260101\\SMITH'],
    ['a year alone', 'DT', '2026'],
    ['text for a time', 'TM', 'noon'],
    ['what is no date by its VR', 'LO', '20261124'],
  ])('%s cannot be moved, so it cannot stay', (_, vr, text) => {
    expect(shiftTemporal(vr, text, 1)).toBeUndefined()
  })
})
