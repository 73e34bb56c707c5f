import { readFile } from 'node:fs/promises'
import path from 'node:path'
import * as z from 'zod'

/** A value of a CloudFormation template. */
export type TemplateValue = z.infer<ReturnType<typeof z.json>>

const TemplateSchema = z.looseObject({
  Resources: z.record(
    z.string(),
    z.looseObject({ Type: z.string(), Properties: z.record(z.string(), z.json()).default({}) }),
  ),
})

const ManifestSchema = z.looseObject({
  artifacts: z.record(
    z.string(),
    z.looseObject({
      type: z.string(),
      environment: z.string().optional(),
      properties: z.looseObject({ templateFile: z.string().optional(), stackName: z.string().optional() }).optional(),
    }),
  ),
})

/** One stack as synthesized, and where it goes. */
export interface SynthesizedStack {
  readonly name: string
  readonly account: string
  readonly region: string
  readonly resources: Readonly<Record<string, { Type: string; Properties: Record<string, TemplateValue> }>>
}

/** The stacks of a cloud assembly (`cdk.out`), each with its resolved environment. */
export async function readAssembly(folder: string): Promise<SynthesizedStack[]> {
  const manifest = ManifestSchema.parse(JSON.parse(await readFile(path.join(folder, 'manifest.json'), 'utf8')))
  const stacks: SynthesizedStack[] = []
  for (const [id, artifact] of Object.entries(manifest.artifacts)) {
    const file = artifact.properties?.templateFile
    if (artifact.type !== 'aws:cloudformation:stack' || file === undefined) continue
    const environment = /^aws:\/\/(\d{12})\/([a-z0-9-]+)$/.exec(artifact.environment ?? '')
    if (!environment) throw new Error(`Stack ${id} has no account and region of its own.`)
    const [, account = '', region = ''] = environment
    const template = TemplateSchema.parse(JSON.parse(await readFile(path.join(folder, file), 'utf8')))
    stacks.push({ name: artifact.properties?.stackName ?? id, account, region, resources: template.Resources })
  }
  return stacks
}
