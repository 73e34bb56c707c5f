import * as z from 'zod'
import { bucketVariables, cellVariables, keyVariables, recordVariables } from '../../shared/contracts/environment.ts'

/** What the construct must give this function; a variable missing there fails the synthesis. */
export const EnvironmentSchema = z.object({
  ...cellVariables,
  ...recordVariables,
  ...bucketVariables('network', 'incoming', 'images', 'quarantine'),
  ...keyVariables('seal'),
})
export type Environment = z.infer<typeof EnvironmentSchema>
