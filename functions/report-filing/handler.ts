import * as aws from '../../shared/adapters/aws/from-environment.ts'
import { standardLog } from '../../shared/runtime/log.ts'
import { policyDocument } from '../../shared/runtime/policy-document.ts'
import { tokensFrom } from '../../shared/runtime/token-verifier.ts'
import { entry } from './entry.ts'
import { EnvironmentSchema } from './env.ts'

const env = EnvironmentSchema.parse(process.env)

export const handler = entry({
  ...aws.surroundings,
  log: standardLog,
  tokens: tokensFrom(env, aws.surroundings.clock),
  addresses: aws.addressesFrom(env),
  store: aws.recordsFrom(env),
  network: aws.residencyFrom(env, policyDocument),
  cell: aws.cellFrom(env),
  objects: aws.objectsFrom(env),
  uploads: aws.uploadsFrom(env),
  downloads: aws.downloadsFrom(env),
  keys: aws.keysFrom(env),
})
