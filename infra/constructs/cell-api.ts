import { CfnOutput, RemovalPolicy, Stack } from 'aws-cdk-lib'
import {
  CfnApi,
  CfnApiMapping,
  CfnAuthorizer,
  CfnDomainName,
  CfnIntegration,
  CfnRoute,
  CfnStage,
} from 'aws-cdk-lib/aws-apigatewayv2'
import { CfnPermission, type Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda'
import { LogGroup } from 'aws-cdk-lib/aws-logs'
import { Construct } from 'constructs'
import { capabilityNames, capability, type CapabilityName } from '../../shared/contracts/capabilities.ts'
import { routeKey, routes, scopes, type Route } from '../../shared/contracts/routes.ts'
import type { CellDeployment } from '../deployments/deployment.ts'
import type { StateStack } from '../stacks/state-stack.ts'
import { placeOf } from '../stacks/cell-stack.ts'
import { retentionOf } from './log-retention.ts'
import { logGroupName, pascal } from './names.ts'

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

export interface CellApiProps {
  readonly state: StateStack
  readonly functions: Readonly<Record<CapabilityName, LambdaFunction>>
}

/**
 * The HTTP API of a cell from the one route table. Every route has the JWT authorizer and at least one scope: without a scope
 * an ID token would pass. What has none in the table, the reference of the API, takes a token with any scope.
 */
export class CellApi extends Construct {
  readonly api: CfnApi
  readonly url: string

  constructor(scope: Construct, id: string, { state, functions }: CellApiProps) {
    super(scope, id)
    const { cell } = state
    this.api = new CfnApi(this, 'Api', {
      name: `overread-${cell.cellId}`,
      protocolType: 'HTTP',
      disableExecuteApiEndpoint: cell.customDomain !== undefined,
      ...(cell.corsOrigins.length === 0 ? {} : { corsConfiguration: corsOf(cell) }),
    })
    const stage = this.makeStage(state)
    const authorizer = new CfnAuthorizer(this, 'Tokens', {
      apiId: this.api.ref,
      name: 'tokens',
      authorizerType: 'JWT',
      identitySource: ['$request.header.Authorization'],
      jwtConfiguration: { issuer: cell.tokens.issuer, audience: [cell.tokens.audience] },
    })
    for (const name of capabilityNames.filter((one) => capability(one).trigger === 'http')) {
      this.addCapability(cell, name, functions[name], authorizer)
    }
    this.url = this.addAddress(cell, stage)
    new CfnOutput(Stack.of(this), 'ApiId', { value: this.api.ref })
    new CfnOutput(Stack.of(this), 'ApiUrl', { value: this.url })
  }

  private makeStage({ cell, keys }: StateStack): CfnStage {
    const logs = new LogGroup(this, 'AccessLogs', {
      logGroupName: logGroupName(cell, 'access'),
      retention: retentionOf(cell),
      encryptionKey: keys.of.logs,
      removalPolicy: RemovalPolicy.RETAIN,
    })
    return new CfnStage(this, 'Stage', {
      apiId: this.api.ref,
      stageName: '$default',
      autoDeploy: true,
      accessLogSettings: { destinationArn: logs.logGroupArn, format: accessLogFormat },
      defaultRouteSettings: {
        throttlingRateLimit: cell.throttle.requestsPerSecond,
        throttlingBurstLimit: cell.throttle.burst,
        detailedMetricsEnabled: true,
      },
    })
  }

  private addCapability(cell: CellDeployment, name: CapabilityName, lambda: LambdaFunction, authorizer: CfnAuthorizer) {
    const { partition, region, account } = placeOf(cell)
    const integration = new CfnIntegration(this, `${pascal(name)}Integration`, {
      apiId: this.api.ref,
      integrationType: 'AWS_PROXY',
      integrationUri: lambda.functionArn,
      payloadFormatVersion: '2.0',
      timeoutInMillis: 29_000,
    })
    new CfnPermission(this, `${pascal(name)}Permission`, {
      action: 'lambda:InvokeFunction',
      functionName: lambda.functionArn,
      principal: 'apigateway.amazonaws.com',
      sourceAccount: account,
      sourceArn: `arn:${partition}:execute-api:${region}:${account}:${this.api.ref}/*/*`,
    })
    for (const route of (routes as readonly Route[]).filter((one) => one.capability === name)) {
      new CfnRoute(this, pascal(route.operationId), {
        apiId: this.api.ref,
        routeKey: routeKey(route),
        target: `integrations/${integration.ref}`,
        authorizationType: 'JWT',
        authorizerId: authorizer.ref,
        authorizationScopes: route.scopes.length === 0 ? Object.keys(scopes) : [...route.scopes],
      })
    }
  }

  private addAddress(cell: CellDeployment, stage: CfnStage): string {
    const { customDomain } = cell
    if (customDomain === undefined) return this.api.attrApiEndpoint
    const { domainName, certificateArn } = customDomain
    const domain = new CfnDomainName(this, 'Domain', {
      domainName,
      domainNameConfigurations: [{ certificateArn, endpointType: 'REGIONAL', securityPolicy: 'TLS_1_2' }],
    })
    new CfnApiMapping(this, 'Mapping', { apiId: this.api.ref, domainName: domain.ref, stage: stage.ref })
    new CfnOutput(Stack.of(this), 'DomainTarget', { value: domain.attrRegionalDomainName })
    return `https://${domainName}`
  }
}

const corsOf = ({ corsOrigins }: CellDeployment): CfnApi.CorsProperty => ({
  allowOrigins: [...corsOrigins],
  allowMethods: ['GET', 'POST', 'PUT'],
  allowHeaders: ['authorization', 'content-type', 'idempotency-key', 'if-match'],
  exposeHeaders: ['etag', 'idempotency-replayed'],
  maxAge: 3000,
})
