import * as z from 'zod'
import {
  bucketVariables,
  cellVariables,
  httpVariables,
  keyVariables,
  queueVariables,
  recordVariables,
  uploadKeyVariables,
} from '../../shared/contracts/environment.ts'

/** What the construct must give this function; a variable missing there fails the synthesis. */
export const EnvironmentSchema = z.object({
  ...cellVariables,
  ...httpVariables,
  ...recordVariables,
  ...bucketVariables('network', 'incoming'),
  ...uploadKeyVariables('incoming'),
  ...queueVariables('ingest-stat', 'ingest-urgent', 'ingest'),
  ...keyVariables('mac'),
})
export type Environment = z.infer<typeof EnvironmentSchema>
