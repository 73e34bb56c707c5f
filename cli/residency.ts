import { readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { Command } from 'commander'
import * as z from 'zod'
import { NotATemplate } from '../infra/checks/cloudformation/template.ts'
import { checkResidency } from '../infra/checks/residency/check-residency.ts'
import type { Finding } from '../infra/checks/residency/finding.ts'
import { isRegionName } from '../infra/checks/residency/regions.ts'

interface ResidencyFlags {
  readonly region?: string
  readonly account?: string
  readonly json?: true
}

type LocatedFinding = Finding & { readonly template: string }

/** What was asked cannot be done; answered with exit code 2. */
class UsageError extends Error {}

const readJson = (file: string): unknown => {
  try {
    return JSON.parse(readFileSync(file, 'utf8').replace(/^\uFEFF/, '')) as unknown
  } catch (cause) {
    throw new UsageError(`${file}: not a readable JSON file`, { cause })
  }
}

const AssemblySchema = z.object({
  artifacts: z.record(
    z.string(),
    z.looseObject({
      environment: z.string().optional(),
      properties: z.looseObject({ templateFile: z.string().optional() }).optional(),
    }),
  ),
})

/** The account a CDK assembly was synthesized for stands beside its templates. */
const accountBeside = (file: string): string | undefined => {
  try {
    const assembly = AssemblySchema.parse(readJson(join(dirname(file), 'manifest.json')))
    const stack = Object.values(assembly.artifacts).find(
      ({ properties }) => properties?.templateFile === basename(file),
    )
    return /^aws:\/\/(\d{12})\//.exec(stack?.environment ?? '')?.[1]
  } catch {
    return undefined
  }
}

const checkFiles = (files: readonly string[], flags: ResidencyFlags & { region: string }): LocatedFinding[] => {
  const templates = files.map((file) => ({ file, json: readJson(file) }))
  return templates.flatMap(({ file, json }) => {
    try {
      const siblings = templates.filter((other) => other.file !== file).map((other) => other.json)
      const account = flags.account ?? accountBeside(file)
      return checkResidency(json, { region: flags.region, account, siblings }).map((finding) => ({
        ...finding,
        template: file,
      }))
    } catch (error) {
      if (error instanceof NotATemplate)
        throw new UsageError(`${file}: not a CloudFormation template: ${error.message}`, { cause: error })
      throw error
    }
  })
}

const asJson = (findings: readonly LocatedFinding[]): string =>
  findings.length === 0 ? '[]\n' : `[\n${findings.map((finding) => JSON.stringify(finding)).join(',\n')}\n]\n`

const asText = (findings: readonly LocatedFinding[], files: readonly string[], region: string): string =>
  [
    ...findings.map(
      ({ template, resource, type, path, rule, why }) =>
        `${template}: ${resource} (${type}) ${path}\n  ${rule}: ${why}`,
    ),
    `${findings.length === 0 ? 'nothing leaves' : `${findings.length} way(s) out of`} ${region} in ${files.length} template(s)`,
  ].join('\n') + '\n'

const run = (files: readonly string[], { region, ...flags }: ResidencyFlags): LocatedFinding[] => {
  if (region === undefined || !isRegionName(region))
    throw new UsageError('--region must name the region of the cell, such as eu-central-1')
  if (flags.account !== undefined && !/^\d{12}$/.test(flags.account))
    throw new UsageError('--account must have 12 digits')
  return checkFiles(files, { region, ...flags })
}

/** Adds `overread residency check`. */
export const registerResidency = (program: Command): void => {
  const residency = program.command('residency').description('where data may and may not go')
  residency
    .command('check')
    .description(
      'find every way in which data could leave the region, in synthesized CloudFormation templates of one cell',
    )
    .argument('<template...>', 'synthesized templates (JSON); together they are one cell')
    .option('--region <region>', 'region of the cell')
    .option(
      '--account <account>',
      'account of the cell; taken from the CDK assembly or the template itself where it shows',
    )
    .option('--json', 'findings as one JSON array of {template, resource, type, path, rule, why}')
    .addHelpText('after', '\nExit code: 0 nothing found, 1 findings, 2 the call or a file is wrong.')
    .action((files: string[], flags: ResidencyFlags, command: Command) => {
      try {
        const findings = run(files, flags)
        process.stdout.write(flags.json === true ? asJson(findings) : asText(findings, files, flags.region ?? ''))
        if (findings.length > 0) process.exitCode = 1
      } catch (error) {
        if (error instanceof UsageError) command.error(error.message, { exitCode: 2, code: 'overread.usage' })
        throw error
      }
    })
}
