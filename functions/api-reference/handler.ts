import path from 'node:path'
import { surroundings } from '../../shared/adapters/aws/from-environment.ts'
import { pageFolder } from '../../shared/adapters/page-folder.ts'
import { standardLog } from '../../shared/runtime/log.ts'
import { entry } from './entry.ts'

/** The build puts the files of the page beside the bundle. */
export const handler = entry({
  ...surroundings,
  log: standardLog,
  pageFiles: pageFolder(path.join(import.meta.dirname, 'page')),
})
