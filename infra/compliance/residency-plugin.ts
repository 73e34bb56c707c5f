import type { IPolicyValidationContext, IPolicyValidationPlugin, PolicyValidationPluginReport } from 'aws-cdk-lib'
import { readFileSync } from 'node:fs'
import { checkResidency } from '../checks/residency/check-residency.ts'
import type { CellDeployment } from '../deployments/deployment.ts'
import { storageRegionsOf } from '../deployments/deployment.ts'

/** The walk over what was synthesized, as a check that blocks: the compliance packs look for none of it (controls 0.1). */
export class ResidencyPlugin implements IPolicyValidationPlugin {
  readonly name = 'overread-residency'
  readonly cells: readonly CellDeployment[]

  constructor(cells: readonly CellDeployment[]) {
    this.cells = cells
  }

  validate({ stackTemplates }: IPolicyValidationContext): PolicyValidationPluginReport {
    const read = stackTemplates.map((stack) => ({
      ...stack,
      template: JSON.parse(readFileSync(stack.templatePath, 'utf8')) as unknown,
    }))
    const violations = read.flatMap(({ stackConstructPath, templatePath, region, accountId, template }) => {
      const cell = this.cells.find((one) => one.region === region && one.account === accountId)
      const findings = checkResidency(template, {
        region: region ?? 'unknown',
        account: accountId,
        storageRegions: cell === undefined ? [] : storageRegionsOf(cell),
        siblings: read.filter((other) => other.region === region).map((other) => other.template),
      })
      return findings.map(({ rule, why, resource, path }) => ({
        ruleName: rule,
        description: why,
        severity: 'error',
        violatingResources: [{ resourceLogicalId: resource, templatePath, locations: [path] }],
        ruleMetadata: { stack: stackConstructPath },
      }))
    })
    return { success: violations.length === 0, violations }
  }
}
