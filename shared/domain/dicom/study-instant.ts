import * as z from 'zod'
import { instantFromEpochMs, type Instant } from '../instant.ts'
import { localToEpochMs } from '../routing/local-time.ts'
import type { DicomJson } from './dicom-json-values.ts'

const [STUDY_DATE, STUDY_TIME, UTC_OFFSET] = ['00080020', '00080030', '00080201']

const valueOf = (dataSet: DicomJson, tag: string): string => {
  const [first] = dataSet[tag]?.Value ?? []
  return typeof first === 'string' ? first.trim() : ''
}

const MINUTE = 60_000

/**
 * When the study began, as an image of it says (0008,0020 0008,0030): by the offset that it states (0008,0201), else on the
 * wall clock of its site. Nothing for what is no date and time.
 */
export function studyInstant(dataSet: DicomJson, timeZone: string): Instant | undefined {
  const date = /^(\d{4})(\d{2})(\d{2})$/.exec(valueOf(dataSet, STUDY_DATE))
  const time = /^([01]\d|2[0-3])([0-5]\d)?/.exec(valueOf(dataSet, STUDY_TIME))
  if (date === null || time === null) return undefined
  const day = date.slice(1).join('-')
  const hour = `${time[1] ?? ''}:${time[2] ?? '00'}`
  if (!z.iso.date().safeParse(day).success) return undefined
  const offset = /^([+-])(\d{2})(\d{2})$/.exec(valueOf(dataSet, UTC_OFFSET))
  if (offset === null) return instantFromEpochMs(localToEpochMs(day, hour, timeZone))
  const minutes = Number(offset[2]) * 60 + Number(offset[3])
  const wall = Date.parse(`${day}T${hour}:00Z`)
  return instantFromEpochMs(wall - (offset[1] === '-' ? -minutes : minutes) * MINUTE)
}
