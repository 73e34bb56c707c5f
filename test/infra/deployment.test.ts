import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { BadDeployment, readDeployment } from '../../infra/deployments/deployment.ts'
import { findDeployment } from '../../infra/deployments/find-deployment.ts'

const folder = path.resolve(import.meta.dirname, '../../infra/deployments')
const fileOf = (name: string): Record<string, unknown> =>
  JSON.parse(
    readFileSync(path.join(folder, `${name}.json`), 'utf8').replaceAll(
      /{{(issuer|endpoint)}}/g,
      'http://127.0.0.1:9000',
    ),
  ) as Record<string, unknown>

/** The example with one field of its first cell changed; `undefined` takes it away. */
const exampleWith = (change: Readonly<Record<string, unknown>>): unknown => {
  const example = fileOf('example') as { cells: object[] }
  const [first, ...others] = example.cells
  return JSON.parse(JSON.stringify({ ...example, cells: [{ ...first, ...change }, ...others] }))
}
const complaint = (json: unknown): string => {
  try {
    readDeployment(json, 'file.json')
    return 'none'
  } catch (error) {
    if (error instanceof BadDeployment) return error.message
    throw error
  }
}

test.each(['example', 'emulator'])('the committed file %s has two cells in two regions', (name) => {
  const { cells } = readDeployment(fileOf(name), name)
  expect(new Set(cells.map(({ region }) => region)).size).toBe(2)
})

test.each<[string, Readonly<Record<string, unknown>>, RegExp]>([
  ['no account', { account: undefined }, /cells\.0\.account/],
  [
    'copies of objects that the function cannot hold',
    { deidentification: { dates: 'shift', keepPatientCharacteristics: true, maxObjectBytes: 1024 ** 3 } },
    /cells\.0\.deidentification\.maxObjectBytes/,
  ],
  ['an account of eleven digits', { account: '11112222333' }, /cells\.0\.account: must be the 12 digits/],
  ['a region that is none', { region: 'frankfurt' }, /cells\.0\.region: must be an AWS region name/],
  [
    'a region in which the origin may not be stored',
    { region: 'us-east-1' },
    /cells\.0\.region: us-east-1 may not store data of DE/,
  ],
  ['an origin without a region', { residencyOrigin: 'SA' }, /cells\.0\.region: .* allowed: none/],
  ['an issuer that is no address', { tokens: { issuer: 'identity', audience: 'a' } }, /cells\.0\.tokens\.issuer/],
  [
    'a lock that outlives the duty to retain',
    { retention: { imageDays: 3654, reportDays: 3653, auditDays: 3653, quarantineDays: 30, logDays: 365 } },
    /cells\.0\.retention: the lock on images \(3654 days\) outlives the rule images-default/,
  ],
  ['a field that nobody knows', { regoin: 'eu-central-1' }, /cells\.0: .*regoin/],
  [
    'a certificate of another service',
    { customDomain: { domainName: 'a.example', certificateArn: 'arn:aws:iam::1:x' } },
    /cells\.0\.customDomain\.certificateArn: must be an ARN of acm/,
  ],
  [
    'a share of a function that does not exist',
    { reservedConcurrency: { uploads: 1 } },
    /cells\.0\.reservedConcurrency/,
  ],
  [
    'a network that is none',
    { readerNetworks: [{ cidr: '203.0.113.0', country: 'Germany' }] },
    /cells\.0\.readerNetworks\.0\.country/,
  ],
])('%s is refused by the name of the field', (_, change, expected) => {
  expect(complaint(exampleWith(change))).toMatch(expected)
})

test('every fault of a file is named at once', () => {
  const message = complaint(exampleWith({ account: '1', tokens: {} }))
  expect(message).toContain('file.json cannot be used')
  for (const field of ['account', 'tokens.issuer', 'tokens.audience']) expect(message).toContain(`cells.0.${field}`)
})

test('two cells of one name are refused', () => {
  const { cells } = fileOf('example') as { cells: [object, object] }
  const twice = { schema: 'overread/deployment@1', cells: [cells[0], cells[0]] }
  expect(complaint(twice)).toMatch(/cells: two cells are called eu-central-1/)
})

test('a deployer may store where the default policy does not say so, in writing', () => {
  expect(complaint(exampleWith({ storageRegions: ['eu-central-2'], region: 'eu-central-2' }))).toBe('none')
})

test('a deployment is found by its name, and a name is no path', () => {
  expect(findDeployment('example', undefined).cells).toHaveLength(2)
  expect(() => findDeployment('../../package', undefined)).toThrow('not the name of a deployment')
  expect(() => findDeployment('nowhere', undefined)).toThrow('there is no deployment file')
})
