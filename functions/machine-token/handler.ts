import { keysFrom, networkFrom, recordsFrom, surroundings } from '../../shared/adapters/aws/from-environment.ts'
import { standardLog } from '../../shared/runtime/log.ts'
import { entry } from './entry.ts'
import { EnvironmentSchema } from './env.ts'

const env = EnvironmentSchema.parse(process.env)
const issuer = { baseUrl: env.MACHINE_BASE_URL, audience: env.TOKEN_AUDIENCE }

export const handler = entry({
  ...surroundings,
  log: standardLog,
  store: recordsFrom(env),
  network: networkFrom(env),
  keys: keysFrom(env),
  machineIssuer: () => issuer,
})
