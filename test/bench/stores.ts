import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const used: string[] = []

export const newStore = (prefix: string): string => {
  const folder = mkdtempSync(join(process.env['OVERREAD_BENCH_DIR'] ?? tmpdir(), prefix))
  used.push(folder)
  return folder
}

/**
 * Once the last run is over, and never between two: for a minute ext4 looks at each inode that was deleted before it makes a
 * file, so that a run would pay for the removal of the one before.
 */
export const removeStores = (): void => {
  for (const folder of used.splice(0)) rmSync(folder, { recursive: true, force: true })
}
