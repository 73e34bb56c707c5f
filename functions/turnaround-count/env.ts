import * as z from 'zod'
import { bucketVariables, cellVariables, recordVariables } from '../../shared/contracts/environment.ts'

/** What the construct must give this function; a variable missing there fails the synthesis. */
export const EnvironmentSchema = z.object({
  ...cellVariables,
  ...recordVariables,
  ...bucketVariables('network'),
})
export type Environment = z.infer<typeof EnvironmentSchema>
