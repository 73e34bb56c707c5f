import { describe, expect, it } from 'vitest'
import { optionsOf, type Plain } from '../../../../infra/checks/cloudformation/plain.ts'
import { createResolver } from '../../../../infra/checks/cloudformation/resolver.ts'
import { NotATemplate, readTemplate } from '../../../../infra/checks/cloudformation/template.ts'

const template = {
  Parameters: {
    Stage: { Type: 'String', Default: 'pilot' },
    Sites: { Type: 'CommaDelimitedList', Default: 'north, south' },
    Ask: { Type: 'String' },
    Size: { Type: 'Number', Default: 3 },
    Kept: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/cdk/version' },
  },
  Mappings: { Zones: { 'eu-central-1': { law: 'BDSG' }, 'us-east-1': { law: 'HIPAA' } } },
  Conditions: {
    Here: { 'Fn::Equals': [{ Ref: 'AWS::Region' }, 'eu-central-1'] },
    There: { 'Fn::Not': [{ Condition: 'Here' }] },
    Pilot: { 'Fn::Equals': [{ Ref: 'Stage' }, 'pilot'] },
    Either: { 'Fn::Or': [{ Condition: 'There' }, { Condition: 'Pilot' }] },
    Both: { 'Fn::And': [{ Condition: 'There' }, { Condition: 'Pilot' }] },
    Round: { 'Fn::Not': [{ Condition: 'Round' }] },
  },
  Resources: {
    Images: { Type: 'AWS::S3::Bucket', Properties: { BucketName: 'images-of-north' } },
    Work: { Type: 'AWS::SQS::Queue' },
    Door: { Type: 'Custom::Door' },
    Far: { Type: 'AWS::SQS::Queue', Condition: 'There' },
    Perhaps: { Type: 'AWS::SQS::Queue', Condition: 'Pilot' },
  },
}

const place = { region: 'eu-central-1', account: '111122223333', partition: 'aws' }
const resolver = createResolver(readTemplate(template), { place })
const read = (node: unknown): Plain[] => optionsOf(resolver.resolve(node))

