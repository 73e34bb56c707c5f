import { describe, expect, it } from 'vitest'
import { readTemplateText } from '../../infra/checks/cloudformation/template-text.ts'
import { NotATemplate } from '../../infra/checks/cloudformation/template.ts'

const value = (yaml: string): unknown => (readTemplateText(`A: ${yaml}`) as { A: unknown }).A

describe('the text of a template', () => {
  it.each([
    ['a name', '!Ref Images', { Ref: 'Images' }],
    ['an attribute', '!GetAtt Images.Arn', { 'Fn::GetAtt': 'Images.Arn' }],
    ['an attribute in a list', '!GetAtt [Images, Arn]', { 'Fn::GetAtt': ['Images', 'Arn'] }],
    ['a list', "!Join ['-', [a, !Ref B]]", { 'Fn::Join': ['-', ['a', { Ref: 'B' }]] }],
    ['a mapping', '!Transform {Name: AWS::Include}', { 'Fn::Transform': { Name: 'AWS::Include' } }],
    [
      'one in another',
      '!If [C, !Sub ["${X}", {X: !ImportValue Y}], !Ref AWS::NoValue]',
      { 'Fn::If': ['C', { 'Fn::Sub': ['${X}', { X: { 'Fn::ImportValue': 'Y' } }] }, { Ref: 'AWS::NoValue' }] },
    ],
    [
      'a condition',
      '!And [!Condition C, !Not [!Equals [a, b]]]',
      { 'Fn::And': [{ Condition: 'C' }, { 'Fn::Not': [{ 'Fn::Equals': ['a', 'b'] }] }] },
    ],
    ['several lines', '!Sub |\n  a\n  b\n', { 'Fn::Sub': 'a\nb\n' }],
  ])('short forms are written out: %s', (_, yaml, expected) => {
    expect(value(yaml)).toEqual(expected)
  })

  it.each([
    ['012345678901', '012345678901'],
    ['2012-10-17', '2012-10-17'],
    ['1.10', '1.10'],
    ['22:30', '22:30'],
    ['N', 'N'],
    ["'yes'", 'yes'],
  ])('%s stays as it is written', (yaml, expected) => {
    expect(value(yaml)).toBe(expected)
  })

  it.each([
    ['yes', true],
    ['On', true],
    ['true', true],
    ['no', false],
    ['~', null],
    ['', null],
  ])('%s is the word that CloudFormation reads', (yaml, expected) => {
    expect(value(yaml)).toBe(expected)
  })

  it('repeats what an anchor names, and merges it', () => {
    expect(readTemplateText('A: &a {B: !Ref C}\nD: *a\nE: {<<: *a, F: g}')).toEqual({
      A: { B: { Ref: 'C' } },
      D: { B: { Ref: 'C' } },
      E: { B: { Ref: 'C' }, F: 'g' },
    })
  })

  it('reads JSON behind a byte order mark, and JSON that only YAML forgives', () => {
    expect(readTemplateText('\uFEFF{"A": 1}')).toEqual({ A: 1 })
    expect(readTemplateText('{"A": "b",}')).toEqual({ A: 'b' })
  })

  const bomb = ['a: &a [x, x, x, x, x, x, x, x, x]']
  for (const [one, other] of ['ab', 'bc', 'cd', 'de', 'ef', 'fg'])
    bomb.push(
      `${other ?? ''}: &${other ?? ''} [${Array(9)
        .fill(`*${one ?? ''}`)
        .join()}]`,
    )

  it.each([
    ['half of a JSON file', '{ "Resources": ', /neither JSON nor YAML/],
    ['a tag that is no function', 'A: !Encrypt x', /Unresolved tag: !Encrypt at line 1/],
    ['the same name twice', 'A: 1\nA: 2', /unique at line 2/],
    ['two documents', 'A: 1\n---\nB: 2', /multiple documents/],
    ['an anchor that is nowhere', 'A: *b', /Unresolved alias/],
    ['aliases that multiply', bomb.join('\n'), /aliases cannot be followed/],
    ['tabs', 'A:\n\tB: 1', /neither JSON nor YAML/],
  ])('refuses %s', (_, text, reason) => {
    expect(() => readTemplateText(text)).toThrow(NotATemplate)
    expect(() => readTemplateText(text)).toThrow(reason)
  })
})
