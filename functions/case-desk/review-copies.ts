import type { AnswerOf, BodyOf, QueryOf } from '../../shared/contracts/routes.ts'
import { ownRecordAccess, type OwnRecordAccess } from '../../shared/domain/access/own-record.ts'
import type { ReferralId } from '../../shared/domain/case/case.ts'
import { CopyRecordSchema, noCopies, type CopyRecord } from '../../shared/domain/deidentification/study-copies.ts'
import { Refusal } from '../../shared/domain/refusal.ts'
import { StoredInstanceSchema } from '../../shared/domain/upload/instance.ts'
import { answerBesideCase } from '../../shared/ledger/answer-beside-case.ts'
import type { Asking } from '../../shared/ledger/asking.ts'
import { authoriseCase } from '../../shared/ledger/authorised-case.ts'
import { askForCopies, copyWrite, loadCopies } from '../../shared/ledger/copy-ledger.ts'
import { casePartition, keys } from '../../shared/ledger/keys.ts'
import { listPage } from '../../shared/ledger/list-page.ts'
import { recordAccess } from '../../shared/ledger/recorded-access.ts'
import type { KeyVault } from '../../shared/ports/key-vault.ts'
import type { NetworkDirectory } from '../../shared/ports/network-directory.ts'
import type { RecordStore, RecordWrite } from '../../shared/ports/record-store.ts'
import type { Clock, IdSource } from '../../shared/ports/surroundings.ts'

export interface ReviewPorts {
  readonly store: RecordStore
  readonly network: NetworkDirectory
  readonly keys: Pick<KeyVault, 'mac'>
  readonly clock: Clock
  readonly ids: IdSource
}

interface Asked {
  readonly params: { readonly referralId: ReferralId }
  readonly context: Asking
}

type CopyRow = AnswerOf<'listCopies'>['copies'][number]

/** Cannot be called for anybody but the organisation whose patient it is: a row says which original a copy stands for. */
async function rowOf(ports: ReviewPorts, own: OwnRecordAccess, copy: CopyRecord): Promise<CopyRow> {
  const found = await ports.store.read(keys.instance(own.referralId, copy.instance))
  const original = StoredInstanceSchema.parse(found?.body)
  const { copyId, state, reasons, again, modality, instanceNumber, attestation } = copy
  return {
    copyId,
    state,
    reasons,
    attested: again,
    attestation,
    modality,
    instanceNumber,
    seriesInstanceUid: original.seriesInstanceUid,
    sopInstanceUid: original.sopInstanceUid,
  }
}

/** What became of each image when a copy of it was asked for: what its people look at before they attest. */
export async function listCopies(
  ports: ReviewPorts,
  { params, query, context }: Asked & { readonly query: QueryOf<'listCopies'> },
): Promise<AnswerOf<'listCopies'>> {
  const { referralId } = params
  const { case: c } = await authoriseCase(ports, 'listCopies', context.principal, referralId)
  const own = ownRecordAccess(c, context.principal)
  if (own === undefined) throw new Refusal('not-permitted')
  const page = await listPage(ports, casePartition(referralId), { from: 'copy#', to: 'copy#~' }, query, (record) => {
    const copy = CopyRecordSchema.parse(record.body)
    return query.state === undefined || copy.state === query.state ? copy : undefined
  })
  const { released, held, blocked } = (await loadCopies(ports.store, referralId))?.copies ?? noCopies
  await recordAccess(ports, context, { action: 'read', referralId, facts: { copies: page.rows.length } })
  const copies = await Promise.all(page.rows.map((copy) => rowOf(ports, own, copy)))
  return { referralId, released, held, blocked, copies, ...(page.cursor === undefined ? {} : { cursor: page.cursor }) }
}

type Attested = BodyOf<'attestCopies'>

async function attestedWrite(
  ports: ReviewPorts,
  { params: { referralId }, context }: Asked,
  { seen }: Attested,
  copyId: string,
): Promise<RecordWrite> {
  const found = await ports.store.read(keys.copy(referralId, copyId))
  const copy = found === undefined ? undefined : CopyRecordSchema.parse(found.body)
  // What the verifier blocked stays blocked, whoever vouches for its pixels.
  if (found === undefined || copy?.state !== 'held') throw new Refusal('copy-not-held', { copyId })
  const { personId } = context.principal
  const attestation = {
    ...copy.attestation,
    ...(seen.includes('no-text') ? { noTextSeenBy: personId } : {}),
    ...(seen.includes('no-face') ? { noFaceSeenBy: personId } : {}),
  }
  return copyWrite({ ...copy, attestation, again: true }, found.version)
}

/** A person by name has looked at the pixels. The copies are made again and verified like any other before one leaves. */
export async function attestCopies(
  ports: ReviewPorts,
  asked: Asked & { readonly body: Attested },
): Promise<AnswerOf<'attestCopies'>> {
  const { params, body, context } = asked
  const { referralId } = params
  await authoriseCase(ports, 'attestCopies', context.principal, referralId)
  const copyIds = [...new Set(body.copyIds)]
  return answerBesideCase(ports, context, {
    referralId,
    prepare: async () => {
      const writes = await Promise.all(copyIds.map((copyId) => attestedWrite(ports, asked, body, copyId)))
      const asking = askForCopies(ports, referralId, ports.clock.now())
      const facts = { copies: copyIds, seen: [...body.seen] }
      return { answer: { referralId, attested: copyIds.length }, writes: [...writes, asking], facts }
    },
  })
}
