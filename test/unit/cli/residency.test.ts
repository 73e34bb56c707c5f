import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Command, CommanderError } from 'commander'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { registerResidency } from '../../../cli/residency.ts'

let folder = ''
let printed = ''

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'overread-residency-'))
  printed = ''
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    printed += String(text)
    return true
  })
})

afterEach(() => {
  vi.restoreAllMocks()
  process.exitCode = undefined
  rmSync(folder, { recursive: true })
})

const file = (name: string, content: unknown): string => {
  const path = join(folder, name)
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content))
  return path
}

const overread = (...words: string[]): { exit: number; findings: Record<string, string>[]; complaint?: string } => {
  let complaint = ''
  const configuration = { writeErr: (text: string) => (complaint += text) }
  const program = new Command().exitOverride().configureOutput(configuration)
  registerResidency(program)
  for (const command of program.commands.flatMap((one) => [one, ...one.commands]))
    command.exitOverride().configureOutput(configuration)
  try {
    program.parse(['residency', 'check', ...words], { from: 'user' })
  } catch (error) {
    if (error instanceof CommanderError) return { exit: error.exitCode, findings: [], complaint }
    throw error
  }
  return { exit: Number(process.exitCode ?? 0), findings: JSON.parse(printed) as Record<string, string>[] }
}

const clean = { Resources: { Queue: { Type: 'AWS::SQS::Queue' } } }
const leaky = { Resources: { Door: { Type: 'AWS::Lambda::Url', Properties: {} } } }
const copying = (Bucket: unknown) => ({
  Resources: {
    Images: {
      Type: 'AWS::S3::Bucket',
      Properties: { ReplicationConfiguration: { Rules: [{ Destination: { Bucket } }] } },
    },
  },
})

describe('overread residency check', () => {
  it('answers an empty list and exit 0 where nothing leaves', () => {
    expect(overread(file('a.json', clean), '--region', 'eu-central-1', '--json')).toEqual({ exit: 0, findings: [] })
  })

  it('names template, resource, type, path, rule and reason, and exits 1', () => {
    const template = file('a.json', leaky)
    const { exit, findings } = overread(file('b.json', clean), template, '--region', 'eu-central-1', '--json')
    expect(exit).toBe(1)
    expect(findings).toEqual([
      {
        template,
        resource: 'Door',
        type: 'AWS::Lambda::Url',
        path: 'Type',
        rule: 'lambda-url',
        why: expect.stringContaining('authorizer') as string,
      },
    ])
  })

  it('prints for people without --json', () => {
    const program = new Command()
    registerResidency(program)
    program.parse(['residency', 'check', file('a.json', leaky), '--region', 'eu-central-1'], { from: 'user' })
    expect(printed).toContain('Door (AWS::Lambda::Url)')
    expect(printed).toContain('1 way(s) out of eu-central-1 in 1 template(s)')
  })

  it('takes a bucket of another template of the same cell for its own', () => {
    const state = file('state.json', {
      Resources: { Copies: { Type: 'AWS::S3::Bucket', Properties: { BucketName: 'copies' } } },
    })
    const service = file('service.json', copying('arn:aws:s3:::copies'))
    expect(overread(state, service, '--region', 'eu-central-1', '--json').exit).toBe(0)
    printed = ''
    expect(overread(service, '--region', 'eu-central-1', '--json').exit).toBe(1)
  })

  it('takes the account from the assembly a template lies in', () => {
    const grant = {
      Resources: {
        Role: {
          Type: 'AWS::IAM::Role',
          Properties: {
            AssumeRolePolicyDocument: {
              Statement: [{ Effect: 'Allow', Principal: { AWS: '111122223333' }, Action: 'sts:AssumeRole' }],
            },
          },
        },
      },
    }
    const template = file('S.template.json', grant)
    expect(overread(template, '--region', 'eu-central-1', '--json').exit).toBe(1)
    printed = ''
    process.exitCode = undefined
    file('manifest.json', {
      artifacts: {
        S: { environment: 'aws://111122223333/eu-central-1', properties: { templateFile: 'S.template.json' } },
      },
    })
    expect(overread(template, '--region', 'eu-central-1', '--json').exit).toBe(0)
    expect(overread(template, '--region', 'eu-central-1', '--json', '--account', '12').exit).toBe(2)
  })

  it('reads YAML with short forms', () => {
    const template = file(
      'a.yaml',
      'Resources:\n  It:\n    Type: AWS::Pipes::Pipe\n    Properties: {Target: !Sub "arn:aws:sqs:us-east-1:${AWS::AccountId}:q"}\n',
    )
    const { exit, findings } = overread(template, '--region', 'eu-central-1', '--json')
    expect([exit, findings.map(({ resource, rule }) => `${resource ?? ''} ${rule ?? ''}`)]).toEqual([
      1,
      ['It pipe-target'],
    ])
  })

  it('reads every template of a folder and the folders in it once, and says what was none', () => {
    mkdirSync(join(folder, 'nested', 'node_modules'), { recursive: true })
    const named = file('nested/b.yml', 'Resources: {Door: {Type: AWS::Lambda::Url}}')
    file('a.template', clean)
    file('nested/manifest.json', { version: '1' })
    file('nested/node_modules/c.json', leaky)
    file('nested/readme.md', 'no template')
    const { exit, findings } = overread(folder, named, '--region', 'eu-central-1', '--json')
    expect([exit, findings.length]).toEqual([1, 1])
    printed = ''
    const program = new Command()
    registerResidency(program)
    program.parse(['residency', 'check', folder, '--region', 'eu-central-1'], { from: 'user' })
    expect(printed).toContain(`no template, not checked: ${join(folder, 'nested', 'manifest.json')}`)
    expect(printed).toContain('1 way(s) out of eu-central-1 in 2 template(s)')
  })

  it.each([
    ['has none', { 'notes.json': { hello: 'world' } }, /no CloudFormation template in this folder/],
    [
      'holds one that is broken',
      { 'a.json': clean, 'b.yaml': 'A: !Nothing x' },
      /b\.yaml: neither JSON nor YAML: .*!Nothing/,
    ],
  ])('exits 2 on a folder that %s', (_, files, complaint) => {
    for (const [name, content] of Object.entries(files)) file(name, content)
    const answer = overread(folder, '--region', 'eu-central-1', '--json')
    expect(answer.exit).toBe(2)
    expect(answer.complaint).toMatch(complaint)
  })

  it.each([
    ['no region', [], clean],
    ['a place that is no region', ['--region', 'frankfurt'], clean],
    ['neither JSON nor YAML', ['--region', 'eu-central-1'], '{ "Resources": '],
    ['words', ['--region', 'eu-central-1'], 'hello'],
    ['JSON that is no template', ['--region', 'eu-central-1'], { hello: 'world' }],
    ['a resource without a type', ['--region', 'eu-central-1'], { Resources: { Odd: {} } }],
    ['a list', ['--region', 'eu-central-1'], []],
  ])('exits 2 on %s, for an unread template proves nothing', (_, flags, content) => {
    expect(overread(file('a.json', content), ...flags, '--json').exit).toBe(2)
  })

  it('exits 2 where a file is missing', () => {
    expect(overread(join(folder, 'absent.json'), '--region', 'eu-central-1').exit).toBe(2)
  })
})
