import type { Retention } from '../../shared/contracts/http/privacy.ts'
import type { BodyOf, OperationId, ParamsOf } from '../../shared/contracts/routes.ts'
import type { PermittedOperation } from '../../shared/domain/access/permissions.ts'
import type { ReferralId } from '../../shared/domain/case/case.ts'
import { Refusal } from '../../shared/domain/refusal.ts'
import { decideRetention, type RetentionCommand } from '../../shared/domain/retention/retention-file.ts'
import { answerBesideCase } from '../../shared/ledger/answer-beside-case.ts'
import type { Asking } from '../../shared/ledger/asking.ts'
import { authoriseOwner } from '../../shared/ledger/authorised-case.ts'
import { fileWrite, loadFile, loadRetained, type LoadedFile } from '../../shared/ledger/retention-files.ts'
import type { IdSource } from '../../shared/ports/surroundings.ts'
import { retentionOf, type RetentionPorts } from './read-retention.ts'

export interface CommandPorts extends RetentionPorts {
  readonly ids: IdSource
}

interface Asked<O extends OperationId> {
  readonly params: ParamsOf<O> & { readonly referralId: ReferralId }
  readonly body: BodyOf<O>
  readonly context: Asking
}

type Command = Extract<PermittedOperation & OperationId, `${string}LegalHold` | `${'request' | 'withdraw'}Erasure`>

export function requireVersion({ version }: LoadedFile, { expectedVersion }: Asking): void {
  if (version !== expectedVersion) throw new Refusal('stale-version', { currentVersion: version })
}

/** One step on the file of a case: who may, on the version they saw, recorded in the chain of the case. */
const command =
  <O extends Command>(operation: O, commandOf: (asked: Asked<O>, ports: CommandPorts) => RetentionCommand) =>
  async (ports: CommandPorts, asked: Asked<O>): Promise<Retention> => {
    const { params, context } = asked
    const { referralId } = params
    const { personId } = context.principal
    authoriseOwner(operation, context.principal, referralId)
    const given = commandOf(asked, ports)
    const { command: step, ...facts } = given
    return answerBesideCase(ports, context, {
      referralId,
      prepare: async () => {
        const loaded = await loadFile(ports.store, referralId)
        const known = await loadRetained(ports.store, referralId)
        if (known === undefined && loaded.version === 0) throw new Refusal('not-found')
        requireVersion(loaded, context)
        const decision = decideRetention(loaded.file, given, { at: ports.clock.now(), by: personId })
        if (decision.outcome === 'refused') throw new Refusal(decision.code)
        const after = { file: decision.file, version: loaded.version + 1 }
        return {
          answer: retentionOf(ports, after, known, personId),
          writes: [fileWrite(loaded, decision.file)],
          facts: { step, ...facts },
        }
      },
    })
  }

export const placeLegalHold = command('placeLegalHold', ({ body }, { ids }) => ({
  command: 'place-hold',
  holdId: ids.next(),
  reason: body.reason,
}))
export const confirmLegalHold = command('confirmLegalHold', ({ params }) => ({
  command: 'confirm-hold',
  holdId: params.holdId,
}))
export const askToLiftLegalHold = command('askToLiftLegalHold', ({ params }) => ({
  command: 'ask-lift',
  holdId: params.holdId,
}))
export const keepLegalHold = command('keepLegalHold', ({ params }) => ({
  command: 'keep-hold',
  holdId: params.holdId,
}))
export const liftLegalHold = command('liftLegalHold', ({ params }) => ({
  command: 'confirm-lift',
  holdId: params.holdId,
}))
export const requestErasure = command('requestErasure', ({ body }) => ({
  command: 'request-erasure',
  basis: body.basis,
}))
export const withdrawErasure = command('withdrawErasure', () => ({ command: 'withdraw-erasure' }))
