import { parseArgs } from 'node:util'
import { measureAll } from './measure-all.ts'
import { tableOf } from './result-table.ts'

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    quick: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
})

const help = `npm run bench                 ratios against peers in the same run, as a table
npm run bench -- --json       the same as one JSON object
npm run bench -- --quick      fewer and smaller rounds
`

if (values.help) process.stdout.write(help)
else {
  const results = await measureAll(values.quick)
  process.stdout.write(values.json ? `${JSON.stringify(results)}\n` : tableOf(results))
}
