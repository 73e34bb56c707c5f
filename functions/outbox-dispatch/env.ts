import * as z from 'zod'
import { cellVariables, queueVariables, recordVariables } from '../../shared/contracts/environment.ts'

/** What the construct must give this function; a variable missing there fails the synthesis. */
export const EnvironmentSchema = z.object({
  ...cellVariables,
  ...recordVariables,
  ...queueVariables('ingest', 'route-stat', 'route-urgent', 'route-routine', 'copies', 'delivery', 'numbers'),
})
export type Environment = z.infer<typeof EnvironmentSchema>
