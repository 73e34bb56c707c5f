import type { BucketClass } from '../../shared/contracts/bucket-classes.ts'
import type { CapabilityName } from '../../shared/contracts/capabilities.ts'
import type { CellDeployment } from '../deployments/deployment.ts'
import { placeOf } from '../stacks/cell-stack.ts'

/** `route-stat` -> `RouteStat`: how a construct is called. */
export const pascal = (name: string): string =>
  name.replace(/(^|-)([a-z])/g, (_, __, letter: string) => letter.toUpperCase())

/**
 * Names that policies need before the resource exists: a bucket's in the key policy of the queue it notifies, a function's in
 * its own role. They hold the cell and what the thing is for, never a patient, a site or a person.
 */
export const bucketName = ({ cellId, account }: CellDeployment, bucket: BucketClass | 'access-logs' | '*'): string =>
  `overread-${cellId}-${bucket}-${account}`

export const bucketArn = (cell: CellDeployment, bucket: BucketClass | 'access-logs' | '*'): string =>
  `arn:${placeOf(cell).partition}:s3:::${bucketName(cell, bucket)}`

export const functionName = ({ cellId }: CellDeployment, capability: CapabilityName): string =>
  `overread-${cellId}-${capability}`

export const functionArn = (cell: CellDeployment, capability: CapabilityName): string => {
  const { partition, region, account } = placeOf(cell)
  return `arn:${partition}:lambda:${region}:${account}:function:${functionName(cell, capability)}`
}

export const logGroupPrefix = ({ cellId }: CellDeployment): string => `/overread/${cellId}`

export const logGroupName = (cell: CellDeployment, of: CapabilityName | 'access'): string =>
  `${logGroupPrefix(cell)}/${of}`

export const logGroupArn = (cell: CellDeployment, of: CapabilityName | 'access' | '*'): string => {
  const { partition, region, account } = placeOf(cell)
  return `arn:${partition}:logs:${region}:${account}:log-group:${logGroupPrefix(cell)}/${of}`
}

export const sweepRuleName = ({ cellId }: CellDeployment): string => `overread-${cellId}-minute-sweep`

export const sweepRuleArn = (cell: CellDeployment): string => {
  const { partition, region, account } = placeOf(cell)
  return `arn:${partition}:events:${region}:${account}:rule/${sweepRuleName(cell)}`
}

export const alarmNamePrefix = ({ cellId }: CellDeployment): string => `overread-${cellId}-`

export const alarmArns = (cell: CellDeployment): string => {
  const { partition, region, account } = placeOf(cell)
  return `arn:${partition}:cloudwatch:${region}:${account}:alarm:${alarmNamePrefix(cell)}*`
}
