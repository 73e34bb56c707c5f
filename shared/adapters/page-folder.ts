import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import path from 'node:path'
import type { PageFiles } from '../ports/page-files.ts'

/** The files as they lie in a folder: beside a function's bundle, or in the installed package. */
export const pageFolder = (folder: string): PageFiles => ({ read: (name) => readFile(path.join(folder, name)) })

/** Where npm has installed them. */
export const installedPageFolder = (): string =>
  path.dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'))
