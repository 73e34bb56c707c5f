import { isPlainObject, optionsOf, type Plain } from '../cloudformation/plain.ts'
import type { Resource } from '../cloudformation/resolver.ts'
import { isOpenText, readable } from '../cloudformation/symbols.ts'
import { isForeignAccount, type Cell } from './cell.ts'
import { exitCallIn } from './exit-actions.ts'
import type { Observation } from './finding.ts'
import { foreignRegionsIn } from './regions.ts'
import { embeddedJson, isDeny, isStatement } from './statements.ts'
import { foreignPlaceIn, whereIsUrl } from './whereabouts.ts'

/** Words for people: they carry no data anywhere. */
const PROSE = /^(?:Description|Comment|[A-Za-z]*Tags|[A-Z][A-Za-z]*Description)$/

/** Events are only chosen by it: naming where they come from sends nothing there. */
const isFilter = (resource: Resource, key: string): boolean =>
  resource.type === 'AWS::Events::Rule' && key === 'EventPattern'

/** Parts of the metadata that an instance runs; the rest is for people and tools. */
const RUN_METADATA = ['AWS::CloudFormation::Init', 'AWS::CloudFormation::Authentication']

/** DNS answers say where a service is; they hold nothing of it. */
const METADATA_TYPES = /^AWS::(?:Route53|CDK)::/

const NEGATED = /^(?:For(?:Any|All)Values:)?(?:StringNot|ArnNot|NotIpAddress|Null)/

const REGION_KEY = /(?:^|[a-z])Region(?:Name)?$/
const ACCOUNT_KEY = /(?:account(?:[-_ ]?id(?:entifier)?)?|ownerid|sourceowner|registryid)$/i

const decoded = (text: string): string => {
  const isBase64 = text.length >= 16 && text.length % 4 === 0 && /^[A-Za-z0-9+/\s]+={0,2}$/.test(text)
  return isBase64 ? `${text}\n${Buffer.from(text, 'base64').toString('latin1')}` : text
}

const SYSTEM_PROFILE =
  /(?:^|["'/\s])((?:us|eu|apac|jp|au|ca|us-gov|global)\.(?:anthropic|amazon|meta|mistral|cohere|deepseek|stability|writer)\.[\w.:-]+)/

const HTTP_TASK = /arn:[^:"]+:states:::http:invoke/

const urlsOfHttpTasks = (text: string): string[] =>
  HTTP_TASK.test(text)
    ? [...text.matchAll(/"ApiEndpoint(?:\.\$)?"\s*:\s*"([^"]+)"/g)].map((match) => match[1] ?? '')
    : []

const observeText = (text: string, key: string, path: string, cell: Cell): Observation | undefined => {
  const searched = decoded(text)
  const call = exitCallIn(text, key) ?? exitCallIn(searched, key)
  if (call !== undefined)
    return { path, rule: 'exit-call', why: `a deployment or workflow calls ${call}, which makes a copy` }
  if (text.includes('⟦unknown:Fn::Transform')) {
    return { path, rule: 'unresolved-include', why: 'a macro writes this part of the template after the walk' }
  }
  const place = foreignPlaceIn(searched, cell)
  if (place !== undefined)
    return { path, rule: place.rule, why: `something outside the cell is named: ${place.detail}` }
  if (ACCOUNT_KEY.test(key) && isForeignAccount(text, cell)) {
    return { path, rule: 'other-account-id', why: `account ${text} is not the account of this cell` }
  }
  if (REGION_KEY.test(key) && isOpenText(text)) {
    return { path, rule: 'unresolved-region', why: `the region is decided outside the template: ${readable(text)}` }
  }
  const profile = SYSTEM_PROFILE.exec(searched)?.[1]
  if (profile !== undefined)
    return { path, rule: 'cross-region-inference', why: `${profile} may answer from any region of its geography` }
  const [url] = urlsOfHttpTasks(searched).filter((address) => whereIsUrl(address, cell).at === 'elsewhere')
  return url === undefined
    ? undefined
    : { path, rule: 'http-integration', why: `a workflow posts its state to ${readable(url)}` }
}

/** A resource may be called anything: its own name moves nothing. */
const isOwnName = (resource: Resource, path: string): boolean => {
  const kind = resource.type.split('::').at(-1) ?? ''
  return path === 'Properties.Name' || path === `Properties.${kind}Name`
}

const observeValue = (value: Plain, key: string, path: string, resource: Resource, cell: Cell): Observation[] => {
  if (typeof value === 'number') return observeValue(String(value), key, path, resource, cell)
  if (typeof value !== 'string') return walk(value, path, resource, cell)
  const document = embeddedJson(value)
  const isDocument = document !== undefined && typeof document === 'object' && document !== null
  if (isDocument && isPolicy(document)) return walk(document, path, resource, cell)
  const seen = observeText(value, key, path, cell)
  return seen === undefined || (isOwnName(resource, path) && seen.rule === 'other-region-name') ? [] : [seen]
}

const isPolicy = (document: Plain): boolean => isPlainObject(document) && 'Statement' in document

const walk = (value: Plain, path: string, resource: Resource, cell: Cell): Observation[] =>
  optionsOf(value).flatMap((option) => {
    if (Array.isArray(option)) {
      return option.flatMap((entry, index) =>
        observeValue(entry, path.split('.').at(-1) ?? '', `${path}.${index}`, resource, cell),
      )
    }
    if (!isPlainObject(option)) return typeof option === 'string' ? observeValue(option, '', path, resource, cell) : []
    if (isDeny(option)) return []
    const inStatement = isStatement(option)
    return Object.entries(option).flatMap(([key, entry]) => {
      if (PROSE.test(key) || NEGATED.test(key) || isFilter(resource, key)) return []
      if (inStatement && (key === 'Principal' || key === 'Sid')) return []
      const [named] = foreignRegionsIn(key, cell.region)
      const asKey: Observation[] =
        named === undefined
          ? []
          : [
              {
                path: `${path}.${key}`,
                rule: 'other-region-name',
                why: `something outside the cell is named: the key names region ${named}`,
              },
            ]
      return asKey.length > 0
        ? asKey
        : optionsOf(entry).flatMap((item) => observeValue(item, key, `${path}.${key}`, resource, cell))
    })
  })

/** What the texts of a resource name that is not of this cell: regions, accounts, partitions, calls that copy. */
export const observeTexts = (resource: Resource, cell: Cell): Observation[] =>
  METADATA_TYPES.test(resource.type)
    ? []
    : [
        ...walk(resource.properties, 'Properties', resource, cell),
        ...RUN_METADATA.flatMap((section) =>
          walk(resource.metadata[section] ?? null, `Metadata.${section}`, resource, cell),
        ),
      ]
