import * as z from 'zod'
import {
  bucketVariables,
  cellVariables,
  deadLetterVariables,
  httpVariables,
  keyVariables,
  recordVariables,
  retentionVariables,
} from '../../shared/contracts/environment.ts'
import { queueNames } from '../../shared/contracts/messages.ts'

/** What the construct must give this function; a variable missing there fails the synthesis. */
export const EnvironmentSchema = z.object({
  ...cellVariables,
  ...httpVariables,
  ...recordVariables,
  ...retentionVariables,
  ...bucketVariables('network', 'incoming', 'images', 'copies', 'reports', 'quarantine'),
  ...deadLetterVariables(...queueNames),
  ...keyVariables('mac'),
})
export type Environment = z.infer<typeof EnvironmentSchema>
