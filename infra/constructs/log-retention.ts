import { RetentionDays } from 'aws-cdk-lib/aws-logs'
import type { CellDeployment } from '../deployments/deployment.ts'

const known = Object.values(RetentionDays).filter((days) => typeof days === 'number')

/** CloudWatch knows certain numbers of days and no others; the deployment's schema lets only those through. */
export const retentionOf = ({ retention }: CellDeployment): RetentionDays => {
  const found = known.find((days: number) => days === retention.logDays)
  if (found === undefined) throw new Error(`logs cannot be kept for ${retention.logDays} days`)
  return found
}
