import type { AnswerOf, BodyOf } from '../../shared/contracts/routes.ts'
import { attachmentKey, type AttachmentRecord } from '../../shared/contracts/stored/attachment.ts'
import { answerBesideCase } from '../../shared/ledger/answer-beside-case.ts'
import { authoriseCase } from '../../shared/ledger/authorised-case.ts'
import { plain } from '../../shared/ledger/case-rows.ts'
import { keys } from '../../shared/ledger/keys.ts'
import { asHolder, readerIdOf, type ReportAsked, type ReportPorts } from './report-ports.ts'

const PUT_SECONDS = 15 * 60

/** A signed PUT for one document, bound to the length and SHA-256 that filing checks again. */
export async function openAttachment(
  ports: ReportPorts,
  asked: ReportAsked<BodyOf<'openAttachment'>>,
): Promise<AnswerOf<'openAttachment'>> {
  const { body, context } = asked
  const { referralId } = asked.params
  await asHolder(ports, asked, () => authoriseCase(ports, 'openAttachment', context.principal, referralId))
  const attachmentId = ports.ids.next()
  const record: AttachmentRecord = {
    schema: 'overread/attachment@1',
    attachmentId,
    readerId: readerIdOf(context),
    openedAt: ports.clock.now(),
    ...body,
  }
  const ref = { bucket: 'incoming' as const, key: attachmentKey(referralId, attachmentId) }
  const [put] = await ports.uploads.signPuts([{ ref, binding: body }], PUT_SECONDS)
  if (put === undefined) throw new Error('no URL was signed')
  const { url, headers, expiresAt } = put
  return answerBesideCase(ports, context, {
    referralId,
    prepare: () =>
      Promise.resolve({
        answer: { referralId, attachmentId, put: { method: 'PUT', url, headers: { ...headers }, expiresAt } },
        writes: [{ write: 'put', when: 'absent', ...keys.attachment(referralId, attachmentId), body: plain(record) }],
        facts: { attachmentId, bytes: body.bytes },
      }),
  })
}
