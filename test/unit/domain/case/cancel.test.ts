import { describe, expect, test } from 'vitest'
import type { CaseCommand } from '../../../../shared/domain/case/commands.ts'
import { decideCase } from '../../../../shared/domain/case/decide.ts'
import {
  contextAt,
  course,
  report,
  submit,
  untilAvailable,
  untilClaimed,
  untilDelivered,
  untilFinal,
} from '../../../builders/case-builder.ts'

const raise: CaseCommand = { command: 'raise-exception', code: 'processing-failed' }
const cancel = (before: readonly CaseCommand[]) =>
  decideCase(course(before).case, { command: 'cancel', reason: 'other' }, contextAt('2026-11-24T04:00:00.000Z'))

describe('cancelling a case that is held', () => {
  test.each([
    ['the preliminary report', [...untilClaimed, report('preliminary'), raise]],
    ['the final report', [...untilFinal, raise]],
    ['the delivered report', [...untilDelivered, raise]],
  ])('is refused where %s is in it: an exception is no way round', (_, before) => {
    expect(cancel(before)).toEqual({ kind: 'refused', code: 'illegal-transition', facts: { state: 'exception' } })
  })

  test.each([
    ['accepted', [submit(), raise]],
    ['available', [...untilAvailable, raise]],
    ['claimed', [...untilClaimed, raise]],
    ['claimed and waiting for the referrer', [...untilClaimed, { command: 'request-information', item: 'consent' }]],
  ] as [string, CaseCommand[]][])('is possible where it was %s', (_, before) => {
    expect(cancel(before)).toMatchObject({ kind: 'accepted', case: { phase: { state: 'cancelled' }, reports: [] } })
  })
})
