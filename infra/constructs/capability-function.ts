import { Duration, RemovalPolicy } from 'aws-cdk-lib'
import { ManagedPolicy, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { Architecture, Code, Function as LambdaFunction, Runtime, Tracing } from 'aws-cdk-lib/aws-lambda'
import { LogGroup } from 'aws-cdk-lib/aws-logs'
import { Construct } from 'constructs'
import path from 'node:path'
import type { CapabilityName } from '../../shared/contracts/capabilities.ts'
import type { StateStack } from '../stacks/state-stack.ts'
import { environmentOf } from './function-environment.ts'
import { sizeOf } from './function-sizes.ts'
import { retentionOf } from './log-retention.ts'
import { functionName, logGroupName } from './names.ts'
import { roleStatements } from './role-statements.ts'

export interface CapabilityFunctionProps {
  readonly name: CapabilityName
  readonly state: StateStack
  readonly machineBaseUrl: string
  /** Folder that holds one folder a capability, as `npm run build` makes it. */
  readonly bundles: string
}

/** One function a capability, with a role of its own that holds the rights of that capability and no other. */
export class CapabilityFunction extends Construct {
  readonly lambda: LambdaFunction

  constructor(scope: Construct, id: string, { name, state, machineBaseUrl, bundles }: CapabilityFunctionProps) {
    super(scope, id)
    const { cell } = state
    const logGroup = new LogGroup(this, 'Logs', {
      logGroupName: logGroupName(cell, name),
      retention: retentionOf(cell),
      encryptionKey: state.keys.of.logs,
      removalPolicy: RemovalPolicy.RETAIN,
    })
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') })
    role.addManagedPolicy(new ManagedPolicy(this, 'Rights', { statements: roleStatements(state, name, logGroup) }))
    const size = sizeOf(cell, name)
    this.lambda = new LambdaFunction(this, 'Function', {
      functionName: functionName(cell, name),
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      handler: 'index.handler',
      code: Code.fromAsset(path.join(bundles, name)),
      // What CDK would grant by itself goes nowhere: the managed policy above is the whole of it.
      role: role.withoutPolicyUpdates(),
      environment: { ...environmentOf(state, name, machineBaseUrl), NODE_OPTIONS: '--enable-source-maps' },
      environmentEncryption: state.keys.of.environment,
      timeout: Duration.seconds(size.timeoutSeconds),
      memorySize: size.memoryMib,
      reservedConcurrentExecutions: size.reserved,
      tracing: Tracing.ACTIVE,
      logGroup,
      deadLetterQueue: state.unhandled,
    })
  }
}
