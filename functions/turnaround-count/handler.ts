import { networkFrom, recordsFrom, surroundings } from '../../shared/adapters/aws/from-environment.ts'
import { standardLog } from '../../shared/runtime/log.ts'
import { entry } from './entry.ts'
import { EnvironmentSchema } from './env.ts'

const env = EnvironmentSchema.parse(process.env)

export const handler = entry({
  ...surroundings,
  log: standardLog,
  store: recordsFrom(env),
  network: networkFrom(env),
})
