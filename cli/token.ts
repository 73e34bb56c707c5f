import type { Command } from 'commander'
import { developmentTokens } from '../local/client/development-tokens.ts'
import { demoUsers } from '../local/seed/demo-network.ts'

export function registerToken(program: Command): void {
  program
    .command('token')
    .description('Get a development token from a running cell')
    .argument('[sub]', 'whose token; left out, the people are listed')
    .option('--url <url>', 'base URL of the cell', 'http://127.0.0.1:8080')
    .option('--json', 'print JSON')
    .action(async (sub: string | undefined, options: { url: string; json?: true }) => {
      if (sub === undefined) {
        const rows = demoUsers.map(({ sub: id, orgId, roles }) => ({ sub: id, orgId, roles }))
        process.stdout.write(
          options.json === true
            ? `${JSON.stringify(rows)}\n`
            : rows.map((row) => `${row.sub.padEnd(24)} ${row.orgId.padEnd(22)} ${row.roles.join(', ')}\n`).join(''),
        )
        return
      }
      const token = await developmentTokens(options.url, 0)(sub)()
      process.stdout.write(options.json === true ? `${JSON.stringify({ sub, token })}\n` : `${token}\n`)
    })
}
