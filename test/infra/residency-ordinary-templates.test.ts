import { describe, expect, it } from 'vitest'
import { checkResidency } from '../../infra/checks/residency/check-residency.ts'
import { ORDINARY_FORMS } from '../fixtures/ordinary-forms.ts'
import { ORDINARY_TEMPLATES } from '../fixtures/ordinary-templates.ts'
import { OWN_ACCOUNT } from '../fixtures/foreign-stacks.ts'

const found = (template: unknown, region: string, account?: string): string[] =>
  checkResidency(template, { region, account }).map(({ resource, path, rule, why }) =>
    [resource, path, rule, why].join(' '),
  )

const all = Object.entries(ORDINARY_TEMPLATES)

describe('ordinary templates', () => {
  it('are at least twenty-five', () => {
    expect(all.length).toBeGreaterThanOrEqual(25)
  })

  it.each(all)('%s: nothing to find', (_, template) => {
    expect(found(template, 'eu-central-1')).toEqual([])
    expect(found(template, 'us-east-1', OWN_ACCOUNT)).toEqual([])
  })
})

describe('the language to the full', () => {
  it.each(['cn-north-1', 'us-gov-west-1', 'eusc-de-east-1', 'us-iso-east-1'])('%s: nothing to find', (region) => {
    for (const [name, template] of Object.entries(ORDINARY_FORMS))
      for (const account of [undefined, OWN_ACCOUNT]) expect.soft(found(template, region, account), name).toEqual([])
  })
})
