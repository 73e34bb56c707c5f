import { CfnOutput, Stack } from 'aws-cdk-lib'
import { CfnApi, CfnAuthorizer, CfnRoute, type CfnStage } from 'aws-cdk-lib/aws-apigatewayv2'
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda'
import type { ILogGroup } from 'aws-cdk-lib/aws-logs'
import { Construct } from 'constructs'
import type { CapabilityName } from '../../shared/contracts/capabilities.ts'
import { machineIssuerOf } from '../../shared/contracts/machine-issuer.ts'
import { routes } from '../../shared/contracts/routes.ts'
import { routeKey } from '../../shared/contracts/routes/route.ts'
import { type Route } from '../../shared/contracts/routes/route.ts'
import { isForMachines } from '../../shared/domain/access/permissions.ts'
import type { CellDeployment } from '../deployments/deployment.ts'
import { apiStage, integrate } from './http-api-parts.ts'
import { pascal } from './names.ts'

const table: readonly Route[] = routes
const publicRoutes = table.filter(({ capability }) => capability === 'machine-token')
const machineRoutes = table.filter(({ operationId }) => isForMachines(operationId))

/**
 * The gateway of systems (ADR 0024): the routes that a system may call, under an authorizer that trusts the cell itself. A route
 * has one authorizer, so people and systems cannot share one; the same paths on another host cost the functions nothing.
 */
export class MachineApi extends Construct {
  /** Told to the functions, so it is made before them and what is routed to them after. */
  readonly baseUrl: string
  private readonly api: CfnApi
  private readonly cell: CellDeployment

  constructor(scope: Construct, id: string, cell: CellDeployment) {
    super(scope, id)
    this.cell = cell
    // No domain of its own yet: its discovery document must be reachable before its authorizer can be made.
    this.api = new CfnApi(this, 'Api', { name: `overread-${cell.cellId}-machines`, protocolType: 'HTTP' })
    this.baseUrl =
      cell.emulator === undefined
        ? this.api.attrApiEndpoint
        : `${cell.emulator.endpoint}/_aws/execute-api/${this.api.ref}`
    new CfnOutput(Stack.of(this), 'MachineApiId', { value: this.api.ref })
    new CfnOutput(Stack.of(this), 'MachineApiUrl', { value: this.baseUrl })
  }

  connect(functions: Readonly<Record<CapabilityName, LambdaFunction>>, logs: ILogGroup): void {
    const stage = apiStage(this, this.cell, this.api, logs)
    const capabilities = new Set([...publicRoutes, ...machineRoutes].map(({ capability }) => capability))
    const targets = new Map(
      [...capabilities].map((name) => [name, integrate(this, this.cell, this.api, name, functions[name])]),
    )
    this.addPublicRoutes(targets.get('machine-token') ?? '', stage)
    const authorizer = this.addAuthorizer(stage)
    for (const route of machineRoutes) {
      new CfnRoute(this, pascal(route.operationId), {
        apiId: this.api.ref,
        routeKey: routeKey(route),
        target: targets.get(route.capability) ?? '',
        authorizationType: 'JWT',
        authorizerId: authorizer.ref,
        authorizationScopes: [...route.scopes],
      })
    }
  }

  /** The token route takes its proof in the body, and the two others are what a verifier must read to know the cell. */
  private addPublicRoutes(target: string, stage: CfnStage): void {
    const open = new Construct(this, 'Public')
    for (const route of publicRoutes) {
      const made = new CfnRoute(open, pascal(route.operationId), {
        apiId: this.api.ref,
        routeKey: routeKey(route),
        target,
        authorizationType: 'NONE',
      })
      stage.node.addDependency(made)
    }
  }

  /** API Gateway reads the issuer's discovery document when the authorizer is made: by then it must be served. */
  private addAuthorizer(stage: CfnStage): CfnAuthorizer {
    const authorizer = new CfnAuthorizer(this, 'Tokens', {
      apiId: this.api.ref,
      name: 'machines',
      authorizerType: 'JWT',
      identitySource: ['$request.header.Authorization'],
      jwtConfiguration: { issuer: machineIssuerOf(this), audience: [this.cell.tokens.audience] },
    })
    authorizer.node.addDependency(stage, this.node.findChild('MachineTokenPermission'))
    return authorizer
  }
}
