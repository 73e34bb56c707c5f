import * as z from 'zod'
import type { Route } from '../contracts/routes/route.ts'
import { accessTo, type PermittedOperation } from '../domain/access/permissions.ts'
import type { Principal } from '../domain/access/principal.ts'
import { relationsOf } from '../domain/access/relations.ts'
import { ReferralIdSchema } from '../domain/case/case.ts'
import { PathwayIdSchema } from '../domain/network/ids.ts'
import type { NetworkIndex } from '../domain/network/index-network.ts'
import { ratesOf } from '../domain/network/rates.ts'
import { Refusal } from '../domain/refusal.ts'
import { loadCase } from '../ledger/case-ledger.ts'
import type { NetworkDirectory } from '../ports/network-directory.ts'
import type { RecordStore } from '../ports/record-store.ts'
import type { Clock } from '../ports/surroundings.ts'
import type { HttpEvent } from './http-event.ts'
import { jsonBody } from './json-body.ts'
import { secondsLeft, type RateMeter, type RateName } from './rate-meter.ts'

export interface RatePorts {
  readonly network: NetworkDirectory
  readonly store: RecordStore
  readonly clock: Clock
}

/** The refusal of a rate that is used up: which one, so that it is written down once. */
export class RateReached extends Refusal {
  readonly rate: RateName

  constructor(rate: RateName, retryAfterSeconds: number) {
    super('too-many-requests', { rate, retryAfterSeconds })
    this.rate = rate
  }
}

const rateOf = ({ command, capability }: Route) => {
  if (command !== 'no') return 'commandsPerMinute'
  return capability === 'image-access' ? 'imageReadsPerMinute' : 'readsPerMinute'
}

const PathwaySchema = z.object({ pathwayId: PathwayIdSchema })

/**
 * A new referral by its pathway; whatever else by the case that its path names, for those who may do it to that case: to
 * everybody else a case must be as if it were not there. Asked only of what is over its rate.
 */
async function isUrgent(
  event: HttpEvent,
  route: Route,
  principal: Principal,
  network: NetworkIndex,
  store: RecordStore,
): Promise<boolean> {
  const referralId = ReferralIdSchema.safeParse(event.pathParameters?.['referralId'])
  if (referralId.success) {
    const found = await loadCase(store, referralId.data)
    if (found === undefined || found.case.urgency === 'routine') return false
    const relations = relationsOf(found.case, principal, network)
    return accessTo(route.operationId as PermittedOperation, principal, relations) === 'permitted'
  }
  if (route.operationId !== 'submitReferral') return false
  try {
    const { pathwayId } = PathwaySchema.parse(jsonBody(event, route.bodyLimit))
    return (network.pathways.get(pathwayId)?.priority ?? 'routine') !== 'routine'
  } catch {
    // Whatever is wrong with it is no reason to let it through.
    return false
  }
}

/** Within its rates an organisation is never asked anything; beyond them what is urgent has a reserve, and the rest waits a minute. */
export async function requireRate(
  ports: RatePorts,
  meter: RateMeter,
  event: HttpEvent,
  route: Route,
  principal: Principal,
): Promise<void> {
  const { orgId } = principal
  const network = await ports.network.current()
  const rates = ratesOf(network.definition.rates, orgId)
  const rate = rateOf(route)
  if ((await meter.count(orgId, rate, rates[rate])) <= rates[rate]) return
  if (await isUrgent(event, route, principal, network, ports.store)) {
    const reserve = rates.urgentPerMinute
    if ((await meter.count(orgId, 'urgentPerMinute', reserve)) <= reserve) return
  }
  throw new RateReached(rate, secondsLeft(ports.clock))
}
