import { CfnOutput, RemovalPolicy, Stack } from 'aws-cdk-lib'
import {
  CfnApi,
  CfnApiMapping,
  CfnAuthorizer,
  CfnDomainName,
  CfnRoute,
  type CfnStage,
} from 'aws-cdk-lib/aws-apigatewayv2'
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda'
import { LogGroup } from 'aws-cdk-lib/aws-logs'
import { Construct } from 'constructs'
import { capabilityNames, capability, type CapabilityName } from '../../shared/contracts/capabilities.ts'
import { routes } from '../../shared/contracts/routes.ts'
import { routeKey } from '../../shared/contracts/routes/route.ts'
import { scopes, type Route } from '../../shared/contracts/routes/route.ts'
import type { CellDeployment } from '../deployments/deployment.ts'
import type { StateStack } from '../stacks/state-stack.ts'
import { apiStage, integrate } from './http-api-parts.ts'
import { retentionOf } from './log-retention.ts'
import { logGroupName, pascal } from './names.ts'

export interface CellApiProps {
  readonly state: StateStack
  readonly functions: Readonly<Record<CapabilityName, LambdaFunction>>
}

/** Systems get their tokens at a gateway of their own (ADR 0024). */
const isForPeople = (name: CapabilityName): boolean => capability(name).trigger === 'http' && name !== 'machine-token'

/**
 * The HTTP API of a cell from the one route table. Every route has the JWT authorizer and at least one scope: without a scope
 * an ID token would pass. What has none in the table, the reference of the API, takes a token with any scope.
 */
export class CellApi extends Construct {
  readonly api: CfnApi
  readonly url: string
  readonly accessLogs: LogGroup

  constructor(scope: Construct, id: string, { state, functions }: CellApiProps) {
    super(scope, id)
    const { cell } = state
    this.api = new CfnApi(this, 'Api', {
      name: `overread-${cell.cellId}`,
      protocolType: 'HTTP',
      disableExecuteApiEndpoint: cell.customDomain !== undefined,
      ...(cell.corsOrigins.length === 0 ? {} : { corsConfiguration: corsOf(cell) }),
    })
    this.accessLogs = this.makeLogs(state)
    const stage = apiStage(this, cell, this.api, this.accessLogs)
    const authorizer = new CfnAuthorizer(this, 'Tokens', {
      apiId: this.api.ref,
      name: 'tokens',
      authorizerType: 'JWT',
      identitySource: ['$request.header.Authorization'],
      jwtConfiguration: { issuer: cell.tokens.issuer, audience: [cell.tokens.audience] },
    })
    for (const name of capabilityNames.filter(isForPeople)) {
      this.addCapability(cell, name, functions[name], authorizer)
    }
    this.url = this.addAddress(cell, stage)
    new CfnOutput(Stack.of(this), 'ApiId', { value: this.api.ref })
    new CfnOutput(Stack.of(this), 'ApiUrl', { value: this.url })
  }

  private makeLogs({ cell, keys }: StateStack): LogGroup {
    return new LogGroup(this, 'AccessLogs', {
      logGroupName: logGroupName(cell, 'access'),
      retention: retentionOf(cell),
      encryptionKey: keys.of.logs,
      removalPolicy: RemovalPolicy.RETAIN,
    })
  }

  private addCapability(cell: CellDeployment, name: CapabilityName, lambda: LambdaFunction, authorizer: CfnAuthorizer) {
    const target = integrate(this, cell, this.api, name, lambda)
    for (const route of (routes as readonly Route[]).filter((one) => one.capability === name)) {
      new CfnRoute(this, pascal(route.operationId), {
        apiId: this.api.ref,
        routeKey: routeKey(route),
        target,
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
