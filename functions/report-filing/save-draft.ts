import type { AnswerOf, BodyOf } from '../../shared/contracts/routes.ts'
import type { ReportDraft } from '../../shared/contracts/stored/report-draft.ts'
import { answerBesideCase } from '../../shared/ledger/answer-beside-case.ts'
import { authoriseCase } from '../../shared/ledger/authorised-case.ts'
import { plain } from '../../shared/ledger/case-rows.ts'
import { keys } from '../../shared/ledger/keys.ts'
import { asHolder, readerIdOf, type ReportAsked, type ReportPorts } from './report-ports.ts'

/** Keeps a reader's unsigned text. The case does not change: a draft is no step of the referral. */
export async function saveDraft(
  ports: ReportPorts,
  asked: ReportAsked<BodyOf<'saveDraft'>>,
): Promise<AnswerOf<'saveDraft'>> {
  const { body, context } = asked
  const { referralId } = asked.params
  await asHolder(ports, asked, () => authoriseCase(ports, 'saveDraft', context.principal, referralId))
  const readerId = readerIdOf(context)
  const key = keys.draft(referralId, readerId)
  return answerBesideCase(ports, context, {
    referralId,
    prepare: async () => {
      const before = await ports.store.read(key)
      const savedAt = ports.clock.now()
      const draft: ReportDraft = { schema: 'overread/draft@1', readerId, savedAt, text: body.text }
      const when = before === undefined ? ('absent' as const) : { version: before.version }
      return {
        answer: { referralId, savedAt, draftVersion: (before?.version ?? 0) + 1 },
        writes: [{ write: 'put', when, ...key, body: plain(draft) }],
      }
    },
  })
}
