import type { CaseStatus } from '../../shared/contracts/http/referrals.ts'
import type { BodyOf, ParamsOf } from '../../shared/contracts/routes.ts'
import type { ReferralId } from '../../shared/domain/case/case.ts'
import { Refusal } from '../../shared/domain/refusal.ts'
import { answerCommand, type DeskPorts } from '../../shared/ledger/answer-command.ts'
import type { Asking } from '../../shared/ledger/asking.ts'
import type { ResidencyDirectory } from '../../shared/ports/network-directory.ts'

export interface EmergencyPorts extends DeskPorts {
  readonly network: ResidencyDirectory
}

type Operation = 'declareEmergency' | 'confirmEmergency' | 'reviewEmergency'
interface Asked<O extends Operation> {
  readonly params: ParamsOf<O> & { readonly referralId: ReferralId }
  readonly body: BodyOf<O>
  readonly context: Asking
}

/** How long it lasts and when it must have been reviewed is the policy's to say; a policy without a word of it knows none. */
export function declareEmergency(ports: EmergencyPorts, asked: Asked<'declareEmergency'>): Promise<CaseStatus> {
  const { params, body, context } = asked
  const { readerId, reason } = body
  return answerCommand(ports, context, {
    referralId: params.referralId,
    operation: 'declareEmergency',
    prepare: async (_loaded, network) => {
      const { policy } = await ports.network.policy()
      if (policy.breakGlass === undefined) throw new Refusal('residency-forbidden')
      const reader = network.readers.get(readerId)
      if (reader === undefined) throw new Refusal('unknown-reader')
      const emergencyId = ports.ids.next()
      return {
        command: {
          command: 'declare-emergency',
          emergencyId,
          reason,
          readerId,
          readerPersonId: reader.personId,
          personId: context.principal.personId,
          minutes: policy.breakGlass.maxMinutes,
          reviewMinutes: policy.breakGlass.reviewWithinHours * 60,
        },
        audit: { facts: { emergencyId, readerId, reason } },
      }
    },
  })
}

export function confirmEmergency(ports: EmergencyPorts, asked: Asked<'confirmEmergency'>): Promise<CaseStatus> {
  const { params, context } = asked
  const { referralId, emergencyId } = params
  const { personId } = context.principal
  return answerCommand(ports, context, {
    referralId,
    operation: 'confirmEmergency',
    prepare: () => ({
      command: { command: 'confirm-emergency', emergencyId, personId },
      audit: { facts: { emergencyId } },
    }),
  })
}

export function reviewEmergency(ports: EmergencyPorts, asked: Asked<'reviewEmergency'>): Promise<CaseStatus> {
  const { params, body, context } = asked
  const { referralId, emergencyId } = params
  const { personId } = context.principal
  const { outcome } = body
  return answerCommand(ports, context, {
    referralId,
    operation: 'reviewEmergency',
    prepare: () => ({
      command: { command: 'review-emergency', emergencyId, personId, outcome },
      audit: { facts: { emergencyId, outcome } },
    }),
  })
}
