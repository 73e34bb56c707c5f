import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'

/** A folder of its own for each call, gone after the file's last test. */
export const scratchFolder = (name: string): string => {
  const folder = mkdtempSync(join(tmpdir(), `overread-${name}-`))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}
