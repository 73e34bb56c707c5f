import type { CaseNote } from '../../shared/contracts/http/notes.ts'
import { StoredNoteSchema, type Note } from '../../shared/contracts/stored/note.ts'
import type { PatientRelease } from '../../shared/domain/access/releases.ts'
import type { Case } from '../../shared/domain/case/case.ts'
import type { Actor } from '../../shared/domain/case/events.ts'
import { plain } from '../../shared/ledger/case-rows.ts'
import { casePartition, keys } from '../../shared/ledger/keys.ts'
import { walkPartition } from '../../shared/ledger/walk-partition.ts'
import type { KeyVault, SealContext } from '../../shared/ports/key-vault.ts'
import type { RecordStore, RecordWrite } from '../../shared/ports/record-store.ts'
import type { Clock, IdSource } from '../../shared/ports/surroundings.ts'

interface NotePorts {
  readonly keys: Pick<KeyVault, 'seal'>
  readonly ids: IdSource
  readonly clock: Clock
}

const contextOf = (c: Case): SealContext => ({
  org: c.referringOrgId,
  case: c.referralId,
  purpose: 'note',
  residency: c.origin,
})

/** Free text of a question or an answer is sealed in its own record: events name the kind of item, never its words. */
export async function noteWrite(
  ports: NotePorts,
  c: Case,
  kind: Note['kind'],
  text: string,
  by: Actor,
): Promise<RecordWrite> {
  const noteId = ports.ids.next()
  const sealed = await ports.keys.seal(text, contextOf(c))
  const note: Note = { schema: 'overread/note@1', noteId, kind, by, at: ports.clock.now(), sealed }
  return { write: 'put', when: 'absent', ...keys.note(c.referralId, noteId), body: plain(note) }
}

/** In the order they were written. As free as the clinical question, they are for whoever may read that. */
export async function openNotes(
  by: PatientRelease,
  ports: { readonly store: RecordStore; readonly keys: Pick<KeyVault, 'open'> },
  c: Case,
): Promise<CaseNote[]> {
  const records = walkPartition(ports.store, casePartition(c.referralId), { from: 'note#', to: 'note#~' })
  return Array.fromAsync(records, async ({ body }) => {
    const note = StoredNoteSchema.parse(body)
    const text = await ports.keys.open(by, note.sealed, contextOf(c))
    return { ...('kind' in note ? { kind: note.kind } : {}), text, by: note.by, at: note.at }
  })
}
