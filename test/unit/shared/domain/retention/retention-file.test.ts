import { describe, expect, test } from 'vitest'
import { holds } from '../../../../../shared/domain/retention/legal-hold.ts'
import {
  decideRetention,
  emptyFile,
  RetentionFileSchema,
  type Erasure,
  type RetentionCommand,
  type RetentionFile,
} from '../../../../../shared/domain/retention/retention-file.ts'

const referralId = 'donau-klinikum.01k9zq3v5r8w2x4y6a8c0e2g4j'
const holdId = '01k9zq4m7d2f5h8k1n3q6s9v2x'
const at = '2026-11-24T10:00:00.000Z'
const later = '2026-11-24T11:00:00.000Z'

const step = (file: RetentionFile, command: RetentionCommand, by: string) => decideRetention(file, command, { at, by })
const after = (steps: readonly (readonly [RetentionCommand, string])[], file = emptyFile(referralId)): RetentionFile =>
  steps.reduce((before, [command, by]) => {
    const decision = step(before, command, by)
    if (decision.outcome === 'refused') throw new Error(`${command.command}: ${decision.code}`)
    return RetentionFileSchema.parse(decision.file)
  }, file)

const place: RetentionCommand = { command: 'place-hold', holdId, reason: 'litigation' }
const of = (command: 'confirm-hold' | 'ask-lift' | 'keep-hold' | 'confirm-lift'): RetentionCommand => ({
  command,
  holdId,
})
const isHeld = (file: RetentionFile): boolean => file.legalHolds.some((hold) => holds(hold, later))

describe('a legal hold', () => {
  test('holds from the first person on, and is confirmed by another', () => {
    const placed = after([[place, 'p-a']])
    expect(isHeld(placed)).toBe(true)
    expect(step(placed, of('confirm-hold'), 'p-a')).toEqual({ outcome: 'refused', code: 'second-person-needed' })
    expect(after([[of('confirm-hold'), 'p-b']], placed).legalHolds[0]?.confirmed).toEqual({ at, by: 'p-b' })
  })

  test('still holds when one person asked to lift it, and no longer when another agreed', () => {
    const asked = after([
      [place, 'p-a'],
      [of('confirm-hold'), 'p-b'],
      [of('ask-lift'), 'p-a'],
    ])
    expect(isHeld(asked)).toBe(true)
    expect(step(asked, of('confirm-lift'), 'p-a')).toEqual({ outcome: 'refused', code: 'second-person-needed' })
    expect(isHeld(after([[of('confirm-lift'), 'p-b']], asked))).toBe(false)
  })

  test('that somebody asked to lift is kept by anybody, and then takes two to lift again', () => {
    const kept = after([
      [place, 'p-a'],
      [of('ask-lift'), 'p-a'],
      [of('keep-hold'), 'p-a'],
    ])
    expect(step(kept, of('confirm-lift'), 'p-b')).toMatchObject({ code: 'illegal-transition' })
  })

  test.each(['confirm-hold', 'ask-lift', 'keep-hold', 'confirm-lift'] as const)(
    'once lifted takes no %s',
    (command) => {
      const lifted = after([
        [place, 'p-a'],
        [of('ask-lift'), 'p-a'],
        [of('confirm-lift'), 'p-b'],
      ])
      expect(step(lifted, of(command), 'p-c')).toMatchObject({ code: 'illegal-transition' })
    },
  )

  test('that nobody placed is not found', () => {
    expect(step(emptyFile(referralId), of('ask-lift'), 'p-a')).toEqual({ outcome: 'refused', code: 'not-found' })
  })
})

describe('a request for erasure', () => {
  const request: RetentionCommand = { command: 'request-erasure', basis: 'data-subject-request' }

  test('stands once, and can be taken back until it is confirmed', () => {
    const requested = after([[request, 'p-a']])
    expect(requested.erasure).toMatchObject({ state: 'requested', requestedBy: 'p-a' })
    expect(step(requested, request, 'p-b')).toMatchObject({ code: 'illegal-transition' })
    expect(after([[{ command: 'withdraw-erasure' }, 'p-b']], requested).erasure).toBeNull()
    expect(step(emptyFile(referralId), { command: 'withdraw-erasure' }, 'p-a')).toMatchObject({
      code: 'illegal-transition',
    })
  })

  const begun = {
    requestedAt: at,
    requestedBy: 'p-a',
    basis: 'retention-over' as const,
    begunAt: at,
    confirmedBy: 'p-b',
    ruleIds: [],
    policyVersion: 'v',
  }
  const proof = { objects: 1, bytes: 1, records: 1 }
  const states: readonly Erasure[] = [
    { state: 'erasing', ...begun },
    { state: 'wiped', ...begun, proof },
    { state: 'erased', ...begun, proof, erasedAt: at },
  ]
  test.each(states.map((erasure) => [erasure.state, erasure] as const))(
    'that is %s takes neither a hold nor a withdrawal: it would promise what is gone',
    (_state, erasure) => {
      const file = { ...after([[place, 'p-a']]), erasure }
      const commands: RetentionCommand[] = [place, of('confirm-hold'), request, { command: 'withdraw-erasure' }]
      for (const command of commands) expect(step(file, command, 'p-c')).toMatchObject({ code: 'illegal-transition' })
    },
  )
})
