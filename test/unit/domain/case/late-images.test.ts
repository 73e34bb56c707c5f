import { describe, expect, test } from 'vitest'
import { relationsOf } from '../../../../shared/domain/access/relations.ts'
import type { Case } from '../../../../shared/domain/case/case.ts'
import type { CaseCommand } from '../../../../shared/domain/case/commands.ts'
import { decideCase } from '../../../../shared/domain/case/decide.ts'
import { nextDueAt } from '../../../../shared/domain/case/due.ts'
import { replay } from '../../../../shared/domain/case/evolve.ts'
import { minutesBetween } from '../../../../shared/domain/instant.ts'
import {
  contextAt,
  course,
  network,
  report,
  START,
  submit,
  untilDelivered,
  untilFinal,
  upload,
} from '../../../builders/case-builder.ts'
import { principalOf } from '../../../builders/reading-room.ts'

const acknowledged: CaseCommand[] = [...untilDelivered, { command: 'acknowledge' }]
const late: CaseCommand = { ...upload, uploadId: 'u-2' } as CaseCommand
const counted = (stored: number, complete = true): CaseCommand => ({
  command: 'count-images',
  expected: 4,
  stored,
  failed: 0,
  complete,
})
const seen: CaseCommand = { command: 'review-late-images', outcome: 'nothing-to-add' }
const openOf = ({ exceptions }: Case) => exceptions.filter(({ resolvedAt }) => resolvedAt === undefined)
const weber = { role: 'reader', orgId: 'rheinblick-radiology', personId: 'p-weber' }

describe('images that come after the final report', () => {
  test.each([
    ['is signed', untilFinal],
    ['is delivered', untilDelivered],
    ['is acknowledged', acknowledged],
  ])('which %s are taken in, and are its reader’s to look at', (_, before) => {
    const { case: c, events } = course([...before, late])
    expect(c.phase).toEqual(course(before).case.phase)
    expect(c.images).toMatchObject({ expected: 4, stored: 2, complete: false })
    expect(openOf(c)).toMatchObject([{ code: 'images-after-report', owner: weber }])
    expect(relationsOf(c, principalOf('p-weber'), network)).toContain('holder')
    expect(replay(events)).toEqual(c)
  })

  test('are one exception, however often they are sent, until somebody has looked; what comes then is another', () => {
    const once = course([...acknowledged, late, late, counted(3, false), counted(4)]).case
    expect(openOf(once)).toHaveLength(1)
    const reviewed = course([...acknowledged, late, counted(3, false), seen]).case
    expect(openOf(reviewed)).toEqual([])
    expect(nextDueAt(reviewed)).toBeNull()
    const again = course([...acknowledged, late, counted(3, false), seen, counted(3), counted(4)]).case
    expect(openOf(again)).toMatchObject([{ code: 'images-after-report' }])
    expect(again.exceptions).toHaveLength(2)
  })

  test('call their reader in a closed case too, then whoever stands above, each time they come', () => {
    const calls = (commands: readonly CaseCommand[]) => {
      let current = course(commands).case
      const called: [minutes: number, clock: string, personId: string][] = []
      while (called.length < 4) {
        const now = nextDueAt(current)
        if (now === null) throw new Error(`only ${called.length} calls`)
        const decision = decideCase(current, { command: 'fire-due', now }, contextAt(now))
        if (decision.kind === 'refused') throw new Error(decision.code)
        for (const e of decision.events)
          if (e.type === 'escalated')
            called.push([
              minutesBetween(openOf(current)[0]?.raisedAt ?? '', e.at),
              e.escalation.clock,
              e.escalation.personId,
            ])
        current = decision.case
      }
      return called
    }
    const first = calls([...acknowledged, late])
    expect(first.map(([minutes]) => minutes)).toEqual([15, 18.75, 22.5, 26.25])
    expect(first.map(([, , personId]) => personId)).toEqual(['p-weber', 'p-weber', 'p-operations', 'p-duty-vienna'])
    const second = calls([...acknowledged, late, seen, late])
    expect(second.map(([minutes, , personId]) => [minutes, personId])).toEqual(first.map(([m, , who]) => [m, who]))
    expect(new Set([...first, ...second].map(([, clock]) => clock)).size).toBe(2)
  })

  test('are not declared seen by the desk or the site, nor by an addendum that may be about something else', () => {
    const c = course([...untilDelivered, late, counted(4), report('addendum')]).case
    expect(openOf(c)).toHaveLength(1)
    const resolved = decideCase(c, { command: 'resolve-exception', resolution: 'other' }, contextAt(START))
    expect(resolved).toMatchObject({ code: 'illegal-transition' })
    expect(decideCase(c, seen, contextAt(START))).toMatchObject({ kind: 'accepted' })
  })

  test('are none before it, and there is nothing to review then', () => {
    expect(course([submit(), upload, counted(2)]).case.exceptions).toEqual([])
    expect(decideCase(course(untilDelivered).case, seen, contextAt(START))).toMatchObject({
      code: 'illegal-transition',
    })
  })

  test('do not date a scan again that the report’s clocks have counted from', () => {
    const dated = { ...counted(4), scannedAt: '2026-11-24T02:00:00.000Z' } as CaseCommand
    expect(course([...untilFinal, late, dated]).case.images.scannedAt).toBeUndefined()
  })

  test('sent while a failed delivery holds the case are its reader’s as well', () => {
    const failed: CaseCommand = { command: 'raise-exception', code: 'delivery-failed' }
    expect(openOf(course([...untilFinal, failed, late]).case).map(({ code }) => code)).toEqual([
      'delivery-failed',
      'images-after-report',
    ])
  })
})
