import { Validations } from 'aws-cdk-lib'
import { AwsSolutionsChecks, HIPAASecurityChecks, NIST80053R5Checks, PCIDSS321Checks, ServerlessChecks } from 'cdk-nag'
import type { OverreadApp } from '../app.ts'
import { acknowledgeReviewed } from './acknowledge.ts'
import { ResidencyPlugin } from './residency-plugin.ts'

/**
 * Makes the synthesis fail on any way out of the region and on any finding of five compliance packs that the reviewed file does
 * not list. CloudFormation's own validation fails it by a context setting of the app.
 */
export const checkAtSynth = ({ app, cells }: OverreadApp): void => {
  acknowledgeReviewed(cells)
  Validations.of(app).addPlugins(
    new ResidencyPlugin(cells.map(({ cell }) => cell)),
    new AwsSolutionsChecks(app),
    new HIPAASecurityChecks(app),
    new NIST80053R5Checks(app),
    new PCIDSS321Checks(app),
    new ServerlessChecks(app),
  )
}
