import { Validations } from 'aws-cdk-lib'
import type { IConstruct } from 'constructs'
import { bucketClasses } from '../../shared/contracts/bucket-classes.ts'
import type { CellStacks } from '../app.ts'
import { AcknowledgedSchema, type Acknowledgement } from '../checks/acknowledgements/acknowledgement.ts'
import reviewed from '../checks/acknowledgements/acknowledged.json' with { type: 'json' }
import { bucketArn } from '../constructs/names.ts'
import type { CellDeployment } from '../deployments/deployment.ts'

/** A finding names a bucket by its ARN; the reviewed file by its class, `{images}`, since a deployment has many cells. */
export const findingOf = (id: string, cell: CellDeployment): string =>
  bucketClasses.reduce((text, bucket) => text.replace(`{${bucket}}`, bucketArn(cell, bucket)), id)

const acknowledge = (stacks: CellStacks, { ids, stack, construct, reason, owner, expires }: Acknowledgement): void => {
  if (stack !== 'state' && stack !== 'service' && stack !== 'observability')
    throw new Error(`no stack is of kind ${stack}`)
  const found = construct.split('/').reduce<IConstruct>((scope, child) => scope.node.findChild(child), stacks[stack])
  for (const id of ids)
    Validations.of(found).acknowledge({
      id: findingOf(id, stacks.cell),
      reason: `${reason} (${owner}, until ${expires})`,
    })
}

/** Sets what the reviewed file lists, and nothing else, on every cell. */
export const acknowledgeReviewed = (cells: readonly CellStacks[]): void => {
  const { acknowledgements } = AcknowledgedSchema.parse(reviewed)
  for (const stacks of cells) for (const one of acknowledgements) acknowledge(stacks, one)
}
