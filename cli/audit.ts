import { readFile } from 'node:fs/promises'
import type { Command } from 'commander'
import * as z from 'zod'
import { verifyBundle, type Verification } from '../shared/domain/audit/verify-bundle.ts'
import { auditVerifier } from '../shared/runtime/audit-verifier.ts'

const KeySchema = z.looseObject({ publicKey: z.strictObject({ keyId: z.string(), pem: z.string() }) })

interface VerifyOptions {
  readonly key?: string
  readonly json?: true
}

/** The key of the bundle itself is only believed where no other was given, and that is said. */
async function trustedKey(bundle: unknown, keyFile: string | undefined): Promise<{ keyId: string; pem: string }> {
  if (keyFile === undefined) return KeySchema.parse(bundle).publicKey
  return { keyId: KeySchema.parse(bundle).publicKey.keyId, pem: await readFile(keyFile, 'utf8') }
}

function textOf(result: Verification): string {
  if (result.outcome === 'broken') return `broken: ${result.broken} at record ${result.number} of ${result.chain}`
  const counts = `${result.records} records in ${result.chains} chains, ${result.checkpoints} checkpoints, ${result.unanchored} records since the last`
  const [first] = result.unproved
  if (first === undefined) return `intact: ${counts}`
  return `not proved: no signed checkpoint covers record ${first.number} of ${first.chain}; whoever has the table could have written all from there on. ${counts}`
}

async function verify(file: string, options: VerifyOptions): Promise<void> {
  const bundle: unknown = JSON.parse(await readFile(file, 'utf8'))
  const result = verifyBundle(bundle, auditVerifier(await trustedKey(bundle, options.key)))
  const trust = options.key === undefined ? " (checked with the bundle's own key: give --key to prove whose it is)" : ''
  process.stdout.write(options.json === true ? `${JSON.stringify(result)}\n` : `${textOf(result)}${trust}\n`)
  if (result.outcome === 'broken') process.exitCode = 1
  else if (result.unproved.length > 0) process.exitCode = 2
}

export function registerAudit(program: Command): void {
  program
    .command('audit')
    .description('Work with audit bundles, offline')
    .command('verify')
    .description('Check the hash chains and signed checkpoints of a bundle, and name the first broken record')
    .argument('<bundle>', 'a file as GET /v1/referrals/{referralId}/audit gives it')
    .option(
      '--key <pem>',
      'public key of the cell, got by another way than the bundle: from KMS, the key of SigningKeyArn',
    )
    .option('--json', 'print one JSON object')
    .addHelpText('after', '\nExit code 0: intact. 1: broken. 2: every link holds, but no signed checkpoint proves it.')
    .action(verify)
}
