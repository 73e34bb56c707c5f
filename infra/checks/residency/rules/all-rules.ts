import type { Rule } from '../rule.ts'
import { DATABASE_RULES } from './databases.ts'
import { DEPLOYMENT_RULES } from './deployment.ts'
import { FILE_TRANSFER_RULES } from './file-transfers.ts'
import { MESSAGE_RULES } from './messages.ts'
import { NETWORK_RULES } from './network.ts'
import { OBSERVABILITY_RULES } from './observability.ts'
import { STORAGE_RULES } from './storage.ts'

/** Every way out that a resource type or one of its properties opens. */
export const ALL_RULES: readonly Rule[] = [
  ...STORAGE_RULES,
  ...FILE_TRANSFER_RULES,
  ...DATABASE_RULES,
  ...NETWORK_RULES,
  ...MESSAGE_RULES,
  ...OBSERVABILITY_RULES,
  ...DEPLOYMENT_RULES,
]
