import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { NotATemplate } from '../../infra/checks/cloudformation/template.ts'
import { checkResidency } from '../../infra/checks/residency/check-residency.ts'
import { hardenedStack, OWN_ACCOUNT, synthesize } from '../fixtures/foreign-stacks.ts'
import { plant, RESIDENCY_LEAKS } from '../fixtures/residency-leaks.ts'

const template = synthesize('hardened', hardenedStack, { region: 'eu-central-1', account: OWN_ACCOUNT })

type Json = Record<string, unknown>
type Slot = { readonly holder: Json; readonly key: string }

const slotsOf = (node: unknown): Slot[] =>
  typeof node === 'object' && node !== null
    ? Object.entries(node).flatMap(([key, value]) => [{ holder: node as Json, key }, ...slotsOf(value)])
    : []

const INTRINSICS = [
  'Ref',
  'Fn::GetAtt',
  'Fn::Join',
  'Fn::Sub',
  'Fn::Select',
  'Fn::Split',
  'Fn::FindInMap',
  'Fn::If',
  'Fn::ImportValue',
  'Fn::GetStackOutput',
  'Fn::Base64',
  'Fn::GetAZs',
  'Fn::ForEach::X',
  'Fn::Transform',
  'Fn::Length',
  'Fn::Cidr',
]

const oddValue = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc
    .tuple(fc.constantFrom(...INTRINSICS), fc.jsonValue({ maxDepth: 2 }))
    .map(([name, argument]) => ({ [name]: argument })),
  fc.constantFrom('__proto__', 'constructor', 'arn:aws:s3:::', 'arn:::::', '⟦', '${', '${a', '{"a":', {
    Effect: 'Allow',
    Principal: null,
  }),
)

const withOdd = (at: number, value: unknown): Json => {
  const copy = structuredClone(template)
  const slots = slotsOf(copy)
  const slot = slots[at % slots.length]
  if (slot !== undefined) slot.holder[slot.key] = structuredClone(value)
  return copy
}

const check = (json: unknown) => checkResidency(json, { region: 'eu-central-1', account: OWN_ACCOUNT })

describe('templates in which something is not as it should be', () => {
  it('are walked or refused by name, never left half read', () => {
    fc.assert(
      fc.property(fc.nat(), oddValue, (at, value) => {
        try {
          return Array.isArray(check(withOdd(at, value)))
        } catch (error) {
          return error instanceof NotATemplate
        }
      }),
      { numRuns: 400, seed: 20261124 },
    )
  })

  it('hide no leak that stands elsewhere in them', () => {
    const [leak] = RESIDENCY_LEAKS.filter(({ name }) => name === 'function URL')
    fc.assert(
      fc.property(fc.nat(), oddValue, (at, value) => {
        const { template: planted, resource } = plant(leak!, withOdd(at, value), 'eu-central-1')
        try {
          return check(planted).some((finding) => finding.resource === resource)
        } catch (error) {
          return error instanceof NotATemplate
        }
      }),
      { numRuns: 150, seed: 20261124 },
    )
  })

  it.each([
    ['commands', 'aws s3 cp ' + '--a '.repeat(20_000)],
    ['uploads', 'curl -d x '.repeat(8_000)],
    ['one word', 'a1'.repeat(50_000)],
    ['labels of a host', 'a.'.repeat(50_000)],
    ['addresses', 's3://'.repeat(20_000)],
  ])('may hold a long text of %s', (_, text) => {
    const before = performance.now()
    check({
      Resources: { F: { Type: 'AWS::Lambda::Function', Properties: { Environment: { Variables: { HOST: text } } } } },
    })
    expect(performance.now() - before).toBeLessThan(1_500)
  })

  it('may be of any size', () => {
    const queues = Object.fromEntries(
      Array.from({ length: 500 }, (_, index) => [
        `Queue${index}`,
        { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'q' } },
      ]),
    )
    expect(check({ Resources: queues })).toEqual([])
  })
})
