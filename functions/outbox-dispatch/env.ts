import * as z from 'zod'
import { cellVariables, queueVariables, recordVariables } from '../../shared/contracts/environment.ts'
import { sentQueueNames } from '../../shared/contracts/messages.ts'

/** What the construct must give this function; a variable missing there fails the synthesis. */
export const EnvironmentSchema = z.object({
  ...cellVariables,
  ...recordVariables,
  ...queueVariables(...sentQueueNames),
})
export type Environment = z.infer<typeof EnvironmentSchema>
