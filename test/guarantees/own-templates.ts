import { evaluate } from '../../infra/checks/policy-evaluation/evaluate.ts'
import { hardenedStack, OWN_ACCOUNT, SIX_REGIONS, synthesize } from '../fixtures/foreign-stacks.ts'
import { ORDINARY_TEMPLATES } from '../fixtures/ordinary-templates.ts'
import { policyRequests } from '../fixtures/policy-requests.ts'
import { falseAlarms, runResidencyMutations } from '../fixtures/residency-leaks.ts'
import {
  ACCOUNT,
  appOf,
  deploymentOf,
  ownPolicies,
  sixOrigins,
  templatesOf,
  type OwnRegion,
  type OwnTemplate,
} from '../infra/own-stacks.ts'
import { rowOf, type GuaranteeRow } from './guarantee-row.ts'

const cellTemplates = (templates: readonly OwnTemplate[]) =>
  templates.map(({ name, template, region }) => ({ name, template, region, account: ACCOUNT }))

/** Every kind of leak, one at a time: in our templates of one region, and in a stranger's of six. */
function leaks(templates: readonly OwnTemplate[]): GuaranteeRow[] {
  const own = runResidencyMutations(cellTemplates(templates.filter(({ region }) => region === 'eu-central-1')))
  const foreign = SIX_REGIONS.map((region) => {
    const template = synthesize('hardened', hardenedStack, { region, account: OWN_ACCOUNT })
    return runResidencyMutations([{ name: 'hardened', template, region, account: OWN_ACCOUNT }])
  })
  const alarms = falseAlarms(cellTemplates(templates)).map(
    ({ template, rule, resource }) => `${template} ${rule} ${resource}`,
  )
  const ordinary = SIX_REGIONS.flatMap((region) =>
    Object.entries(ORDINARY_TEMPLATES).map(([name, template]) => ({ name, template, region, account: OWN_ACCOUNT })),
  )
  // Each is a cell by itself: what one of them creates is not another's own.
  const strange = ordinary
    .flatMap((one) => falseAlarms([one]))
    .map(({ template, rule, resource }) => `${template} ${rule} ${resource}`)
  return [
    rowOf('leaks planted in our templates, found', own.tried, own.escaped),
    rowOf(
      "leaks planted in a stranger's template in six regions, found",
      foreign.reduce((sum, { tried }) => sum + tried, 0),
      foreign.flatMap(({ escaped }) => escaped),
    ),
    rowOf('our templates of six regions, without an alarm', templates.length, alarms),
    rowOf("a stranger's ordinary templates in six regions, without an alarm", ordinary.length, strange),
  ]
}

/** In each region: what a bucket's or key's policy says names the region. */
function requests(templates: readonly OwnTemplate[], own: ReturnType<typeof appOf>): GuaranteeRow[] {
  const judged = own.cells.flatMap(({ cell }) => {
    const ofCell = templates.filter(({ region }) => region === cell.region)
    const policies = ownPolicies(cell, ofCell)
    return policyRequests(cell, ofCell, policies).map(({ of, name, request, allowed }) => ({
      allowed,
      wrong: evaluate(request, policies).allowed === allowed ? [] : [`${cell.region}: ${of} ${name}`],
    }))
  })
  const row = (what: string, allowed: boolean) => {
    const ofKind = judged.filter((one) => one.allowed === allowed)
    return rowOf(
      what,
      ofKind.length,
      ofKind.flatMap(({ wrong }) => wrong),
    )
  }
  return [
    row('requests that the synthesized policies must refuse, refused', false),
    row('requests that they must let through, let through', true),
  ]
}

/** One synthesis of six regions, looked at by the residency walk and by the evaluation of policies. */
export function runOwnTemplates(): readonly GuaranteeRow[] {
  const own = appOf(deploymentOf(...(Object.keys(sixOrigins) as OwnRegion[])))
  const templates = templatesOf(own)
  return [...leaks(templates), ...requests(templates, own)]
}
