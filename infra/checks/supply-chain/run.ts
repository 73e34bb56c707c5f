/** `node infra/checks/supply-chain/run.ts [SBOM.json]`: prints what is wrong, writes the bill of materials, exits 1 on a problem. */
import { writeFileSync } from 'node:fs'
import { checkSupplyChain } from './check-project.ts'

const [billFile] = process.argv.slice(2)
const { packages, production, problems, bill } = checkSupplyChain(process.cwd())
if (billFile !== undefined) writeFileSync(billFile, `${JSON.stringify(bill, null, 2)}\n`)
const summary = `${packages} packages, ${production} of them in production, ${problems.length} problem(s), bill ${bill.serialNumber}`
process.stdout.write(`${[...problems, summary].join('\n')}\n`)
if (problems.length > 0) process.exitCode = 1
