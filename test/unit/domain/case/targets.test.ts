import { describe, expect, test } from 'vitest'
import type { CaseCommand } from '../../../../shared/domain/case/commands.ts'
import type { CaseBirth } from '../../../../shared/domain/case/events.ts'
import { addMinutes } from '../../../../shared/domain/instant.ts'
import {
  birth,
  claim,
  course,
  offer,
  report,
  START,
  submitWith,
  untilAvailable,
  untilDelivered,
  upload,
} from '../../../builders/case-builder.ts'

const HOUR = 60
const DAY = 24 * HOUR
const clocks = { ...birth().clocks, prelimMinutes: HOUR, finalMinutes: DAY }
const imagesOf = (scannedAt: string): CaseCommand => ({
  ...{ command: 'count-images', expected: 2, stored: 2, failed: 0, complete: true },
  scannedAt,
})
/** Available two minutes after its submission, claimed two minutes later. */
const claimedWith = (born: Partial<CaseBirth>, scannedAt: string) =>
  course([submitWith(born), upload, imagesOf(scannedAt), offer, { command: 'claim', claim }]).case
const AVAILABLE = addMinutes(START, 2)
const scan = addMinutes(START, -20)

describe('the clock of a preliminary report', () => {
  const fromScan = { clocks, prelimFrom: 'scan' } as const

  test('begins with the scan where the pathway says so, and otherwise when the study is there', () => {
    expect(claimedWith(fromScan, scan).target).toMatchObject({ clock: 'prelim', startedAt: scan })
    expect(claimedWith({ ...fromScan, prelimFrom: 'study-available' }, scan).target?.startedAt).toBe(AVAILABLE)
  })

  test.each([
    ['that says nothing of when', undefined],
    ['made more than a day before anybody referred it', addMinutes(START, -DAY - 1)],
    ['that would begin after it arrived', addMinutes(START, 60)],
  ])('begins when the study is there for a scan %s', (_, scannedAt) => {
    const images = scannedAt === undefined ? untilAvailable[2]! : imagesOf(scannedAt)
    const { target } = course([submitWith(fromScan), upload, images, offer, { command: 'claim', claim }]).case
    expect(target?.startedAt).toBe(AVAILABLE)
  })
})

describe('the backstop', () => {
  test('has every final report due 28 days from the scan, however slow the pathway', () => {
    const slow = { clocks: { ...clocks, prelimMinutes: null, finalMinutes: 60 * DAY } }
    expect(claimedWith(slow, scan).target).toMatchObject({
      ...{ clock: 'final', startedAt: scan, targetMinutes: 28 * DAY, rungsClimbed: 0 },
      dueAt: addMinutes(scan, 28 * DAY),
    })
    const within = { clocks: { ...clocks, prelimMinutes: null, finalMinutes: 7 * DAY } }
    expect(claimedWith(within, scan).target?.dueAt).toBe(addMinutes(AVAILABLE, 7 * DAY))
  })

  test('holds after a preliminary report, for the final that is still owed', () => {
    const slow = { clocks: { ...clocks, finalMinutes: 60 * DAY } }
    const commands = [submitWith(slow), upload, imagesOf(scan), offer, { command: 'claim', claim } as const]
    expect(course([...commands, report('preliminary')]).case.target?.dueAt).toBe(addMinutes(scan, 28 * DAY))
  })

  test('has every case late that nobody has claimed after 21 days', () => {
    const slow = { clocks: { ...clocks, finalMinutes: 60 * DAY, unclaimedMinutes: 50 * DAY } }
    const { target } = course([submitWith(slow), upload, imagesOf(scan)]).case
    expect(target).toMatchObject({ clock: 'unclaimed', dueAt: addMinutes(AVAILABLE, 21 * DAY) })
  })
})

test('a delivered report waits for its acknowledgement as long as its pathway says', () => {
  const patient = submitWith({ clocks: { ...clocks, acknowledgeMinutes: 90 } })
  const { timer } = course([patient, ...untilDelivered.slice(1)]).case
  expect(timer?.dueAt).toBe(addMinutes(timer?.startedAt ?? '', 90))
})
