import { expect, test } from 'vitest'
import { studyInstant } from '../../../../../shared/domain/dicom/study-instant.ts'

const said = (date?: string, time?: string, offset?: string) => ({
  ...(date === undefined ? {} : { '00080020': { vr: 'DA', Value: [date] } }),
  ...(time === undefined ? {} : { '00080030': { vr: 'TM', Value: [time] } }),
  ...(offset === undefined ? {} : { '00080201': { vr: 'SH', Value: [offset] } }),
})

test.each([
  ['in the hours of its site', said('20261124', '093015.123'), '2026-11-24T08:30:00.000Z'],
  ['in summer time there', said('20260724', '0930'), '2026-07-24T07:30:00.000Z'],
  ['by the hour alone', said('20261124', '09'), '2026-11-24T08:00:00.000Z'],
  ['by the offset that the image states', said('20261124', '093015', '-0330'), '2026-11-24T13:00:00.000Z'],
  ['not at all, without a time', said('20261124'), undefined],
  ['not at all, without a date', said(undefined, '0930'), undefined],
  ['not at all on a day that is none', said('20260231', '0930'), undefined],
  ['not at all in a month that is none', said('20261399', '0930'), undefined],
  ['not at all by an hour that is none', said('20261124', '2530'), undefined],
])('a study is dated %s', (_, dataSet, instant) => {
  expect(studyInstant(dataSet, 'Europe/Vienna')).toBe(instant)
})
