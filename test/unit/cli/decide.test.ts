import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Command, CommanderError } from 'commander'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { registerDecide } from '../../../cli/decide.ts'
import { demoPolicy } from '../../../local/seed/demo-policy.ts'
import { DecisionRecordSchema } from '../../../shared/domain/residency/decision-record.ts'
import { confirmedPolicy, shippedPolicy } from '../../fixtures/confirmed-policy.ts'
import { factsFor, readerIn, recordsFor } from '../../fixtures/residency-evidence.ts'

let folder: string
const reader = readerIn('DE')
const evidence = {
  records: recordsFor(shippedPolicy.policy, 'DE', reader),
  facts: factsFor(shippedPolicy.policy, 'DE'),
}

const file = async (name: string, content: unknown): Promise<string> => {
  const path = join(folder, name)
  await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content))
  return path
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'overread-decide-'))
})
afterAll(() => rm(folder, { recursive: true }))
afterEach(() => {
  process.exitCode = undefined
})

const overread = async (...words: string[]) => {
  let [out, err] = ['', '']
  const program = new Command('overread').exitOverride()
  program.configureOutput({ writeOut: (text) => (out += text), writeErr: (text) => (err += text) })
  registerDecide(program)
  try {
    await program.parseAsync(['decide', ...words], { from: 'user' })
    return { out, err, exit: process.exitCode }
  } catch (error) {
    if (error instanceof CommanderError) return { out, err, exit: error.exitCode }
    throw error
  }
}

const question = (readerFile: string, ...more: string[]) =>
  overread(
    '--origin',
    'DE',
    '--reader',
    readerFile,
    '--purpose',
    'image-access',
    '--at',
    '2026-11-24T10:00:00Z',
    ...more,
  )

describe('overread decide', () => {
  it('prints the decision record as JSON and exits 0 where something is permitted', async () => {
    const { out, exit } = await question(await file('reader.json', { ...reader, evidence }), '--json')
    expect(exit).toBe(0)
    expect(DecisionRecordSchema.parse(JSON.parse(out))).toMatchObject({
      mode: 'view_in_region_identifiable',
      ruleIds: ['DE-1', 'EU-1'],
      evidenceIds: ['ev-c5_type2', 'ev-de_establishment', 'ev-dpa', 'ev-licensed'],
      policyHash: shippedPolicy.sha256,
    })
  })

  it('exits 1 and says what is missing where it is forbidden', async () => {
    const { out, exit } = await question(await file('reader.json', reader))
    expect(exit).toBe(1)
    expect(out).toContain('forbidden (conditions-missing)')
    expect(out).toContain('DE-1 view_in_region_identifiable: lacks LICENSED, MFA, STORAGE_IN_ZONE')
    expect(out).toContain('rows that nobody has confirmed run one step stricter')
  })

  it('takes another policy and further evidence from files', async () => {
    const policy = await file('policy.json', confirmedPolicy.policy)
    const more = await file('evidence.json', { ...evidence, caseId: 'case-7' })
    const { out, exit } = await question(
      await file('reader.json', reader),
      '--policy',
      policy,
      '--evidence',
      more,
      '--json',
    )
    expect(exit).toBe(0)
    expect(JSON.parse(out)).toMatchObject({
      mode: 'read_identifiable',
      caseId: 'case-7',
      policyHash: confirmedPolicy.sha256,
    })
  })

  it('shows an emergency access with its review date, and what an offer leaves open', async () => {
    const abroad = readerIn('IN')
    const records = recordsFor(confirmedPolicy.policy, 'GB', abroad).filter(
      ({ condition }) => condition !== 'RISK_ANALYSIS',
    )
    const breakGlass = {
      reason: 'threat-to-life',
      invokedBy: 'referrer-1',
      approvedBy: 'lead-1',
      invokedAt: '2026-11-24T09:50:00Z',
      expiresAt: '2026-11-24T10:50:00Z',
      reviewDueAt: '2026-11-26T09:50:00Z',
    }
    const facts = factsFor(confirmedPolicy.policy, 'GB')
    const readerFile = await file('abroad.json', { ...abroad, evidence: { records, facts, breakGlass } })
    const policy = await file('policy.json', confirmedPolicy.policy)
    const base = ['--origin', 'GB', '--reader', readerFile, '--policy', policy, '--at', '2026-11-24T10:00:00Z']
    const emergency = await overread(...base, '--purpose', 'claim')
    expect(emergency.out).toContain('RISK_ANALYSIS waived, review due 2026-11-26T09:50:00Z')
    expect((await overread(...base, '--purpose', 'offer')).out).toContain('deferred  GEO_AGREE, MFA')
  })

  it('is asked by the example of its help, of the policy of the demo too', async () => {
    const { out: help } = await overread('--help')
    const example = help.slice(help.indexOf('{ "readerId"'), help.indexOf('\nExit code'))
    const readerFile = await file('example.json', example)
    const base = ['--origin', 'AT', '--reader', readerFile, '--purpose', 'claim', '--at', '2026-11-24T10:00:00Z']
    expect((await overread(...base)).out).toContain('unknown-origin')
    const asked = await overread(...base, '--policy', await file('demo.json', demoPolicy))
    expect({ exit: asked.exit, out: asked.out.split('\n')[0] }).toEqual({ exit: 0, out: 'read_identifiable' })
  })

  it('decides as of now where no instant is given', async () => {
    const before = new Date().toISOString()
    const readerFile = await file('reader.json', reader)
    const { out } = await overread('--origin', 'DE', '--reader', readerFile, '--purpose', 'claim', '--json')
    expect(DecisionRecordSchema.parse(JSON.parse(out)).decidedAt >= before).toBe(true)
  })

  it.each([
    ['a file that is not there', () => Promise.resolve(join(folder, 'none.json')), [], 'cannot be read'],
    ['a file that is no JSON', () => file('bad.json', '{'), [], 'not JSON'],
    ['a reader with an unknown key', () => file('odd.json', { ...reader, shoeSize: 42 }), [], 'shoeSize'],
    ['an instant that is none', () => file('reader.json', reader), ['--at', 'yesterday'], 'not a UTC instant'],
  ])('exits 2 for %s', async (_, make, more, message) => {
    const { err, exit } = await question(await make(), ...more)
    expect(exit).toBe(2)
    expect(err).toContain(message)
  })

  it('exits 2 for a policy file with an unknown key or a rule that can never speak, naming the place', async () => {
    const readerFile = await file('reader.json', reader)
    const [first, ...rest] = confirmedPolicy.policy.origins
    const rules = [
      ...(first?.rules ?? []),
      { id: 'EU-9', reader: 'FR', mode: 'view_in_region_identifiable', requires: ['DPA'] },
    ]
    const odd = await question(
      readerFile,
      '--policy',
      await file('odd-policy.json', { ...confirmedPolicy.policy, colour: 1 }),
    )
    expect(odd).toMatchObject({ exit: 2, err: expect.stringContaining('colour: this key is not known') as string })
    const silent = await question(
      readerFile,
      '--policy',
      await file('silent.json', { ...confirmedPolicy.policy, origins: [{ ...first, rules }, ...rest] }),
    )
    expect(silent).toMatchObject({ exit: 2, err: expect.stringContaining('origins[0].rules[4]: rule EU-9') as string })
  })
})
