import { Validations } from 'aws-cdk-lib'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { AcknowledgedSchema } from '../../infra/checks/acknowledgements/acknowledgement.ts'
import {
  checkAcknowledgements,
  type AppliedAcknowledgement,
} from '../../infra/checks/acknowledgements/check-acknowledgements.ts'
import { findingOf } from '../../infra/compliance/acknowledge.ts'
import { checkAtSynth } from '../../infra/compliance/check-at-synth.ts'
import { StateStack } from '../../infra/stacks/state-stack.ts'
import { runResidencyMutations } from '../fixtures/residency-leaks.ts'
import { ACCOUNT, appOf, deploymentOf, sixOrigins, templatesOf, type OwnRegion } from './own-stacks.ts'

const projectRoot = path.resolve(import.meta.dirname, '../..')
const reviewedFile = 'infra/checks/acknowledgements/acknowledged.json'
const regions = Object.keys(sixOrigins) as OwnRegion[]

const checked = appOf(deploymentOf(...regions))
checkAtSynth(checked)
/** Throws on any finding of the walk, of five compliance packs and of CloudFormation's own validation. */
const templates = templatesOf(checked)

describe('stacks of six regions', () => {
  test('pass the five compliance packs, the validation of CloudFormation and the walk, or there would be none', () => {
    expect(templates).toHaveLength(3 * regions.length)
  })

  test('no way out of the region in any of them', () => {
    const cells = templates.map(({ name, template, region }) => ({ name, template, region, account: ACCOUNT }))
    const run = runResidencyMutations(cells.filter(({ region }) => region === 'eu-central-1'))
    expect(run.falseAlarms).toEqual([])
    expect(run.escaped).toEqual([])
    expect(run.tried).toBeGreaterThanOrEqual(3 * 25)
  })

  test('no stack names another region', () => {
    for (const { name, region, template } of templates) {
      const others = regions.filter((other) => other !== region && JSON.stringify(template).includes(other))
      expect.soft(others, name).toEqual([])
    }
  })
})

describe('a leak stops the synthesis', () => {
  test('even one that the compliance packs like', () => {
    const app = appOf(deploymentOf('eu-central-1'))
    checkAtSynth(app)
    const bucket = app.cells[0]!.state.buckets.of.images.node.defaultChild as unknown as {
      addPropertyOverride(property: string, value: unknown): void
    }
    bucket.addPropertyOverride('ReplicationConfiguration', {
      Role: `arn:aws:iam::${ACCOUNT}:role/replication`,
      Rules: [{ Status: 'Enabled', Destination: { Bucket: 'arn:aws:s3:::overread-us-east-1-copies' } }],
    })
    expect(() => app.app.synth()).toThrow('overread-residency')
  })
})

describe('acknowledged findings', () => {
  const [first] = checked.cells
  const applied: AppliedAcknowledgement[] = checked.app.node.findAll().flatMap(({ node }) => {
    const ids = node.metadata
      .filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY)
      .flatMap(({ data }) => Object.keys(data as object).map((id) => id.replace(/^Annotation::/, '')))
    const [stack = '', ...below] = node.path.split('/')
    if (!stack.startsWith(`${first!.cell.cellId}-`)) return []
    return ids.map((id) => ({ id, stack: stack.replace(/^.*-/, ''), construct: below.join('/') }))
  })
  const reviewed = AcknowledgedSchema.parse(JSON.parse(readFileSync(path.join(projectRoot, reviewedFile), 'utf8')))
  const concrete = {
    acknowledgements: reviewed.acknowledgements.map((one) => ({
      ...one,
      ids: one.ids.map((id) => findingOf(id, first!.cell)),
    })),
  }

  test('are those of the reviewed file, each with a reason, an owner, an end and a test, and none on a whole stack', () => {
    const problems = checkAcknowledgements(concrete, {
      today: new Date().toISOString().slice(0, 10),
      applied,
      readTest: (file) => {
        try {
          return readFileSync(path.join(projectRoot, file), 'utf8')
        } catch {
          return undefined
        }
      },
    })
    expect(problems).toEqual([])
  })

  test('never concern residency', () => {
    const packs = /^(AwsSolutions|HIPAA\.Security|NIST\.800\.53\.R5|PCI\.DSS\.321|Serverless)-/
    expect(reviewed.acknowledgements.flatMap(({ ids }) => ids).filter((id) => !packs.test(id))).toEqual([])
  })
})

test('a stack without a pinned region does not exist', () => {
  const { app, cells } = appOf(deploymentOf('eu-west-1'))
  const cell = { ...cells[0]!.cell, region: '${AWS::Region}' }
  expect(() => new StateStack(app, { cell })).toThrow()
})
