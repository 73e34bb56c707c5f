import type { Case } from './case.ts'
import type { CaseCommand } from './commands.ts'
import type { Happening } from './evolve.ts'

/** Before acceptance nobody waits for images, and in an exception somebody looks at the case already. */
export function countHappenings(c: Case, command: Extract<CaseCommand, { command: 'count-images' }>): Happening[] {
  const { command: _, nothingStored, scannedAt, ...counted } = command
  const dated = scannedAt !== undefined && scannedAt !== c.images.scannedAt
  const happened: Happening[] = [
    { type: 'images-counted', ...counted },
    ...(dated ? [{ type: 'scan-dated', scannedAt } as const] : []),
  ]
  return nothingStored === undefined || c.phase.state !== 'awaiting-images'
    ? happened
    : [...happened, { type: 'exception-raised', code: nothingStored }]
}
