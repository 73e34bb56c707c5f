import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda'
import { Construct } from 'constructs'
import { capability, capabilityNames, type CapabilityName } from '../../shared/contracts/capabilities.ts'
import { CapabilityFunction } from '../constructs/capability-function.ts'
import { CellApi } from '../constructs/cell-api.ts'
import { MachineApi } from '../constructs/machine-api.ts'
import { PrivateNetwork } from '../constructs/private-network.ts'
import { consumeQueues, followOutbox, sweepEveryMinute } from '../constructs/function-triggers.ts'
import { CellStack } from './cell-stack.ts'
import type { StateStack } from './state-stack.ts'
import { pascal } from '../constructs/names.ts'

export interface ServiceStackProps {
  readonly state: StateStack
  readonly bundles: string
}

/** What a cell does: its functions, their triggers and its API. */
export class ServiceStack extends CellStack {
  readonly functions: Readonly<Record<CapabilityName, LambdaFunction>>
  readonly api: CellApi

  constructor(scope: Construct, { state, bundles }: ServiceStackProps) {
    super(scope, 'service', { cell: state.cell })
    const machines = new MachineApi(this, 'MachineApi', state.cell)
    const { baseUrl: machineBaseUrl } = machines
    const network = new PrivateNetwork(this, 'Network', state.cell)
    const parent = new Construct(this, 'Functions')
    this.functions = Object.fromEntries(
      capabilityNames.map((name) => {
        const made = new CapabilityFunction(parent, pascal(name), { name, state, machineBaseUrl, bundles })
        network.place(name, made.lambda)
        this.addTriggers(made, state, name)
        return [name, made.lambda]
      }),
    ) as Record<CapabilityName, LambdaFunction>
    this.api = new CellApi(this, 'Api', { state, functions: this.functions })
    machines.connect(this.functions, this.api.accessLogs)
  }

  private addTriggers(made: CapabilityFunction, state: StateStack, name: CapabilityName): void {
    switch (capability(name).trigger) {
      case 'queue':
        consumeQueues(made, state, name, made.lambda)
        return
      case 'outbox':
        followOutbox(made, state, made.lambda)
        return
      case 'minute':
        sweepEveryMinute(made, state, made.lambda)
        return
      case 'http':
        return
    }
  }
}