describe('what a template says, without deploying it', () => {
  it.each<[string, unknown, Plain[]]>([
    ['the region', { Ref: 'AWS::Region' }, ['eu-central-1']],
    ['no value', { Ref: 'AWS::NoValue' }, []],
    ['a default', { Ref: 'Stage' }, ['pilot']],
    ['a number', { Ref: 'Size' }, ['3']],
    ['a list', { Ref: 'Sites' }, [['north', 'south']]],
    ['what the deployer says', { Ref: 'Ask' }, ['⟦param:Ask⟧']],
    ['what is kept elsewhere', { Ref: 'Kept' }, ['⟦param:Kept⟧']],
    ['a bucket by its logical id', { Ref: 'Images' }, ['⟦Images⟧']],
    ['a bucket ARN', { 'Fn::GetAtt': ['Images', 'Arn'] }, ['arn:aws:s3:::⟦Images⟧']],
    ['a queue ARN, dotted', { 'Fn::GetAtt': 'Work.Arn' }, ['arn:aws:sqs:eu-central-1:111122223333:⟦Work⟧']],
    ['another attribute', { 'Fn::GetAtt': ['Door', 'Answer'] }, ['⟦Door.Answer⟧']],
    ['a resource that is not there', { Ref: 'constructor' }, ['⟦unknown:Ref constructor ⟧']],
    ['a join', { 'Fn::Join': ['/', ['a', { Ref: 'Stage' }, 7]] }, ['a/pilot/7']],
    ['a join of a list parameter', { 'Fn::Join': ['+', { Ref: 'Sites' }] }, ['north+south']],
    [
      'a substitution',
      { 'Fn::Sub': '${Stage}.${AWS::Region}.${Work.Arn}.${!kept}' },
      ['pilot.eu-central-1.arn:aws:sqs:eu-central-1:111122223333:⟦Work⟧.${kept}'],
    ],
    ['a substitution with names', { 'Fn::Sub': ['${A}-${B}', { A: 'x', B: { Ref: 'Stage' } }] }, ['x-pilot']],
    ['a selection', { 'Fn::Select': [1, { Ref: 'Sites' }] }, ['south']],
    ['a selection past the end', { 'Fn::Select': [5, ['a']] }, ['⟦unknown:Fn::Select a⟧']],
    ['a split', { 'Fn::Split': ['-', 'a-b'] }, [['a', 'b']]],
    [
      'part of the stack id',
      { 'Fn::Select': [2, { 'Fn::Split': ['/', { Ref: 'AWS::StackId' }] }] },
      ['⟦pseudo:StackGuid⟧'],
    ],
    ['a mapping', { 'Fn::FindInMap': ['Zones', { Ref: 'AWS::Region' }, 'law'] }, ['BDSG']],
    ['a mapping by an open key', { 'Fn::FindInMap': ['Zones', { Ref: 'Ask' }, 'law'] }, ['BDSG', 'HIPAA']],
    ['a mapping with a default', { 'Fn::FindInMap': ['Zones', 'mars-1', 'law', { DefaultValue: 'none' }] }, ['none']],
    ['a decided branch', { 'Fn::If': ['Here', 'in', 'out'] }, ['in']],
    ['a branch the deployer decides', { 'Fn::If': ['Pilot', 'in', 'out'] }, ['in', 'out']],
    ['an open branch inside a join', { 'Fn::Join': ['', ['a', { 'Fn::If': ['Pilot', 'b', 'c'] }]] }, ['ab', 'ac']],
    ['base64', { 'Fn::Base64': { 'Fn::Sub': 'run ${Stage}' } }, ['run pilot']],
    ['an import', { 'Fn::ImportValue': { 'Fn::Sub': '${Stage}-arn' } }, ['⟦import:pilot-arn⟧']],
    [
      'an output of this region',
      { 'Fn::GetStackOutput': { StackName: 'State', OutputName: 'Arn' } },
      ['⟦import:State.Arn⟧'],
    ],
    ['zones of this region', { 'Fn::Select': [0, { 'Fn::GetAZs': '' }] }, ['eu-central-1a']],
    ['something unheard of', { 'Fn::Brew': ['tea'] }, ['⟦unknown:Fn::Brew tea⟧']],
  ])('reads %s', (_, node, expected) => {
    expect(read(node)).toEqual(expected)
  })

  it('keeps an output of another region in sight', () => {
    expect(read({ 'Fn::GetStackOutput': { StackName: 'S', OutputName: 'O', Region: 'us-east-1' } })[0]).toContain(
      'us-east-1',
    )
  })

  it('does not follow readings without end, and says so', () => {
    const choice = { 'Fn::If': ['Pilot', 'x', 'y'] }
    const readings = read({ 'Fn::Join': ['', Array.from({ length: 12 }, () => choice)] })
    expect(readings.length).toBeLessThanOrEqual(64)
    expect(readings.some((text) => typeof text === 'string' && text.includes('unknown:too many readings'))).toBe(true)
  })

  it('leaves out a resource only where the template itself says it is not made', () => {
    expect(resolver.resources().map(({ logicalId }) => logicalId)).toEqual(['Images', 'Work', 'Door', 'Perhaps'])
  })

  it.each([
    ['Here', true],
    ['There', false],
    ['Pilot', undefined],
    ['Either', undefined],
    ['Both', false],
    ['Round', undefined],
    ['Unknown', undefined],
  ])('decides condition %s as %s', (name, expected) => {
    const live = { 'Fn::If': [name, 'yes', 'no'] }
    expect(read(live)).toEqual(expected === undefined ? ['yes', 'no'] : [expected ? 'yes' : 'no'])
  })

  it('uses the names authors gave only when asked to', () => {
    const named = createResolver(readTemplate(template), { place, physicalNames: true })
    expect(named.resolve({ 'Fn::GetAtt': ['Images', 'Arn'] })).toBe('arn:aws:s3:::images-of-north')
  })

  it.each([[null], [[]], [{}], [{ Resources: [] }], [{ Resources: { A: {} } }], [{ Resources: {}, Parameters: 7 }]])(
    'refuses %j as a template',
    (json) => {
      expect(() => readTemplate(json)).toThrow(NotATemplate)
    },
  )
})
