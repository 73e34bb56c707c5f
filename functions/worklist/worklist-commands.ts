import type { CaseStatus } from '../../shared/contracts/http/referrals.ts'
import type { BodyOf } from '../../shared/contracts/routes.ts'
import type { ReferralId } from '../../shared/domain/case/case.ts'
import type { ReaderId } from '../../shared/domain/network/ids.ts'
import { Refusal } from '../../shared/domain/refusal.ts'
import type { DecisionRecord } from '../../shared/domain/residency/decision-record.ts'
import { permits } from '../../shared/domain/residency/decide.ts'
import { DeclinedForSchema } from '../../shared/domain/routing/eligibility-question.ts'
import { answerCommand, type DeskPorts } from '../../shared/ledger/answer-command.ts'
import type { Asking } from '../../shared/ledger/asking.ts'
import { copiesWanted } from '../../shared/ledger/copy-ledger.ts'
import { declinedReadings, declinedWrite } from '../../shared/ledger/declined-readings.ts'
import { plain } from '../../shared/ledger/case-rows.ts'
import { keys } from '../../shared/ledger/keys.ts'
import { reportTypeOf } from '../../shared/domain/case/reading-facts.ts'
import { judgeReading } from '../../shared/ledger/reading-question.ts'
import { requireTold } from '../../shared/ledger/told-of-case.ts'
import { settingFor } from '../../shared/ledger/residency-question.ts'
import type { WorklistPorts } from './list-worklist.ts'

interface Asked<B = unknown> {
  readonly params: { readonly referralId: ReferralId }
  readonly body: B
  readonly context: Asking
}

const heldBy = (context: Asking): string => {
  const { readerId } = context.principal
  if (readerId === undefined) throw new Refusal('not-permitted')
  return readerId
}

/** The emergency without which the claim would not stand: it ends with it. */
const emergencyIn = ({ breakGlass }: DecisionRecord) =>
  breakGlass?.narrativeId === undefined ? {} : { emergencyId: breakGlass.narrativeId }

/** Exclusive, and judged again: what was true at the offer (licence, shift, place) need not be true at the claim. */
export async function claimCase(ports: DeskPorts & WorklistPorts, asked: Asked): Promise<CaseStatus> {
  const { context, params } = asked
  return answerCommand(ports, context, {
    referralId: params.referralId,
    operation: 'claimCase',
    admit: ({ case: c }, network) => requireTold(ports, c, context.principal, network),
    prepare: async ({ case: c }, network) => {
      const setting = await settingFor(ports, network, c)
      const declined = await declinedReadings(ports.store, c.referralId)
      const { reader, decision, eligibility } = judgeReading(
        c,
        context.principal,
        'claim',
        'claim',
        reportTypeOf(c),
        setting,
        declined.get(heldBy(context) as ReaderId),
      )
      if (!permits(decision, 'transfer_deidentified')) throw new Refusal('residency-forbidden', { mode: decision.mode })
      if (!eligibility.eligible) throw new Refusal('not-eligible', { rule: eligibility.rule })
      const decisionId = ports.ids.next()
      return {
        command: {
          command: 'claim',
          claim: { readerId: reader.readerId, groupOrgId: reader.orgId, decisionId },
          ...emergencyIn(decision.record),
        },
        audit: { decision: decision.record, facts: { decisionId } },
        writes: [
          {
            write: 'put',
            when: 'absent',
            ...keys.decision(params.referralId, decisionId),
            body: plain({
              decisionId,
              purpose: 'claim',
              at: setting.now,
              residency: decision.record,
              grounds: eligibility.grounds,
            }),
          },
          ...copiesWanted(ports, c.referralId, reader.readerId, decision),
        ],
      }
    },
  })
}

/** A reason that does not pass is kept as a rule of its own: whoever may not read this case is not asked for it again. */
export async function releaseCase(
  ports: DeskPorts & WorklistPorts,
  asked: Asked<BodyOf<'releaseCase'>>,
): Promise<CaseStatus> {
  const readerId = heldBy(asked.context)
  const { reason } = asked.body
  const lasting = DeclinedForSchema.safeParse(reason)
  return answerCommand(ports, asked.context, {
    referralId: asked.params.referralId,
    operation: 'releaseCase',
    admit: ({ case: c }, network) => requireTold(ports, c, asked.context.principal, network),
    prepare: ({ case: c }) => ({
      command:
        c.phase.state === 'offered'
          ? { command: 'decline-offer', readerId }
          : { command: 'release-claim', readerId, because: 'returned' },
      audit: { facts: { reason } },
      writes: lasting.success
        ? [declinedWrite(c.referralId, { readerId, because: lasting.data, declinedAt: ports.clock.now() })]
        : [],
    }),
  })
}

export async function renewClaim(ports: DeskPorts, asked: Asked): Promise<CaseStatus> {
  const readerId = heldBy(asked.context)
  return answerCommand(ports, asked.context, {
    referralId: asked.params.referralId,
    operation: 'renewClaim',
    prepare: () => ({ command: { command: 'renew-claim', readerId } }),
  })
}
