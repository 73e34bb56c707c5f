import { inCell } from '../../shared/domain/access/in-cell.ts'
import type { Case, ReferralId } from '../../shared/domain/case/case.ts'
import { caseDirectory } from '../../shared/domain/case/directory.ts'
import type { Actor } from '../../shared/domain/case/events.ts'
import { Refusal } from '../../shared/domain/refusal.ts'
import { commandCase, type CommandPorts, type Prepared } from '../../shared/ledger/command-case.ts'
import { readSealedObject } from '../../shared/ledger/sealed-reports.ts'
import type { NetworkDirectory } from '../../shared/ports/network-directory.ts'
import type { ObjectStore } from '../../shared/ports/object-store.ts'

export interface DeliveryPorts extends CommandPorts {
  readonly network: NetworkDirectory
  readonly objects: Pick<ObjectStore, 'readRange'>
}

export const delivery: Actor = { kind: 'overread', id: 'delivery' }

/** What the referrer is about to be told of must lie there, whole and as it was signed. */
async function requireReadable(ports: DeliveryPorts, c: Case): Promise<string> {
  const mark = c.reports.at(-1)
  if (mark === undefined) throw new Refusal('report-missing')
  await readSealedObject(inCell('check-delivery'), ports.objects, c.referralId, mark)
  return mark.reportId
}

/** Hands the signed report to the organisation that asked for it. A message for a case that waits for no delivery is done. */
export async function deliverReport(ports: DeliveryPorts, referralId: ReferralId): Promise<void> {
  await commandCase(ports, {
    referralId,
    by: delivery,
    operation: 'deliverReport',
    directory: caseDirectory(await ports.network.current()),
    prepare: async (loaded): Promise<Prepared> => {
      if (loaded?.case.phase.state !== 'final-signed') return { command: { command: 'nothing' } }
      const reportId = await requireReadable(ports, loaded.case)
      const recipientOrgId = loaded.case.referringOrgId
      return {
        command: { command: 'deliver', recipientOrgId },
        audit: { action: 'release', facts: { reportId, recipientOrgId } },
      }
    },
  })
}
