import { once } from 'node:events'
import { join } from 'node:path'
import type { Command } from 'commander'
import { demoMachineKeyPath, startDemoCell } from '../local/demo-cell.ts'
import type { EmbeddedCell } from '../local/embedded-cell.ts'
import { DEMO_CLIENT_ID } from '../local/seed/demo-machine.ts'
import { LAST_PORT, wholeNumber } from './whole-number.ts'

interface ServeOptions {
  readonly port: number
  readonly objectsPort?: number
  readonly host: string
  readonly data: string
  readonly json?: true
  readonly quiet?: true
}

const people = ['p-clerk-vienna', 'p-triage-vienna', 'p-referrer-vienna', 'p-weber', 'p-lead-rheinblick'] as const

const example = {
  siteId: 'donau-vienna',
  pathwayId: 'stroke',
  patient: { patientId: 'MRN-0042', name: { family: 'Example', given: 'Ada' }, birthDate: '1956-02-29' },
  clinical: { question: 'Acute left-sided weakness: large vessel occlusion?' },
  order: { accessionNumber: 'A-1', modality: 'CT', bodyPart: 'HEAD' },
}

const greeting = (
  baseUrl: string,
  keyPath: string,
): string => `Overread, embedded edition, with the demo network (made-up people and patients).

  API     ${baseUrl}/v1        document ${baseUrl}/v1/openapi.json
  Docs    ${baseUrl}/docs

A token for a person of the demo network, an hour long (${people.join(', ')}, ...):

  TOKEN=$(curl -s ${baseUrl}/dev/token -H 'content-type: application/json' -d '{"sub":"p-clerk-vienna"}' | sed 's/.*"access_token":"\\([^"]*\\)".*/\\1/')

Submit a referral, then follow it:

  curl -s ${baseUrl}/v1/referrals -H "authorization: Bearer $TOKEN" -H 'content-type: application/json' \\
    -H "idempotency-key: $(date +%s%N)" -d '${JSON.stringify(example)}'
  curl -s ${baseUrl}/v1/referrals -H "authorization: Bearer $TOKEN"

Upload a study to it:

  npm run -s overread -- upload DIR --referral ID --url ${baseUrl} --as p-clerk-vienna

A token for a system, ${DEMO_CLIENT_ID}, which proves itself by a key of its own:

  npm run -s overread -- token --client ${DEMO_CLIENT_ID} --key ${keyPath} --url ${baseUrl}

Stop with Ctrl-C; what was acknowledged is kept and taken up again at the next start.
`

async function say(cell: EmbeddedCell, options: ServeOptions): Promise<void> {
  if (options.json === true) {
    process.stdout.write(`${JSON.stringify({ baseUrl: cell.baseUrl, docs: `${cell.baseUrl}/docs` })}\n`)
    return
  }
  process.stdout.write(greeting(cell.baseUrl, demoMachineKeyPath(options.data)))
  process.stdout.write(`\nTokens for now:\n`)
  for (const sub of ['p-clerk-vienna', 'p-referrer-vienna'])
    process.stdout.write(`  ${sub}  ${await cell.tokenFor(sub)}\n`)
}

/** A fixed port goes with a fixed one: both are opened in a firewall or forwarded together. */
const objectsPortOf = ({ port, objectsPort }: ServeOptions): number => objectsPort ?? (port === 0 ? 0 : port + 1)

const port = wholeNumber(0, LAST_PORT)

export function registerServe(program: Command): void {
  program
    .command('serve')
    .description('Run a whole cell on this machine, with a demo network')
    .option('--port <number>', 'port; 0 takes a free one', port, 8080)
    .option('--objects-port <number>', 'port that objects are served at; the next after --port unless told', port)
    .option('--host <address>', 'address to listen on; loopback unless you know why not', '127.0.0.1')
    .option('--data <folder>', 'where the cell keeps everything', join('.overread', 'demo'))
    .option('--json', 'print one JSON object instead of the greeting')
    .option('--quiet', 'no request log')
    .action(async (options: ServeOptions) => {
      const cell = await startDemoCell({
        dataDir: options.data,
        port: options.port,
        objectsPort: objectsPortOf(options),
        host: options.host,
        quiet: options.quiet === true,
      })
      await say(cell, options)
      await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')])
      await cell.stop()
    })
}
