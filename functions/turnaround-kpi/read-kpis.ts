import type { Kpis } from '../../shared/contracts/http/kpis.ts'
import type { QueryOf } from '../../shared/contracts/routes.ts'
import type { NetworkIndex } from '../../shared/domain/network/index-network.ts'
import type { SiteId } from '../../shared/domain/network/ids.ts'
import { figuresOf, flowCounts, gather, type Slot, type SlotCounts } from '../../shared/domain/numbers/figures.ts'
import { rangesBetween, type CounterRange } from '../../shared/domain/numbers/periods.ts'
import type { Asking } from '../../shared/ledger/asking.ts'
import { authoriseWithoutCase } from '../../shared/ledger/authorised-case.ts'
import { countsOf, slotOf } from '../../shared/ledger/counters.ts'
import { keys } from '../../shared/ledger/keys.ts'
import { walkPartition } from '../../shared/ledger/walk-partition.ts'
import { recordAccess } from '../../shared/ledger/recorded-access.ts'
import type { NetworkDirectory } from '../../shared/ports/network-directory.ts'
import type { RecordStore } from '../../shared/ports/record-store.ts'
import type { Clock } from '../../shared/ports/surroundings.ts'

export interface KpiPorts {
  readonly store: RecordStore
  readonly network: NetworkDirectory
  readonly clock: Clock
}

async function countersIn(store: RecordStore, orgId: string, { from, to }: CounterRange): Promise<SlotCounts[]> {
  const { partition } = keys.numbers(orgId, '', '', null, '')
  const records = walkPartition(store, partition, { from, to })
  return Array.fromAsync(records, ({ sort, body }) => ({ ...slotOf(sort), counts: countsOf(body) }))
}

const asksFor =
  ({ siteId, readingGroupId, pathwayId }: QueryOf<'readKpis'>) =>
  (slot: Slot): boolean =>
    (siteId === undefined || slot.siteId === siteId) &&
    (readingGroupId === undefined || slot.readingGroupId === readingGroupId) &&
    (pathwayId === undefined || slot.pathwayId === pathwayId)

/** The site's own organisation and the reading group itself know their cases anyway; to everybody else ten are the least. */
const ownSlot =
  (orgId: string, network: NetworkIndex) =>
  ({ siteId, readingGroupId }: Slot): boolean =>
    readingGroupId === orgId || network.sites.get(siteId as SiteId)?.orgId === orgId

/** Everything that breached is counted when it does and discounted when it is over: no list of cases is read. */
const NOW: CounterRange = { from: 'now#', to: 'now$' }

/** Key figures of the cases the caller's organisation is party to, from its own counters and no other's. */
export async function readKpis(
  ports: KpiPorts,
  { query, context }: { query: QueryOf<'readKpis'>; context: Asking },
): Promise<Kpis> {
  authoriseWithoutCase('readKpis', context.principal)
  const { orgId } = context.principal
  const ranges = [...rangesBetween(query.from, query.to), NOW]
  const [network, ...counters] = await Promise.all([
    ports.network.current(),
    ...ranges.map((range) => countersIn(ports.store, orgId, range)),
  ])
  const asked = counters.map((slots) => gather(slots.filter(asksFor(query))))
  const standing = asked.pop() ?? []
  const slots = gather(asked.flat())
  await recordAccess(ports, context, { action: 'query', facts: { from: query.from, to: query.to } })
  return {
    version: 'overread/kpi@1',
    from: query.from,
    to: query.to,
    rows: figuresOf(slots, ownSlot(orgId, network)),
    counts: flowCounts(slots),
    openOverdue: standing.reduce((sum, { counts }) => sum + (counts['overdue'] ?? 0), 0),
  }
}
