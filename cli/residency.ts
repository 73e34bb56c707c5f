import { readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { Command } from 'commander'
import * as z from 'zod'
import { NotATemplate } from '../infra/checks/cloudformation/template.ts'
import { checkResidency } from '../infra/checks/residency/check-residency.ts'
import type { Finding } from '../infra/checks/residency/finding.ts'
import { isRegionName } from '../infra/checks/residency/regions.ts'
import { readTemplateFiles, UnreadableInput, type TemplateFile } from './template-files.ts'

interface ResidencyFlags {
  readonly region?: string
  readonly account?: string
  readonly json?: true
}

type LocatedFinding = Finding & { readonly template: string }

interface Checked {
  readonly findings: readonly LocatedFinding[]
  readonly templates: readonly TemplateFile[]
  readonly others: readonly string[]
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
    const assembly = AssemblySchema.parse(JSON.parse(readFileSync(join(dirname(file), 'manifest.json'), 'utf8')))
    const stack = Object.values(assembly.artifacts).find(
      ({ properties }) => properties?.templateFile === basename(file),
    )
    return /^aws:\/\/(\d{12})\//.exec(stack?.environment ?? '')?.[1]
  } catch {
    return undefined
  }
}

const checkTemplates = (
  templates: readonly TemplateFile[],
  flags: ResidencyFlags & { region: string },
): LocatedFinding[] =>
  templates.flatMap((template) => {
    const { file, content } = template
    try {
      const others = templates.filter((other) => other !== template)
      const siblings = others.map((other) => other.content)
      const siblingNames = others.map((other) => basename(other.file))
      const account = flags.account ?? accountBeside(file)
      return checkResidency(content, { region: flags.region, account, siblings, siblingNames }).map((finding) => ({
        ...finding,
        template: file,
      }))
    } catch (error) {
      if (error instanceof NotATemplate)
        throw new UnreadableInput(`${file}: not a CloudFormation template: ${error.message}`, { cause: error })
      throw error
    }
  })

const asJson = (findings: readonly LocatedFinding[]): string =>
  findings.length === 0 ? '[]\n' : `[\n${findings.map((finding) => JSON.stringify(finding)).join(',\n')}\n]\n`

const asText = ({ findings, templates, others }: Checked, region: string): string =>
  [
    ...findings.map(
      ({ template, resource, type, path, rule, why }) =>
        `${template}: ${resource} (${type}) ${path}\n  ${rule}: ${why}`,
    ),
    ...(others.length === 0 ? [] : [`no template, not checked: ${others.join(', ')}`]),
    `${findings.length === 0 ? 'nothing leaves' : `${findings.length} way(s) out of`} ${region} in ${templates.length} template(s)`,
  ].join('\n') + '\n'

const run = (paths: readonly string[], { region, ...flags }: ResidencyFlags): Checked => {
  if (region === undefined || !isRegionName(region))
    throw new UnreadableInput('--region must name the region of the cell, such as eu-central-1')
  if (flags.account !== undefined && !/^\d{12}$/.test(flags.account))
    throw new UnreadableInput('--account must have 12 digits')
  const { templates, others } = readTemplateFiles(paths)
  return { templates, others, findings: checkTemplates(templates, { region, ...flags }) }
}

/** Adds `overread residency check`. */
export const registerResidency = (program: Command): void => {
  const residency = program.command('residency').description('where data may and may not go')
  residency
    .command('check')
    .description('find every way in which data could leave the region, in CloudFormation and SAM templates of one cell')
    .argument('<template...>', 'templates (JSON or YAML), and folders of templates; together they are one cell')
    .option('--region <region>', 'region of the cell')
    .option(
      '--account <account>',
      'account of the cell; taken from the CDK assembly or the template itself where it shows',
    )
    .option('--json', 'findings as one JSON array of {template, resource, type, path, rule, why}')
    .addHelpText(
      'after',
      '\nOf a folder every .json, .yaml, .yml and .template with resources is read, those of folders in it too.' +
        '\nExit code: 0 nothing found, 1 findings, 2 the call or a file is wrong (nothing was checked).',
    )
    .action((paths: string[], flags: ResidencyFlags, command: Command) => {
      try {
        const checked = run(paths, flags)
        process.stdout.write(flags.json === true ? asJson(checked.findings) : asText(checked, flags.region ?? ''))
        if (checked.findings.length > 0) process.exitCode = 1
      } catch (error) {
        if (error instanceof UnreadableInput) command.error(error.message, { exitCode: 2, code: 'overread.usage' })
        throw error
      }
    })
}
