import { Stack, Token, type StackProps } from 'aws-cdk-lib'
import type { Construct } from 'constructs'
import { BadDeployment, type CellDeployment } from '../deployments/deployment.ts'

/** What every stack of a cell is told. */
export interface CellStackProps {
  readonly cell: CellDeployment
}

/** Account and region as plain text: policies, ARNs and the residency walk must be able to read them. */
export interface Place {
  readonly account: string
  readonly region: string
  readonly partition: string
}

const partitionOf = (region: string): string => {
  if (region.startsWith('cn-')) return 'aws-cn'
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws'
}

export const placeOf = ({ account, region }: Pick<CellDeployment, 'account' | 'region'>): Place => ({
  account,
  region,
  partition: partitionOf(region),
})

/** A stack pinned to its cell: an environment-agnostic one could be deployed where its origin may not be stored (RES-01). */
export class CellStack extends Stack {
  readonly cell: CellDeployment
  readonly place: Place

  constructor(scope: Construct, kind: 'state' | 'service' | 'observability', { cell }: CellStackProps) {
    const props: StackProps = {
      stackName: `overread-${cell.cellId}-${kind}`,
      env: { account: cell.account, region: cell.region },
      crossRegionReferences: false,
      description: `Overread, cell ${cell.cellId}: ${kind}`,
      tags: { product: 'overread', cell: cell.cellId, residency: cell.residencyOrigin },
    }
    super(scope, `${cell.cellId}-${kind}`, props)
    if (Token.isUnresolved(this.region) || Token.isUnresolved(this.account)) {
      throw new BadDeployment(`the ${kind} stack of ${cell.cellId} is not pinned to an account and region`)
    }
    this.cell = cell
    this.place = placeOf(cell)
  }
}
