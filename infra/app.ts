import { App, type AppProps } from 'aws-cdk-lib'
import path from 'node:path'
import type { CellDeployment, Deployment } from './deployments/deployment.ts'
import { ObservabilityStack } from './stacks/observability-stack.ts'
import { ServiceStack } from './stacks/service-stack.ts'
import { StateStack } from './stacks/state-stack.ts'

/** Behaviour of the CDK that the stacks rely on, set here so that no command line and no test can forget it. */
const context = {
  '@aws-cdk/core:validateAgainstDefaultRules': true,
  '@aws-cdk/aws-s3:serverAccessLogsUseBucketPolicy': true,
  '@aws-cdk/core:enablePartitionLiterals': true,
  '@aws-cdk/aws-iam:minimizePolicies': false,
  '@aws-cdk/core:target-partitions': ['aws', 'aws-cn', 'aws-us-gov'],
}

export interface CellStacks {
  readonly cell: CellDeployment
  readonly state: StateStack
  readonly service: ServiceStack
  readonly observability: ObservabilityStack
}

export interface OverreadApp {
  readonly app: App
  readonly cells: readonly CellStacks[]
}

export interface OverreadAppOptions {
  readonly deployment: Deployment
  /** Where `npm run build` put the functions. */
  readonly bundles?: string
  readonly app?: App
}

const defaultBundles = path.resolve(import.meta.dirname, '../dist/functions')

export const newApp = (props: AppProps = {}): App => new App({ ...props, context: { ...context, ...props.context } })

/** Every cell of a deployment: three stacks each, none of which refers to another cell. */
export const overreadApp = ({
  deployment,
  bundles = defaultBundles,
  app = newApp(),
}: OverreadAppOptions): OverreadApp => ({
  app,
  cells: deployment.cells.map((cell) => {
    const state = new StateStack(app, { cell })
    const service = new ServiceStack(app, { state, bundles })
    const observability = new ObservabilityStack(app, { state, service })
    return { cell, state, service, observability }
  }),
})
