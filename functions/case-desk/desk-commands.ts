import type { CaseStatus } from '../../shared/contracts/http/referrals.ts'
import type { BodyOf } from '../../shared/contracts/routes.ts'
import type { PermittedOperation } from '../../shared/domain/access/permissions.ts'
import type { ReferralId } from '../../shared/domain/case/case.ts'
import type { CaseCommand } from '../../shared/domain/case/commands.ts'
import { Refusal } from '../../shared/domain/refusal.ts'
import { answerCommand, type DeskPorts } from '../../shared/ledger/answer-command.ts'
import type { Asking } from '../../shared/ledger/asking.ts'
import type { LoadedCase } from '../../shared/ledger/case-ledger.ts'
import { guardsOf } from '../../shared/ledger/order-guards.ts'
import type { KeyVault } from '../../shared/ports/key-vault.ts'
import type { RecordWrite } from '../../shared/ports/record-store.ts'
import { noteWrite } from './case-notes.ts'

export interface CaseDeskPorts extends DeskPorts {
  readonly keys: Pick<KeyVault, 'mac' | 'seal' | 'open'>
}

interface Asked<B> {
  readonly params: { readonly referralId: ReferralId }
  readonly body: B
  readonly context: Asking
}

const run = (
  ports: DeskPorts,
  operation: PermittedOperation,
  asked: Asked<unknown>,
  command: CaseCommand,
): Promise<CaseStatus> =>
  answerCommand(ports, asked.context, { referralId: asked.params.referralId, operation, prepare: () => ({ command }) })

/** Frees the order and the study for another referral: a cancelled case must not stand in the way of the patient's next one. */
async function freeGuards(ports: CaseDeskPorts, { case: c }: LoadedCase): Promise<RecordWrite[]> {
  const held = await guardsOf(ports.keys, c)
  return held.map((key): RecordWrite => ({ write: 'remove', when: 'always', ...key }))
}

export const acceptReferral = (ports: CaseDeskPorts, asked: Asked<unknown>) =>
  run(ports, 'acceptReferral', asked, { command: 'accept' })

export const acknowledgeReport = (ports: CaseDeskPorts, asked: Asked<unknown>) =>
  run(ports, 'acknowledgeReport', asked, { command: 'acknowledge' })

const resolved = ({ resolution, code }: BodyOf<'resolveException'>) => ({
  resolution,
  ...(code === undefined ? {} : { code }),
})

export const resolveException = (ports: CaseDeskPorts, asked: Asked<BodyOf<'resolveException'>>) =>
  run(ports, 'resolveException', asked, { command: 'resolve-exception', ...resolved(asked.body) })

export const reviewLateImages = (ports: CaseDeskPorts, asked: Asked<BodyOf<'reviewLateImages'>>) =>
  run(ports, 'reviewLateImages', asked, { command: 'review-late-images', outcome: asked.body.outcome })

/** Only after a preliminary report: a claim before it ends by its own timer. The report stands, and the site goes on reading it. */
export const handOverCase = (ports: CaseDeskPorts, asked: Asked<BodyOf<'handOverCase'>>) =>
  answerCommand(ports, asked.context, {
    referralId: asked.params.referralId,
    operation: 'handOverCase',
    prepare: ({ case: { phase } }) => {
      if (phase.state !== 'preliminary') throw new Refusal('illegal-transition', { state: phase.state })
      return {
        command: { command: 'release-claim', readerId: phase.claim.readerId, because: 'returned' },
        audit: { facts: { reason: asked.body.reason } },
      }
    },
  })

export const rejectReferral = (ports: CaseDeskPorts, asked: Asked<BodyOf<'rejectReferral'>>) =>
  answerCommand(ports, asked.context, {
    referralId: asked.params.referralId,
    operation: 'rejectReferral',
    prepare: async (loaded) => ({
      command: { command: 'reject', reason: asked.body.reason },
      writes: await freeGuards(ports, loaded),
    }),
  })

export const cancelReferral = (ports: CaseDeskPorts, asked: Asked<BodyOf<'cancelReferral'>>) =>
  answerCommand(ports, asked.context, {
    referralId: asked.params.referralId,
    operation: 'cancelReferral',
    prepare: async (loaded) => ({
      command: { command: 'cancel', reason: asked.body.reason },
      writes: await freeGuards(ports, loaded),
    }),
  })

export const requestInformation = (ports: CaseDeskPorts, asked: Asked<BodyOf<'requestInformation'>>) =>
  answerCommand(ports, asked.context, {
    referralId: asked.params.referralId,
    operation: 'requestInformation',
    prepare: async (loaded) => ({
      command: { command: 'request-information', item: asked.body.item },
      ...(asked.body.note === undefined
        ? {}
        : { writes: [await noteWrite(ports, loaded.case, 'question', asked.body.note, asked.context.actor)] }),
    }),
  })

export const provideInformation = (ports: CaseDeskPorts, asked: Asked<BodyOf<'provideInformation'>>) =>
  answerCommand(ports, asked.context, {
    referralId: asked.params.referralId,
    operation: 'provideInformation',
    prepare: async (loaded) => ({
      command: { command: 'provide-information' },
      writes: [await noteWrite(ports, loaded.case, 'answer', asked.body.note, asked.context.actor)],
    }),
  })

interface EscalationAsked extends Asked<unknown> {
  readonly params: { readonly referralId: ReferralId; readonly escalationId: string }
}

/** Only the person it was addressed to: an escalation that somebody else can silence is not one. */
export const acknowledgeEscalation = (ports: CaseDeskPorts, asked: EscalationAsked) =>
  answerCommand(ports, asked.context, {
    referralId: asked.params.referralId,
    operation: 'acknowledgeEscalation',
    prepare: ({ case: c }) => {
      const { escalationId } = asked.params
      const addressed = c.escalations.find((one) => one.escalationId === escalationId)
      if (addressed?.personId !== asked.context.principal.personId) throw new Refusal('not-found')
      return { command: { command: 'acknowledge-escalation', escalationId } }
    },
  })
