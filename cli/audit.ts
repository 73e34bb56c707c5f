import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Command } from 'commander'
import * as z from 'zod'
import { SignedCheckpointSchema, type SignedCheckpoint } from '../shared/domain/audit/checkpoint.ts'
import {
  verifyBundle,
  type Intact,
  type NumberRange,
  type Verification,
  type Verifier,
} from '../shared/domain/audit/verify-bundle.ts'
import { auditVerifier } from '../shared/runtime/audit-verifier.ts'

const KeySchema = z.looseObject({ publicKey: z.strictObject({ keyId: z.string(), pem: z.string() }) })

interface VerifyOptions {
  readonly key: readonly string[]
  readonly checkpoints?: string
  readonly json?: true
}

/** The key of the bundle itself is only believed where no other was given, and that is said. */
async function trustedKeys(bundle: unknown, keyFiles: readonly string[]): Promise<Verifier> {
  const { publicKey } = KeySchema.parse(bundle)
  const [pem, ...older] = await Promise.all(keyFiles.map((file) => readFile(file, 'utf8')))
  return pem === undefined ? auditVerifier(publicKey) : auditVerifier({ keyId: publicKey.keyId, pem }, older)
}

async function checkpointIn(file: string): Promise<SignedCheckpoint> {
  try {
    return SignedCheckpointSchema.parse(JSON.parse(await readFile(file, 'utf8')))
  } catch (cause) {
    throw new Error(`${file} is no signed checkpoint`, { cause })
  }
}

/** As they lie in the bucket, one a file. Another file among them is an error: passed over, it might be the one that matters. */
async function lockedCheckpoints(path: string | undefined): Promise<readonly SignedCheckpoint[]> {
  if (path === undefined) return []
  if (!(await stat(path)).isDirectory()) return [await checkpointIn(path)]
  const entries = await readdir(path, { recursive: true, withFileTypes: true })
  const checkpoints: SignedCheckpoint[] = []
  for (const entry of entries.filter((one) => one.isFile()))
    checkpoints.push(await checkpointIn(join(entry.parentPath, entry.name)))
  if (checkpoints.length === 0) throw new Error(`${path} holds no checkpoint`)
  return checkpoints
}

const rangeText = ({ from, to }: NumberRange): string => (from === to ? String(from) : `${from} to ${to}`)

function afterNewest({ newest }: Intact): string {
  const known =
    newest === undefined
      ? 'The bundle holds no checkpoint'
      : `The newest checkpoint in the bundle is ${newest.number} of ${newest.at}`
  return `${known}: what came after it is for the lock bucket to prove (--checkpoints).`
}

function textOf(result: Verification): string {
  if (result.outcome === 'broken' && result.broken === 'wrong-key')
    return `broken: wrong key: checkpoint ${result.number} is signed by none that is trusted. Was the cell's key replaced, give the older ones too (--key, several times)`
  if (result.outcome === 'broken') return `broken: ${result.broken} at record ${result.number} of ${result.chain}`
  if (result.outcome === 'nothing-to-prove')
    return `nothing to prove: no record, ${result.checkpoints} checkpoints. A case has at least one record: ask where they are`
  const counts = `${result.records} records in ${result.chains} chains, ${result.checkpoints} checkpoints, ${result.unanchored} records since the last`
  const [first] = result.unproved
  if (first === undefined && result.gaps.length > 0)
    return `not proved: checkpoints ${result.gaps.map(rangeText).join(', ')} were not given, and may cover more. ${counts}`
  if (first === undefined) return `intact: ${counts}`
  return `not proved: no signed checkpoint covers record ${first.number} of ${first.chain}; whoever has the table could have written all from there on. ${counts}`
}

function exitOf(result: Verification): 0 | 1 | 2 {
  if (result.outcome === 'broken') return 1
  return result.outcome === 'intact' && result.unproved.length === 0 && result.gaps.length === 0 ? 0 : 2
}

async function verify(file: string, options: VerifyOptions): Promise<void> {
  const bundle: unknown = JSON.parse(await readFile(file, 'utf8'))
  const locked = await lockedCheckpoints(options.checkpoints)
  const result = verifyBundle(bundle, await trustedKeys(bundle, options.key), locked)
  const trust = options.key.length === 0 ? " (checked with the bundle's own key: give --key to prove whose it is)" : ''
  const after = result.outcome === 'intact' && locked.length === 0 ? `${afterNewest(result)}\n` : ''
  process.stdout.write(options.json === true ? `${JSON.stringify(result)}\n` : `${textOf(result)}${trust}\n${after}`)
  process.exitCode = exitOf(result)
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
      'public key of the cell, got by another way than the bundle: from KMS, the key of SigningKeyArn; again for each older one',
      (file: string, before: readonly string[]) => [...before, file],
      [] as readonly string[],
    )
    .option(
      '--checkpoints <file-or-directory>',
      'checkpoints as they lie in the lock bucket: without them a tail that was cut with its checkpoint is not seen',
    )
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      '\nExit code 0: intact. 1: broken. 2: every link holds, but no signed checkpoint proves it,\n  checkpoints are missing among those given, or there is no record at all.',
    )
    .action(verify)
}
