import { isPlainObject, optionsOf, type Plain } from '../cloudformation/plain.ts'
import type { Resource } from '../cloudformation/resolver.ts'
import { isOpenText, readable } from '../cloudformation/symbols.ts'
import { isForeignAccount, type Cell } from './cell.ts'
import { configurationIn } from './configurations.ts'
import { exitCallIn } from './exit-actions.ts'
import type { Observation } from './finding.ts'
import { outsideHostIn } from './hosts.ts'
import { literalBucketIn } from './named-buckets.ts'
import { withoutProse } from './prose.ts'
import { embeddedJson } from './statements.ts'
import { foreignPlaceIn, undecidedPlaceIn, whereIsUrl } from './whereabouts.ts'

/** Where in a resource a text stands. */
export interface Spot {
  readonly resource: Resource
  readonly path: string
  /** The name the text goes by: its key, or the name beside it in a list of names and values. */
  readonly key: string
  /** In a policy statement, whose grants are judged by themselves, or behind a link into the network. */
  readonly addressesSettled: boolean
}

const REGION_KEY = /(?:^|[a-z])Region(?:Name)?$/
const ACCOUNT_KEY =
  /(?:account(?:[-_ ]?id(?:entifier)?)?s?|ownerids?|userids?|sourceowner|registryids?|catalog[-_]?ids?)$/i

const decoded = (text: string): string | undefined =>
  text.length >= 16 && text.length % 4 === 0 && /^[A-Za-z0-9+/\s]+={0,2}$/.test(text)
    ? Buffer.from(text, 'base64').toString('latin1')
    : undefined

const SYSTEM_PROFILE =
  /(?:^|["'/\s])((?:us|eu|apac|jp|au|ca|us-gov|global)\.(?:anthropic|amazon|meta|mistral|cohere|deepseek|stability|writer)\.[\w.:-]+)/

const HTTP_TASK = /arn:[^:"]+:states:::http:invoke/

const urlsOfHttpTasks = (text: string): string[] =>
  HTTP_TASK.test(text)
    ? [...text.matchAll(/"ApiEndpoint(?:\.\$)?"\s*:\s*"([^"]+)"/g)].map((match) => match[1] ?? '')
    : []

type Remark = { readonly rule: string; readonly why: string } | undefined
type Look = (text: string, searched: string, spot: Spot, cell: Cell) => Remark

const copyingCall: Look = (text, _, { key }) => {
  const call = exitCallIn(text, key) ?? exitCallIn(decoded(text) ?? '', key)
  return call === undefined
    ? undefined
    : { rule: 'exit-call', why: `a deployment or workflow calls ${call}, which makes a copy` }
}

const unwrittenPart: Look = (text) =>
  text.includes('⟦unknown:Fn::Transform')
    ? { rule: 'unresolved-include', why: 'a macro writes this part of the template after the walk' }
    : undefined

const foreignPlace: Look = (_, searched, __, cell) => {
  const place = foreignPlaceIn(searched, cell)
  return place === undefined
    ? undefined
    : { rule: place.rule, why: `something outside the cell is named: ${place.detail}` }
}

const undecidedPlace: Look = (_, searched) => {
  const place = undecidedPlaceIn(searched)
  return place === undefined
    ? undefined
    : { rule: place.rule, why: `something may be outside the cell: ${place.detail} is decided outside the template` }
}

const namedByItsKey: Look = (text, _, { key }, cell) => {
  if (ACCOUNT_KEY.test(key)) {
    const account = text.split(',').find((item) => isForeignAccount(item.trim(), cell))
    if (account !== undefined)
      return { rule: 'other-account-id', why: `account ${account.trim()} is not the account of this cell` }
  }
  return REGION_KEY.test(key) && isOpenText(text)
    ? { rule: 'unresolved-region', why: `the region is decided outside the template: ${readable(text)}` }
    : undefined
}

const modelOfAnyRegion: Look = (_, searched) => {
  const profile = SYSTEM_PROFILE.exec(searched)?.[1]
  return profile === undefined
    ? undefined
    : { rule: 'cross-region-inference', why: `${profile} may answer from any region of its geography` }
}

const httpTask: Look = (text, _, __, cell) => {
  const [url] = urlsOfHttpTasks(text).filter((address) => whereIsUrl(address, cell).at === 'elsewhere')
  return url === undefined
    ? undefined
    : { rule: 'http-integration', why: `a workflow posts its state to ${readable(url)}` }
}

/** Outputs tell people, and an instance fetches what it is made of; what its commands send is another matter. */
const isTold = ({ resource, path }: Spot): boolean =>
  resource.type === 'AWS::CloudFormation::Template' || path.startsWith('Metadata.')

/** What an instance starts with tells it where to fetch its packages. */
const isStarted = ({ path }: Spot): boolean => /\.UserData$/.test(path)

const address: Look = (text, _, spot, cell) => {
  if (spot.addressesSettled || isTold(spot)) return undefined
  const bucket = literalBucketIn(text, spot.key, { type: spot.resource.type, path: spot.path }, cell)
  if (bucket !== undefined)
    return {
      rule: 'foreign-bucket',
      why: `bucket ${bucket} is named literally: no template of this cell shows its region`,
    }
  const host = outsideHostIn(text, spot.key, spot.path, cell)
  return host === undefined
    ? undefined
    : { rule: 'outside-host', why: `something is sent to or fetched from ${readable(host)}, outside the cell` }
}

const LOOKS: readonly Look[] = [
  copyingCall,
  unwrittenPart,
  foreignPlace,
  undecidedPlace,
  namedByItsKey,
  modelOfAnyRegion,
  httpTask,
  address,
]

/** A document kept as text holds addresses too; what its keys say of buckets is the workflow's own reading. */
const addressInDocument = (value: Plain, spot: Spot, cell: Cell): Remark =>
  optionsOf(value)
    .flatMap((option): Remark[] => {
      if (typeof option === 'string') return [address(option, option, spot, cell)]
      if (Array.isArray(option)) return option.map((entry) => addressInDocument(entry, spot, cell))
      return isPlainObject(option)
        ? Object.entries(option).map(([key, entry]) =>
            addressInDocument(entry, { ...spot, key: /bucket/i.test(key) ? '' : key }, cell),
          )
        : []
    })
    .find((remark) => remark !== undefined)

/** What one text says that is not of this cell: the first thing that any look finds. */
export const observeText = (text: string, spot: Spot, cell: Cell): Observation[] => {
  const written = decoded(text)
  const searched = [text, written ?? ''].map(withoutProse).join('\n')
  const document =
    embeddedJson(text) ?? embeddedJson(written ?? '') ?? (isStarted(spot) ? undefined : configurationIn(text))
  let seen: Remark
  for (const look of LOOKS) seen ??= look(text, searched, spot, cell)
  if (typeof document === 'object') seen ??= addressInDocument(document, spot, cell)
  return seen === undefined ? [] : [{ path: spot.path, ...seen }]
}
