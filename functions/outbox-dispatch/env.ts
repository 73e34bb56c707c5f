import * as z from 'zod'
import { cellVariables, queueVariables, recordVariables } from '../../shared/contracts/environment.ts'
import { queueNames } from '../../shared/contracts/messages.ts'

/** What the construct must give this function; a variable missing there fails the synthesis. */
export const EnvironmentSchema = z.object({
  ...cellVariables,
  ...recordVariables,
  ...queueVariables(...queueNames),
})
export type Environment = z.infer<typeof EnvironmentSchema>
