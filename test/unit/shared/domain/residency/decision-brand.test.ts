/* eslint-disable @typescript-eslint/no-unsafe-class-instance-assignment, @typescript-eslint/no-misused-spread -- forging is the test */
import { describe, expect, it } from 'vitest'
import {
  decide,
  permits,
  type IdentifiableRead,
  type InRegionView,
  type ResidencyDecision,
} from '../../../../../shared/domain/residency/decide.ts'
import { confirmedPolicy } from '../../../../fixtures/confirmed-policy.ts'
import { fullEvidence, readerIn } from '../../../../fixtures/residency-evidence.ts'

const reader = readerIn('DE')
const evidence = fullEvidence(confirmedPolicy.policy, 'DE', reader)
const signUrl = (permit: IdentifiableRead): string => permit.record.readerId
const showFrame = (permit: InRegionView): string => permit.record.readerId

/** Each `@ts-expect-error` is the test: the type check fails when the line below it compiles. */
describe('A decision that did not come from decide does not compile', () => {
  const decision = decide(confirmedPolicy, 'DE', reader, 'image-access', evidence)

  it('when it is written by hand', () => {
    const { record } = decision
    // @ts-expect-error a literal lacks the private name
    const forged: ResidencyDecision = { record, mode: 'read_identifiable', toJSON: () => record }
    expect(permits(forged, 'read_identifiable')).toBe(false)
  })

  it('when it is a spread copy with a wider mode', () => {
    // @ts-expect-error spreading loses the private name
    const forged: ResidencyDecision = { ...decision, mode: 'read_identifiable' }
    expect(permits(forged, 'read_identifiable')).toBe(false)
  })

  it('when it is the stored record', () => {
    // @ts-expect-error a record is evidence of a decision, not one
    expect(() => signUrl(decision.record)).toThrow()
  })

  it('when nobody asked whether it allows this', () => {
    // @ts-expect-error a decision is not yet a permit
    expect(signUrl(decision)).toBe('reader-1')
    expect(permits(decision, 'read_identifiable') && signUrl(decision)).toBe('reader-1')
  })

  it('when it allows less than is asked', () => {
    // @ts-expect-error a view is no right to the object
    expect(permits(decision, 'view_in_region_identifiable') && signUrl(decision)).toBe('reader-1')
    expect(permits(decision, 'view_in_region_identifiable') && showFrame(decision)).toBe('reader-1')
  })

  it('when it was made for an offer and not for image access', () => {
    const offer = decide(confirmedPolicy, 'DE', reader, 'offer', evidence)
    // @ts-expect-error an offer is no right to pixels
    expect(permits(offer, 'read_identifiable') && signUrl(offer)).toBe('reader-1')
  })

  it('when forbidden is asked for as if it were a right', () => {
    // @ts-expect-error forbidden is never permitted
    expect(permits(decision, 'forbidden')).toBe(true)
  })
})
