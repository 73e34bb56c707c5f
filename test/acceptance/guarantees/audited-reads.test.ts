import { expect, it } from 'vitest'
import { routes, type OperationId } from '../../../shared/contracts/routes.ts'
import { type Route } from '../../../shared/contracts/routes/route.ts'
import { PersonRoleSchema } from '../../../shared/domain/network/parties.ts'
import { caseChain, orgChain } from '../../../shared/ledger/audit-chain.ts'
import type { RecordStore } from '../../../shared/ports/record-store.ts'
import type { HttpResult } from '../../../shared/runtime/http-event.ts'
import { people } from '../../guarantees/access-probes.ts'
import { standingsOf } from '../../guarantees/access-stories.ts'
import { rightsOn, rightsWithoutCase } from '../../guarantees/access-table.ts'
import { withAccessWorld, type AccessWorld, type KnownCase } from '../../guarantees/access-world.ts'
import { onFunction } from '../../guarantees/on-function.ts'

/** Every GET that asks who is there: the API's own description is nobody's secret. */
const reads = routes.filter(({ method, scopes }) => method === 'GET' && scopes.length > 0)

const READER = 'p-weber'

function callerFor(operation: OperationId, c: KnownCase) {
  for (const person of people)
    for (const role of PersonRoleSchema.options) {
      const may =
        operation in rightsWithoutCase
          ? (rightsWithoutCase[operation]?.includes(role) ?? false) && (role !== 'reader' || person.personId === READER)
          : rightsOn(role, standingsOf(c, person, role === 'reader')).has(operation)
      if (may && (person.only ?? role) === role) return { ...person, roles: [role] }
    }
  throw new Error(`nobody may ${operation}`)
}

const ask = (world: AccessWorld, c: KnownCase, route: Route, store: RecordStore): Promise<HttpResult> => {
  const operation = route.operationId as OperationId
  const query = operation === 'readKpis' ? { from: '2026-11-01', to: '2026-11-30' } : {}
  return onFunction(world, { route, case: c, caller: callerFor(operation, c), store, query })
}

async function recordsOf({ cell }: AccessWorld, c: KnownCase, route: Route): Promise<number> {
  const { store, clock } = cell.ports
  const { orgId } = callerFor(route.operationId as OperationId, c)
  const chains = [caseChain(c.referralId), orgChain(orgId, clock.now())]
  const pages = await Promise.all(
    chains.map((chain) => store.list(chain, { from: 'audit#', to: 'audit#~', limit: 1000 })),
  )
  return pages
    .flatMap(({ records }) => records)
    .filter(({ body }) => body['operation'] === route.operationId && body['outcome'] === 'success').length
}

/** Keeps everything but what is written down of accesses. */
const unwritable = (store: RecordStore): RecordStore => ({
  read: (key) => store.read(key),
  list: (partition, range) => store.list(partition, range),
  transact: (writes) =>
    writes.some(({ sort }) => sort.startsWith('audit#'))
      ? Promise.reject(new Error('the audit cannot be written'))
      : store.transact(writes),
})

it('each read has one record, and shows nothing where that record cannot be written', () =>
  withAccessWorld(async (world) => {
    const c = world.cases.find(({ name }) => name === 'claimed')
    if (c === undefined) throw new Error('no such case')
    const { store } = world.cell.ports
    const found: string[] = []
    for (const route of reads) {
      const before = await recordsOf(world, c, route)
      const shown = await ask(world, c, route, store)
      const written = (await recordsOf(world, c, route)) - before
      if (shown.statusCode !== 200 || written !== 1)
        found.push(`${route.operationId}: ${shown.statusCode}, ${written} records`)
      const silent = await ask(world, c, route, unwritable(store))
      const told = Object.keys(JSON.parse(silent.body ?? '') as object)
      if (silent.statusCode !== 500 || told.join() !== 'type,title,status,code,errorId')
        found.push(`${route.operationId} without its record: ${silent.statusCode} ${told.join()}`)
    }
    expect(found).toEqual([])
    expect(reads.length).toBeGreaterThan(13)
  }))
