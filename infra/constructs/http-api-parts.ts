import { CfnIntegration, CfnStage, type CfnApi } from 'aws-cdk-lib/aws-apigatewayv2'
import { CfnPermission, type Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda'
import type { ILogGroup } from 'aws-cdk-lib/aws-logs'
import type { Construct } from 'constructs'
import type { CapabilityName } from '../../shared/contracts/capabilities.ts'
import type { CellDeployment } from '../deployments/deployment.ts'
import { placeOf } from '../stacks/cell-stack.ts'
import { pascal } from './names.ts'

/** Of a request only what cannot name a patient: the route and not the path, the subject and not the token (LOG-04). */
const accessLogFormat = JSON.stringify({
  requestId: '$context.requestId',
  time: '$context.requestTime',
  routeKey: '$context.routeKey',
  status: '$context.status',
  latencyMs: '$context.responseLatency',
  subject: '$context.authorizer.claims.sub',
  error: '$context.error.responseType',
})

export const apiStage = (scope: Construct, cell: CellDeployment, api: CfnApi, logs: ILogGroup): CfnStage =>
  new CfnStage(scope, 'Stage', {
    apiId: api.ref,
    stageName: '$default',
    autoDeploy: true,
    accessLogSettings: { destinationArn: logs.logGroupArn, format: accessLogFormat },
    defaultRouteSettings: {
      throttlingRateLimit: cell.throttle.requestsPerSecond,
      throttlingBurstLimit: cell.throttle.burst,
      detailedMetricsEnabled: true,
    },
  })

/** The function behind an API: what its routes name as their target. */
export const integrate = (
  scope: Construct,
  cell: CellDeployment,
  api: CfnApi,
  name: CapabilityName,
  lambda: LambdaFunction,
): string => {
  const { partition, region, account } = placeOf(cell)
  const integration = new CfnIntegration(scope, `${pascal(name)}Integration`, {
    apiId: api.ref,
    integrationType: 'AWS_PROXY',
    integrationUri: lambda.functionArn,
    payloadFormatVersion: '2.0',
    timeoutInMillis: 29_000,
  })
  new CfnPermission(scope, `${pascal(name)}Permission`, {
    action: 'lambda:InvokeFunction',
    functionName: lambda.functionArn,
    principal: 'apigateway.amazonaws.com',
    sourceAccount: account,
    sourceArn: `arn:${partition}:execute-api:${region}:${account}:${api.ref}/*/*`,
  })
  return `integrations/${integration.ref}`
}
