import { App } from 'aws-cdk-lib'
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { readPolicies, type Policies } from '../../infra/checks/policy-evaluation/policies.ts'
import { newApp, overreadApp, type OverreadApp } from '../../infra/app.ts'
import { DeploymentSchema, type CellDeployment, type Deployment } from '../../infra/deployments/deployment.ts'
import { capabilityNames, type CapabilityName } from '../../shared/contracts/capabilities.ts'

export const ACCOUNT = '111122223333'

/** An origin for each of six regions in which the default policy lets it be stored. */
export const sixOrigins = {
  'eu-central-1': 'DE',
  'eu-west-1': 'EU',
  'eu-west-2': 'GB',
  'us-east-2': 'US',
  'ap-southeast-2': 'AU',
  'ca-central-1': 'CA-ON',
} as const
export type OwnRegion = keyof typeof sixOrigins

const cellOf = (region: OwnRegion) => ({
  cellId: `cell-${region}`,
  account: ACCOUNT,
  region,
  residencyOrigin: sixOrigins[region],
  tokens: { issuer: 'https://identity.example.org', audience: 'overread' },
  privateNetwork: {
    vpcId: 'vpc-0a1b2c3d',
    inner: ['subnet-0a1b2c01', 'subnet-0a1b2c02'],
    outer: ['subnet-0a1b2c03', 'subnet-0a1b2c04'],
  },
  corsOrigins: ['https://console.example.org'],
  retention: { imageDays: 3650, reportDays: 3650, auditDays: 3650, quarantineDays: 30, logDays: 365 },
  throttle: { requestsPerSecond: 100, burst: 200 },
  readerNetworks: [{ cidr: '203.0.113.0/24', country: 'DE' }],
})

export const deploymentOf = (...regions: readonly OwnRegion[]): Deployment =>
  DeploymentSchema.parse({ schema: 'overread/deployment@1', cells: regions.map(cellOf) })

/** Functions that do nothing: what a template says does not depend on the code. */
const stubBundles = (): string => {
  const folder = mkdtempSync(path.join(tmpdir(), 'overread-bundles-'))
  for (const name of capabilityNames) {
    mkdirSync(path.join(folder, name))
    writeFileSync(path.join(folder, name, 'index.mjs'), 'export const handler = () => undefined\n')
  }
  return folder
}

export const appOf = (deployment: Deployment): OverreadApp =>
  overreadApp({
    deployment,
    bundles: stubBundles(),
    app: newApp({ outdir: mkdtempSync(path.join(tmpdir(), 'overread-synth-')), analyticsReporting: false }),
  })

export interface TemplateResource {
  readonly Type: string
  readonly Properties: Readonly<Record<string, unknown>>
  readonly DependsOn?: readonly string[]
  readonly DeletionPolicy?: string
}

export interface OwnTemplate {
  readonly name: string
  readonly kind: string
  readonly region: string
  readonly template: { readonly Resources: Readonly<Record<string, TemplateResource>> }
}

export const templatesOf = ({ app }: OverreadApp): OwnTemplate[] => {
  if (!(app instanceof App)) throw new Error('no app')
  return app.synth().stacks.map((stack) => ({
    name: stack.stackName,
    kind: stack.stackName.replace(/^.*-/, ''),
    region: stack.environment.region,
    template: stack.template as OwnTemplate['template'],
  }))
}

const synthesized = new Map<OwnRegion, ReturnType<typeof synthesizeCell>>()

const synthesizeCell = (region: OwnRegion) => {
  const own = appOf(deploymentOf(region))
  const cell = own.cells[0]?.cell
  if (cell === undefined) throw new Error('the deployment has no cell')
  return { own, cell, templates: templatesOf(own) }
}

/** One cell of one region; synthesized once for all who only look at it. */
export const ownCell = (region: OwnRegion) => {
  const made = synthesized.get(region) ?? synthesizeCell(region)
  synthesized.set(region, made)
  return made
}

/** Who may do what by the documents of a cell's templates. */
export const ownPolicies = (cell: CellDeployment, templates: readonly OwnTemplate[]): Policies =>
  readPolicies(
    templates.map(({ name, template }) => ({ name, template })),
    { region: cell.region, account: ACCOUNT },
  )

/** Every resource of a type, with its logical id. */
export const resourcesOf = (templates: readonly OwnTemplate[], type: string) =>
  templates.flatMap(({ name, template }) =>
    Object.entries(template.Resources)
      .filter(([, resource]) => resource.Type === type)
      .map(([id, { Properties, ...rest }]) => ({ stack: name, id, properties: Properties, ...rest })),
  )

export interface Statement {
  readonly Sid?: string
  readonly Effect: 'Allow' | 'Deny'
  readonly Principal?: unknown
  readonly Action: string | readonly string[]
  readonly Resource?: unknown
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>
}

export const statementsOf = (document: unknown): readonly Statement[] =>
  (document as { Statement: readonly Statement[] }).Statement

export const functionNamed = (templates: readonly OwnTemplate[], name: CapabilityName) => {
  const found = resourcesOf(templates, 'AWS::Lambda::Function').find(({ properties }) =>
    String(properties['FunctionName']).endsWith(`-${name}`),
  )
  if (found === undefined) throw new Error(`no function ${name}`)
  return found
}
