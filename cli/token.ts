import { readFile } from 'node:fs/promises'
import type { Command } from 'commander'
import type { JWK } from 'jose'
import { developmentTokens } from '../local/client/development-tokens.ts'
import { machineTokens } from '../local/client/machine-tokens.ts'
import { demoUsers } from '../local/seed/demo-network.ts'

interface TokenOptions {
  readonly url: string
  readonly client?: string
  readonly key?: string
  readonly scope?: string
  readonly json?: true
}

const listed = ({ json }: TokenOptions): string => {
  const rows = demoUsers.map(({ sub: id, orgId, roles }) => ({ sub: id, orgId, roles }))
  return json === true
    ? `${JSON.stringify(rows)}\n`
    : rows.map((row) => `${row.sub.padEnd(24)} ${row.orgId.padEnd(22)} ${row.roles.join(', ')}\n`).join('')
}

async function tokenOfMachine(clientId: string, options: TokenOptions): Promise<string> {
  if (options.key === undefined) throw new Error('a system proves itself by its key: --key FILE, its private JWK')
  const key = JSON.parse(await readFile(options.key, 'utf8')) as JWK
  return machineTokens(options.url, { clientId, key }, options.scope)()
}

async function printToken(person: string | undefined, options: TokenOptions): Promise<void> {
  const sub = options.client ?? person
  if (sub === undefined) {
    process.stdout.write(listed(options))
    return
  }
  const token =
    options.client === undefined
      ? await developmentTokens(options.url, 0)(sub)()
      : await tokenOfMachine(options.client, options)
  process.stdout.write(options.json === true ? `${JSON.stringify({ sub, token })}\n` : `${token}\n`)
}

export function registerToken(program: Command): void {
  program
    .command('token')
    .description('Get a token: of a person from a development cell, or of a system from any cell')
    .argument('[sub]', 'whose development token; left out, the people are listed')
    .option('--url <url>', 'base URL of the cell; of a deployed one the MachineApiUrl', 'http://127.0.0.1:8080')
    .option('--client <id>', 'a system of the network definition')
    .option('--key <file>', "the system's private key, a JWK")
    .option('--scope <scopes>', 'less than every scope registered for the system')
    .option('--json', 'print JSON')
    .action(printToken)
}
