import type { Case, ReferralId } from '../../shared/domain/case/case.ts'
import { caseDirectory } from '../../shared/domain/case/directory.ts'
import { caseFactsOf, reportTypeOf } from '../../shared/domain/case/reading-facts.ts'
import type { Actor } from '../../shared/domain/case/events.ts'
import type { Instant } from '../../shared/domain/instant.ts'
import type { PathwayId, PoolId, ReaderId, SiteId } from '../../shared/domain/network/ids.ts'
import type { NetworkIndex } from '../../shared/domain/network/index-network.ts'
import type { ResidencyDecision } from '../../shared/domain/residency/decide.ts'
import { chooseReader, type ChosenReader } from '../../shared/domain/routing/choose-reader.ts'
import type { DeclinedFor } from '../../shared/domain/routing/eligibility-question.ts'
import { poolTiers } from '../../shared/domain/routing/overflow.ts'
import { loadCase } from '../../shared/ledger/case-ledger.ts'
import { plain } from '../../shared/ledger/case-rows.ts'
import { commandCase, type CommandPorts, type Prepared } from '../../shared/ledger/command-case.ts'
import { copiesWanted } from '../../shared/ledger/copy-ledger.ts'
import { declinedReadings } from '../../shared/ledger/declined-readings.ts'
import { keys } from '../../shared/ledger/keys.ts'
import { askForOffer, settingFor, type ResidencySetting } from '../../shared/ledger/residency-question.ts'
import { walkPartition } from '../../shared/ledger/walk-partition.ts'
import type { CellFacts, ResidencyDirectory } from '../../shared/ports/network-directory.ts'
import type { RecordStore } from '../../shared/ports/record-store.ts'
import type { Handled } from '../../shared/runtime/queue-function.ts'

export interface RoutingPorts extends CommandPorts {
  readonly network: ResidencyDirectory
  readonly cell: CellFacts
}

export const router: Actor = { kind: 'overread', id: 'router' }

/** Open cases of each reader: one list, whatever the number of readers. */
async function loadsOf(store: RecordStore): Promise<Map<ReaderId, number>> {
  const loads = new Map<ReaderId, number>()
  for await (const { sort, body } of walkPartition(store, keys.readerLoad('').partition))
    loads.set(sort as ReaderId, typeof body['open'] === 'number' ? body['open'] : 0)
  return loads
}

/** Pools of the tier the case has reached and of those before it: a case in overflow is still its home pool's to take. */
function poolsOf(c: Case, network: NetworkIndex, instant: Instant): readonly PoolId[] {
  const { tiers } = poolTiers({
    network,
    siteId: c.siteId as SiteId,
    pathwayId: c.pathwayId as PathwayId,
    priority: c.priority,
    subspecialty: c.subspecialty,
    secondary: c.secondarySubspecialty,
    instant,
  })
  return tiers.slice(0, c.routing.tier + 1).flat()
}

interface Routing {
  readonly choice: ChosenReader
  readonly decisions: Map<ReaderId, ResidencyDecision<'offer'>>
}

interface Asked {
  readonly loads: Map<ReaderId, number>
  readonly declined: ReadonlyMap<ReaderId, DeclinedFor>
}

function route(c: Case, { loads, declined }: Asked, setting: ResidencySetting): Routing {
  const decisions = new Map<ReaderId, ResidencyDecision<'offer'>>()
  const decided = {
    get: (readerId: ReaderId) => {
      const known = decisions.get(readerId)
      if (known !== undefined) return known
      const reader = setting.network.readers.get(readerId)
      if (reader === undefined) return undefined
      const decision = askForOffer(c, reader, setting)
      decisions.set(readerId, decision)
      return decision
    },
  }
  const choice = chooseReader({
    facts: caseFactsOf(c, reportTypeOf(c)),
    pools: poolsOf(c, setting.network, setting.now),
    network: setting.network,
    loads,
    decisions: decided,
    instant: setting.now,
    alreadyAsked: new Set(c.routing.asked as ReaderId[]),
    declined,
  })
  return { choice, decisions }
}

/** Every reader with the first rule that failed, kept with the case whether somebody was found or not. */
const decisionWrite = (c: Case, decisionId: string, { choice, decisions }: Routing, setting: ResidencySetting) => ({
  write: 'put' as const,
  when: 'absent' as const,
  ...keys.decision(c.referralId, decisionId),
  body: plain({
    decisionId,
    purpose: 'offer',
    at: setting.now,
    networkVersion: setting.network.version,
    tier: c.routing.tier,
    outcome: choice.outcome,
    evaluations: choice.evaluations,
    residency: choice.outcome === 'offer' ? decisions.get(choice.readerId)?.record : undefined,
  }),
})

/** Nobody in the pools of this tier: the next tier is asked at once, the last one is asked again by the state's timer. */
const nobodyCommand = (c: Case, tiers: number) =>
  c.routing.tier < tiers ? ({ command: 'enter-overflow' } as const) : ({ command: 'nothing' } as const)

/**
 * Offers the case to the best eligible reader, or moves it to the next tier. A message about a case that has moved on is done:
 * routing is decided on the version that is committed, so a repeated or late message changes nothing.
 */
export async function routeCase(ports: RoutingPorts, referralId: ReferralId): Promise<Handled> {
  const network = await ports.network.current()
  const directory = caseDirectory(network)
  const loaded = await loadCase(ports.store, referralId)
  if (loaded?.case.phase.state !== 'study-available') return 'done'
  const loads = await loadsOf(ports.store)
  await commandCase(ports, {
    referralId,
    by: router,
    operation: 'routeCase',
    directory,
    prepare: async (now): Promise<Prepared> => {
      if (now?.case.phase.state !== 'study-available') return { command: { command: 'nothing' } }
      const c = now.case
      const decisionId = ports.ids.next()
      const setting = await settingFor(ports, network, c)
      const routing = route(c, { loads, declined: await declinedReadings(ports.store, referralId) }, setting)
      const writes = [decisionWrite(c, decisionId, routing, setting)]
      const { choice } = routing
      if (choice.outcome === 'nobody') {
        return {
          command: nobodyCommand(c, directory.overflowTiers(c)),
          writes,
          audit: { action: 'decide', facts: { decisionId } },
        }
      }
      const { readerId, poolId } = choice
      const groupOrgId = network.readers.get(readerId)?.orgId ?? ''
      const decision = routing.decisions.get(readerId)
      return {
        command: { command: 'offer', readerId, groupOrgId, poolId, decisionId, tier: c.routing.tier },
        writes: [...writes, ...(decision === undefined ? [] : copiesWanted(ports, referralId, readerId, decision))],
        audit: {
          action: 'decide',
          facts: { decisionId },
          ...(decision === undefined ? {} : { decision: decision.record }),
        },
      }
    },
  })
  return 'done'
}
