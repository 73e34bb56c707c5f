import {
  addressesFrom,
  keysFrom,
  networkFrom,
  objectsFrom,
  queuesFrom,
  recordsFrom,
  surroundings,
  uploadsFrom,
} from '../../shared/adapters/aws/from-environment.ts'
import { standardLog } from '../../shared/runtime/log.ts'
import { tokensFrom } from '../../shared/runtime/token-verifier.ts'
import { entry } from './entry.ts'
import { EnvironmentSchema } from './env.ts'

const env = EnvironmentSchema.parse(process.env)

export const handler = entry({
  ...surroundings,
  log: standardLog,
  tokens: tokensFrom(env, surroundings.clock),
  addresses: addressesFrom(env),
  store: recordsFrom(env),
  network: networkFrom(env),
  objects: objectsFrom(env),
  uploads: uploadsFrom(env),
  queues: queuesFrom(env),
  keys: keysFrom(env),
})
