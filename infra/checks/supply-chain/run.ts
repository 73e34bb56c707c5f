/** `npm run sbom`: bundles the functions, writes the bills of materials into dist/sbom, prints what is wrong, exits 1 on a problem. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { bundleFunctions } from '../../bundles/bundle-functions.ts'
import { checkDeployed, checkSupplyChain } from './check-project.ts'
import type { BillOfMaterials } from './sbom.ts'

const root = process.cwd()
const folder = join(root, 'dist/sbom')
const write = (name: string, bill: BillOfMaterials): void =>
  writeFileSync(join(folder, `${name}.cdx.json`), `${JSON.stringify(bill, null, 2)}\n`)

const project = checkSupplyChain(root)
const deployed = checkDeployed(root, await bundleFunctions())
mkdirSync(folder, { recursive: true })
write('project', project.bill)
write('functions', deployed.bill)
const problems = [...project.problems, ...deployed.problems]
const summary = [
  `${project.packages} packages, ${project.production} of them in production, bill ${project.bill.serialNumber}`,
  `${deployed.packages} packages in the functions, bill ${deployed.bill.serialNumber}`,
  `${problems.length} problem(s)`,
]
process.stdout.write(`${[...problems, ...summary].join('\n')}\n`)
if (problems.length > 0) process.exitCode = 1
