import { unreadImages } from './asides.ts'
import { hasFinal, type Case } from './case.ts'
import type { CaseCommand } from './commands.ts'
import type { CaseDirectory } from './consequences.ts'
import type { Happening } from './evolve.ts'

/** Before acceptance nobody waits for images, and in an exception somebody looks at the case already. */
export function countHappenings(
  c: Case,
  command: Extract<CaseCommand, { command: 'count-images' }>,
  directory: CaseDirectory,
): Happening[] {
  const { command: _, nothingStored, scannedAt, ...counted } = command
  const dated = scannedAt !== undefined && scannedAt !== c.images.scannedAt && !hasFinal(c)
  const happened: Happening[] = [
    { type: 'images-counted', ...counted },
    ...(dated ? [{ type: 'scan-dated', scannedAt } as const] : []),
    ...(counted.stored > c.images.stored ? unreadImages(c, directory) : []),
  ]
  return nothingStored === undefined || c.phase.state !== 'awaiting-images'
    ? happened
    : [...happened, { type: 'exception-raised', code: nothingStored }]
}
