import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { demoNetwork as demoJson } from '../../../../../local/seed/demo-network.ts'
import { demoNetwork } from '../../../../../local/seed/demo-network.ts'
import { checkNetwork, readNetwork } from '../../../../../shared/domain/network/check-network.ts'
import { demoMachineClient, openDemoMachineKey } from '../../../../../local/seed/demo-machine.ts'
import { scratchFolder } from '../../../../builders/scratch-folder.ts'
import type { NetworkDefinition } from '../../../../../shared/domain/network/network-definition.ts'

type Loose = Record<string, unknown>

/** The demo network with one value replaced, by a path such as `sites.0.coordinator`. */
const withValue = (path: string, value: unknown): unknown => {
  const copy = structuredClone(demoJson) as unknown as Loose
  const steps = path.split('.')
  const last = steps.pop() ?? ''
  const holder = steps.reduce<Loose>((at, step) => at[step] as Loose, copy)
  holder[last] = value
  return copy
}

const problemsOf = (json: unknown): string[] => {
  const reading = readNetwork(json)
  return reading.outcome === 'sound' ? [] : reading.problems.map(({ path, message }) => `${path}: ${message}`)
}

describe('a network definition', () => {
  test('that is the demo network is sound', () => {
    expect(problemsOf(demoJson)).toEqual([])
  })

  test.each([
    [
      'a coordinator nobody knows',
      'sites.0.coordinator',
      'p-nobody',
      'sites[donau-vienna].coordinator: p-nobody is not in people',
    ],
    [
      'a site in a cell that does not exist',
      'sites.1.cellId',
      'mars-1',
      'sites[liffey-dublin].cellId: mars-1 is not in cells',
    ],
    [
      'a pool without its organisation',
      'pools.0.orgId',
      'nowhere',
      'pools[rheinblick-main].orgId: nowhere is not in organisations',
    ],
    [
      'a pool that overflows into nothing',
      'pools.1.overflowTo',
      ['gone'],
      'pools[tejo-main].overflowTo: gone is not in pools',
    ],
    ['a reader in an unknown pool', 'readers.0.poolIds', ['gone'], 'readers[r-weber].poolIds: gone is not in pools'],
    [
      'a privilege at an unknown site',
      'readers.0.privileges.0.siteId',
      'gone',
      'readers[r-weber].privileges.siteId: gone is not in sites',
    ],
    [
      'a proxy privilege on an unknown agreement',
      'readers.0.privileges.0.agreementId',
      'gone',
      'readers[r-weber].privileges.agreementId: gone is not in agreements',
    ],
    [
      'a shift of an unknown reader',
      'shifts.0.readerIds',
      ['r-gone'],
      'shifts[rheinblick-always].readerIds: r-gone is not in readers',
    ],
    [
      'an agreement with an unknown party',
      'agreements.0.parties.1',
      'gone',
      'agreements[agr-donau-rheinblick].parties: gone is not in organisations',
    ],
    [
      'evidence about an unknown organisation',
      'evidence.0.scope.organisationIds',
      ['gone'],
      'evidence[ev-dpa-rheinblick].scope.organisationIds: gone is not in organisations',
    ],
    [
      'an overflow order for an unknown pathway',
      'overflow.0.pathwayId',
      'gone',
      'overflow[0].pathwayId: gone is not in pathways',
    ],
    ['an operations desk nobody sits at', 'operations.desk', 'p-gone', 'operations.desk: p-gone is not in people'],
    [
      'a registration that ends before it begins',
      'readers.0.registrations.0.validTo',
      '2020-01-01T00:00:00Z',
      'readers[r-weber].registrations[0].validTo: must be after validFrom',
    ],
    [
      'an agreement that runs for no time at all',
      'agreements.0.validTo',
      '2024-01-01T00:00:00Z',
      'agreements[agr-donau-rheinblick].validTo: must be after validFrom',
    ],
    [
      'a shift that ends before it begins',
      'shifts.0.effectiveTo',
      '2024-01-01',
      'shifts[rheinblick-always].effectiveTo: must be after effectiveFrom',
    ],
    [
      'a coordinator without the role',
      'sites.0.coordinator',
      'p-clerk-vienna',
      'sites[donau-vienna].coordinator: p-clerk-vienna does not have the role coordinator',
    ],
    [
      'a pool lead without the role',
      'pools.0.leadPersonId',
      'p-weber',
      'pools[rheinblick-main].leadPersonId: p-weber does not have the role reading-group-lead',
    ],
    [
      'an executive without the role',
      'operations.executive',
      'p-auditor',
      'operations.executive: p-auditor does not have the role executive',
    ],
    [
      'a ladder that ends with a reader there may not be',
      'pathways.0.ladder',
      ['executive', 'reader'],
      'pathways[stroke].ladder: must not end with the reader: a case nobody has claimed has none',
    ],
    [
      'a ladder that names a rung twice',
      'pathways.0.ladder',
      ['reader', 'operations', 'operations'],
      'pathways[stroke].ladder: names a rung twice',
    ],
    [
      'a preliminary later than the final',
      'pathways.0.clocks.prelimMinutes',
      61,
      'pathways[stroke].clocks.prelimMinutes: must not be later than finalMinutes',
    ],
    [
      'an overflow that would come too late',
      'pathways.0.clocks.unclaimedMinutes',
      60,
      'pathways[stroke].clocks.unclaimedMinutes: must be earlier than finalMinutes, or nobody is asked in time',
    ],
    [
      'an offer that outlasts the unclaimed clock',
      'pathways.0.clocks.offerMinutes',
      6,
      'pathways[stroke].clocks.offerMinutes: must not be longer than unclaimedMinutes',
    ],
    [
      'a reader in the pool of another group',
      'readers.0.poolIds',
      ['rheinblick-main', 'tejo-main'],
      'readers[r-weber].poolIds: tejo-main belongs to another organisation',
    ],
    [
      'a reader who is a person of another group',
      'readers.0.personId',
      'p-costa',
      'readers[r-weber].personId: p-costa belongs to another organisation',
    ],
    [
      'a proxy privilege that rests on nothing',
      'readers.0.privileges.1.agreementId',
      null,
      'readers[r-weber].privileges[1].agreementId: a proxy privilege rests on an agreement and must name it',
    ],
    [
      'a shift of a reader who is not in its pool',
      'shifts.2.readerIds',
      ['r-costa'],
      'shifts[sydney-always].readerIds: r-costa is not in the pool tejo-follow-the-sun',
    ],
    [
      'an id that is used twice',
      'readers.1.readerId',
      'r-weber',
      'readers[r-weber]: readerId r-weber is used more than once',
    ],
    [
      'two overflow orders for one site',
      'overflow.1.siteId',
      'donau-vienna',
      'overflow: donau-vienna * has two entries',
    ],
    [
      'a site whose cases nobody would be asked to read',
      'overflow.1.siteId',
      'donau-vienna',
      'overflow: liffey-dublin has no pool for stroke: nobody would ever be asked',
    ],
  ])('with %s is refused, and the path is named', (_what, path, value, problem) => {
    expect(problemsOf(withValue(path, value))).toContain(problem)
  })

  test.each([
    ['no ladder', 'pathways.0.ladder', []],
    ['an unknown field', 'sites.0.note', 'x'],
    ['a zone that is an offset', 'sites.0.timeZone', '+01:00'],
    ['a zone that does not exist', 'sites.0.timeZone', 'Europe/Wien'],
    ['an id with a path in it', 'organisations.0.orgId', '../etc'],
    ['an id of one letter', 'organisations.0.orgId', 'a'],
    ['a local time without minutes', 'shifts.0.startLocal', '24:00'],
    ['a window without an end', 'readers.0.registrations.0.validTo', undefined],
    ['a window without an offset', 'readers.0.registrations.0.validTo', '2036-01-01T00:00:00'],
    ['another schema version', 'schema', 'overread/network@4'],
    ['a shift nobody works', 'shifts.0.readerIds', []],
  ])('with %s does not fit the schema', (_what, path, value) => {
    const problems = problemsOf(withValue(path, value))
    expect(problems).toHaveLength(1)
    expect(problems[0]).toContain(path.startsWith('sites.0.note') ? 'sites.0' : path)
  })

  test('names every problem at once, so that a file is corrected once', () => {
    const broken: NetworkDefinition = { ...demoNetwork, people: [] }
    const everyUseOfAPerson = 3 * 2 + 3 + 8 + 2
    expect(checkNetwork(broken)).toHaveLength(everyUseOfAPerson)
  })
})

