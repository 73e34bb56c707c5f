import type { ReportDraft } from '../../shared/contracts/stored/report-draft.ts'
import type { Case } from '../../shared/domain/case/case.ts'
import type { CaseCommand } from '../../shared/domain/case/commands.ts'
import { caseDirectory } from '../../shared/domain/case/directory.ts'
import type { Actor } from '../../shared/domain/case/events.ts'
import type { Refusal } from '../../shared/domain/refusal.ts'
import { plain } from '../../shared/ledger/case-rows.ts'
import { commandCase } from '../../shared/ledger/command-case.ts'
import { keys } from '../../shared/ledger/keys.ts'
import { readerIdOf, type ReportPorts, type SignAsked } from './report-ports.ts'

const signOff: Actor = { kind: 'overread', id: 'sign-off' }

/**
 * The patient must not wait for a reader who may not sign. The case is offered again at once, and a preliminary report
 * stands; an addendum has nobody waiting in a queue.
 */
function withdrawal({ phase }: Case, readerId: string): CaseCommand {
  if (!('claim' in phase) || phase.claim.readerId !== readerId) return { command: 'nothing' }
  return phase.state === 'claimed' || phase.state === 'preliminary'
    ? { command: 'release-claim', readerId, because: 'no-longer-eligible' }
    : { command: 'nothing' }
}

/** Keeps the text as the reader's draft and passes the case on (domain.md 6: keep text, refuse signature, re-offer). */
export async function keepTextAndWithdraw(ports: ReportPorts, asked: SignAsked, refusal: Refusal): Promise<void> {
  const { referralId } = asked.params
  const readerId = readerIdOf(asked.context)
  const draft: ReportDraft = {
    schema: 'overread/draft@1',
    readerId,
    savedAt: ports.clock.now(),
    text: asked.body.text,
  }
  await commandCase(ports, {
    referralId,
    by: signOff,
    operation: 'withdrawReader',
    directory: caseDirectory(await ports.network.current()),
    requestId: asked.context.requestId,
    prepare: (loaded) => ({
      command: loaded === undefined ? { command: 'nothing' } : withdrawal(loaded.case, readerId),
      writes: [{ write: 'put', when: 'always', ...keys.draft(referralId, readerId), body: plain(draft) }],
      audit: { facts: { readerId, because: refusal.code, ...ruleOf(refusal) } },
    }),
  })
}

const ruleOf = ({ facts }: Refusal): Record<string, string> =>
  Object.fromEntries(Object.entries(facts).flatMap(([name, fact]) => (typeof fact === 'string' ? [[name, fact]] : [])))
