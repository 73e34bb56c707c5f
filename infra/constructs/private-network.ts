import { CfnSecurityGroup } from 'aws-cdk-lib/aws-ec2'
import { CfnFunction, type Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda'
import { Construct } from 'constructs'
import { capability, type CapabilityName } from '../../shared/contracts/capabilities.ts'
import type { CellDeployment } from '../deployments/deployment.ts'

/** Only who answers requests verifies tokens, and so asks the issuer for its keys; nothing else has anybody to call. */
const side = (name: CapabilityName): 'inner' | 'outer' => (capability(name).trigger === 'http' ? 'outer' : 'inner')

/**
 * Where the functions stand in the network of the deployer: nothing comes in, and out goes TLS alone. Where it may go to is for
 * that network to say, by its endpoints and their policies: a bound that no right of a role can pass over.
 */
export class PrivateNetwork extends Construct {
  private readonly cell: CellDeployment
  private readonly group: CfnSecurityGroup

  constructor(scope: Construct, id: string, cell: CellDeployment) {
    super(scope, id)
    this.cell = cell
    this.group = new CfnSecurityGroup(this, 'Group', {
      groupDescription: `Overread ${cell.cellId}: functions`,
      vpcId: cell.privateNetwork.vpcId,
      securityGroupEgress: [
        { ipProtocol: 'tcp', fromPort: 443, toPort: 443, cidrIp: '0.0.0.0/0', description: 'TLS, where routes lead' },
      ],
    })
  }

  /** On the function itself: CDK's own way would have it look the network up, or be told its zones. */
  place(name: CapabilityName, lambda: LambdaFunction): void {
    const made = lambda.node.defaultChild
    if (!(made instanceof CfnFunction)) throw new Error(`${name} is no function of CloudFormation`)
    made.vpcConfig = {
      subnetIds: [...this.cell.privateNetwork[side(name)]],
      securityGroupIds: [this.group.attrGroupId],
    }
  }
}