describe('machine clients and rates', () => {
  const client = demoMachineClient(openDemoMachineKey(join(scratchFolder('machine'), 'key.json')))
  const [key] = client.jwks.keys

  test('of a sound definition are taken', () => {
    expect(problemsOf(withValue('machineClients', [client]))).toEqual([])
  })

  test.each([
    ['in an unknown organisation', [{ ...client, orgId: 'gone' }], 'gone is not in organisations'],
    ['with the id of a person', [{ ...client, clientId: 'p-operations' }], 'p-operations is the id of a person'],
    ['that end before they begin', [{ ...client, validTo: '2020-01-01T00:00:00Z' }], 'must be after validFrom'],
    ['that share a key', [client, { ...client, clientId: 'another' }], 'one key is registered twice'],
    ['with a private key', [{ ...client, jwks: { keys: [{ ...key, d: 'AAAA' }] } }], 'Unrecognized key'],
    ['with a scope for images', [{ ...client, scopes: ['images:read'] }], 'machineClients.0.scopes.0'],
    ['with a role of a person', [{ ...client, roles: ['reader'] }], 'machineClients.0.roles.0'],
  ])('%s are not sound', (_, machineClients, expected) => {
    expect(problemsOf(withValue('machineClients', machineClients)).join('\n')).toContain(expected)
  })

  test('rates of an unknown organisation, or twice of one, are not sound', () => {
    const { standard } = demoNetwork.rates
    const rates = (...orgs: string[]) => ({
      standard,
      organisations: orgs.map((orgId) => ({ orgId, rates: standard })),
    })
    expect(problemsOf(withValue('rates', rates('gone'))).join()).toContain('gone is not in organisations')
    const twice = problemsOf(withValue('rates', rates('tejo-reads', 'tejo-reads')))
    expect(twice.join()).toContain('tejo-reads has two entries')
  })

  test('are none in a definition of the first release, which still is read, and so is the second', () => {
    const unread = { requiredSeries: ['cta'], alertCategories: [], reportTemplate: 'general', peerReviewPercent: 3 }
    const pathways = demoJson.pathways.map((one) => ({ ...one, ...unread }))
    const second = { ...demoJson, schema: 'overread/network@2', pathways }
    expect(readNetwork(second)).toEqual({ outcome: 'sound', network: demoNetwork })
    const { machineClients: _clients, rates: _rates, ...now } = { ...second, schema: 'overread/network@1' }
    const first = { ...now, people: now.people.filter(({ roles }) => !roles.includes('privacy-officer')) }
    expect(problemsOf({ ...first, people: now.people })).not.toEqual([])
    expect(readNetwork(first)).toMatchObject({
      outcome: 'sound',
      network: { machineClients: [], rates: demoNetwork.rates, pathways: demoNetwork.pathways },
    })
  })
})
