import { parseArgs } from 'node:util'
import { measureAll } from './measure-all.ts'
import { tableOf } from './result-table.ts'

const { values } = parseArgs({
  options: { json: { type: 'boolean', default: false }, quick: { type: 'boolean', default: false } },
})

const results = await measureAll(values.quick)
process.stdout.write(values.json ? `${JSON.stringify(results)}\n` : tableOf(results))
