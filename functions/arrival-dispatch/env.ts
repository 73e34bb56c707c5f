import * as z from 'zod'
import { cellVariables, queueVariables } from '../../shared/contracts/environment.ts'

/** What the construct must give this function; a variable missing there fails the synthesis. */
export const EnvironmentSchema = z.object({
  ...cellVariables,
  ...queueVariables('ingest-stat', 'ingest-urgent', 'ingest'),
})
export type Environment = z.infer<typeof EnvironmentSchema>
