import { isPlainObject, optionsOf, textsOf, type Plain, type PlainObject } from '../cloudformation/plain.ts'
import type { Resource } from '../cloudformation/resolver.ts'
import type { Cell } from './cell.ts'
import type { Observation } from './finding.ts'
import { isProse } from './prose.ts'
import { foreignRegionsIn } from './regions.ts'
import { embeddedJson, isDeny, isStatement } from './statements.ts'
import { observeText, type Spot } from './text-remarks.ts'

/** Parts of the metadata that an instance runs; the rest is for people and tools. */
const RUN_METADATA = ['AWS::CloudFormation::Init', 'AWS::CloudFormation::Authentication']

/** DNS answers say where a service is, a saved question what a person may ask: they hold nothing of it. */
const METADATA_TYPES = /^AWS::(?:(?:Route53|CDK)::|Logs::QueryDefinition$)/

const NEGATED = /^(?:For(?:Any|All)Values:)?(?:StringNot|ArnNot|NotIpAddress|Null)/

/** A resource may be called anything: its own name moves nothing. */
const isOwnName = ({ resource, path }: Spot): boolean => {
  const kind = resource.type.split('::').at(-1) ?? ''
  return path === 'Properties.Name' || path === `Properties.${kind}Name`
}

const isPolicy = (document: Plain | undefined): boolean => isPlainObject(document) && 'Statement' in document

const observeValue = (value: Plain, spot: Spot, cell: Cell): Observation[] => {
  if (typeof value === 'number') return observeValue(String(value), spot, cell)
  if (typeof value !== 'string') return walk(value, spot, cell)
  const document = embeddedJson(value)
  if (document !== undefined && isPolicy(document)) return walk(document, spot, cell)
  return observeText(value, spot, cell).filter(({ rule }) => rule !== 'other-region-name' || !isOwnName(spot))
}

const VALUE_KEY = /^(?:Value|ParameterValue)$/
const NAME_KEYS = ['Name', 'Key', 'OptionName', 'ParameterKey']

/** `{ Name: 'TARGET', Value: ... }` says what `{ TARGET: ... }` says; a whole resource has a name of its own. */
const keyOf = (key: string, holder: PlainObject, { path }: Spot): string => {
  if (!VALUE_KEY.test(key) || path === 'Properties') return key
  return NAME_KEYS.flatMap((name) => textsOf(holder[name]))[0] ?? key
}

const isSilent = (key: string, holder: PlainObject, path: string): boolean =>
  isProse(key, path) || NEGATED.test(key) || (isStatement(holder) && (key === 'Principal' || key === 'Sid'))

/** A host behind a VPC link is one of the network, whatever it is called. */
const isOverLink = (holder: PlainObject): boolean =>
  ['ConnectionType', 'connectionType'].some((key) => textsOf(holder[key]).includes('VPC_LINK'))

const walkObject = (holder: PlainObject, spot: Spot, cell: Cell): Observation[] => {
  if (isDeny(holder)) return []
  const addressesSettled = spot.addressesSettled || isStatement(holder) || isOverLink(holder)
  return Object.entries(holder).flatMap(([key, entry]) => {
    if (isSilent(key, holder, spot.path)) return []
    const path = `${spot.path}.${key}`
    const [named] = foreignRegionsIn(key, cell.region)
    if (named !== undefined) {
      const why = `something outside the cell is named: the key names region ${named}`
      return [{ path, rule: 'other-region-name', why }]
    }
    const below: Spot = { ...spot, path, key: keyOf(key, holder, spot), addressesSettled }
    return optionsOf(entry).flatMap((item) => observeValue(item, below, cell))
  })
}

const walk = (value: Plain, spot: Spot, cell: Cell): Observation[] =>
  optionsOf(value).flatMap((option) => {
    if (Array.isArray(option))
      return option.flatMap((entry, index) => observeValue(entry, { ...spot, path: `${spot.path}.${index}` }, cell))
    if (isPlainObject(option)) return walkObject(option, spot, cell)
    return typeof option === 'string' ? observeValue(option, { ...spot, key: '' }, cell) : []
  })

/** What the texts of a resource name that is not of this cell: regions, accounts, stores, hosts, calls that copy. */
export const observeTexts = (resource: Resource, cell: Cell): Observation[] => {
  if (METADATA_TYPES.test(resource.type)) return []
  const spot = (path: string): Spot => ({ resource, path, key: '', addressesSettled: false })
  return [
    ...walk(resource.properties, spot('Properties'), cell),
    ...RUN_METADATA.flatMap((section) => walk(resource.metadata[section] ?? null, spot(`Metadata.${section}`), cell)),
  ]
}
