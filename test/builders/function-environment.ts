import { environmentSchemas } from '../../infra/constructs/environment-schemas.ts'
import { defaultRetentionPolicy } from '../../shared/domain/retention/retention-rules.ts'
import { defaultDeidentificationPolicy } from '../../shared/domain/deidentification/deidentification-policy.ts'
import type { CapabilityName } from '../../shared/contracts/capabilities.ts'

/** Values of the right form for every variable of a function. */
export const environmentFor = (name: CapabilityName): Record<string, string> => {
  const formed: Record<string, string> = {
    ACCOUNT_ID: '111122223333',
    AWS_REGION: 'eu-central-1',
    RESIDENCY_FINDINGS: '0',
    MACHINE_BASE_URL: 'https://machines.example',
    COPY_NAMES_KEY: 'arn:aws:kms:eu-central-1:111122223333:key/1',
    DEIDENTIFICATION: JSON.stringify(defaultDeidentificationPolicy),
    TOKEN_ISSUER: 'https://identity.example',
    TOKEN_JWKS_URL: 'https://identity.example/.well-known/jwks.json',
    ADDRESS_COUNTRIES: '[]',
    LOOPBACK_AGREES: 'false',
    RETENTION_POLICY: JSON.stringify(defaultRetentionPolicy),
  }
  const value = (variable: string): string => {
    if (/^(QUEUE|DEAD_LETTERS)_/.test(variable)) return 'https://sqs.eu-central-1.amazonaws.com/111122223333/queue'
    if (/^(KEY|UPLOAD_KEY)_/.test(variable)) return 'arn:aws:kms:eu-central-1:111122223333:key/1'
    return formed[variable] ?? 'x'
  }
  return Object.fromEntries(Object.keys(environmentSchemas[name].shape).map((variable) => [variable, value(variable)]))
}
