import { asideFollowing } from './asides.ts'
import type { Case } from './case.ts'
import type { CaseDirectory } from './consequences.ts'
import type { Happening } from './evolve.ts'

/**
 * What follows of itself: images that were waiting for acceptance, or that end the exception raised for their absence, and what
 * begins and ends beside the path.
 */
export function followUp(c: Case, directory: CaseDirectory): Happening | undefined {
  const { phase, images } = c
  const aside = asideFollowing(c, directory)
  if (aside !== undefined) return aside
  if (phase.state === 'accepted' && images.complete) return { type: 'study-became-available' }
  if (phase.state === 'awaiting-images' && images.complete) return { type: 'study-became-available' }
  if (phase.state === 'accepted' && images.expected > 0) return { type: 'images-awaited' }
  if (
    phase.state === 'exception' &&
    images.complete &&
    ['accepted', 'awaiting-images'].includes(phase.returnTo.state)
  ) {
    return { type: 'exception-resolved', code: phase.code, resolution: 'the images arrived' }
  }
  return undefined
}
