import * as z from 'zod'
import { cellVariables } from '../../shared/contracts/environment.ts'

/** What the construct must give this function; a variable missing there fails the synthesis. */
export const EnvironmentSchema = z.object({ ...cellVariables })
export type Environment = z.infer<typeof EnvironmentSchema>
