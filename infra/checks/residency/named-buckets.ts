import { isForeignAccount, isOwnBucketName, type Cell } from './cell.ts'
import { bucketsWrittenTo } from './programs.ts'

const SPACE_OUTSIDE_MARKS = /\s(?![^⟦]*⟧)/
const BUCKET_NAME = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/
const IN_ADDRESS = /(?<![a-z0-9])(?:s3[an]?:\/\/|arn:[^:\s]*:s3:::)((?:⟦[^⟧]*⟧|[^/\s"',;:⟦⟧])+)/gi
const BUCKET_KEY = /bucket(?:[-_]?(?:name|arn))?s?$/i

/** Code and definitions are only read from there, and most services take them from their own region alone. */
const READ_FROM =
  /^Properties\.(?:Code(?!\.ZipFile)|Content|CodeUri|ContentUri|SourceBundle|BodyS3Location|Definition(?:Uri|S3Location)|\w*TemplateS3Location|\w+\.CodeContent|\w+\.ApplicationCodeConfiguration)(?:\.|$)/

/** Which bucket may trigger, which events are chosen, which metric is watched: nothing is written there. */
const SELECTS = /(?:SourceArn(?:\.|$)|\.(?:EventSelectors|AdvancedEventSelectors|Dimensions|S3ReadPolicy)\.)/

/** Names of the buckets that AWS publishes its agents and tools in, one in each region. */
const isPublished = (name: string, region: string): boolean =>
  name === 'elasticmapreduce' ||
  name === `${region}.elasticmapreduce` ||
  new RegExp(`^(?:aws|amazon|amazoncloudwatch)(?:-[a-z]+)*-${region}$`).test(name)

const namesForeignAccount = (name: string, cell: Cell): boolean =>
  (name.match(/(?<![a-z0-9])\d{12}(?![a-z0-9])/g) ?? []).some((account) => isForeignAccount(account, cell))

// A name that is put together from the cell's own account or stack is not one somebody wrote out for another place.
const isNamedLiterally = (name: string, cell: Cell): boolean =>
  namesForeignAccount(name, cell) ||
  (BUCKET_NAME.test(name) && !(cell.account !== undefined && name.includes(cell.account)))

/** The bucket a text or a property names literally, which no template of this cell shows to be its own. */
export const literalBucketIn = (
  text: string,
  key: string,
  place: { readonly type: string; readonly path: string },
  cell: Cell,
): string | undefined => {
  const ownProperty = place.type.startsWith('AWS::S3') && /^Properties\.Bucket(?:Name)?$/.test(place.path)
  const isDocument = place.type === 'AWS::SSM::Document'
  if (ownProperty || SELECTS.test(place.path) || (!isDocument && READ_FROM.test(place.path))) return undefined
  const isProgram = SPACE_OUTSIDE_MARKS.test(text.trim())
  const named = isProgram ? bucketsWrittenTo(text) : [...text.matchAll(IN_ADDRESS)].map((match) => match[1] ?? '')
  // A workflow names the buckets that it reads from in the same way; those it writes to are looked at by themselves.
  const whole = BUCKET_KEY.test(key) && !place.path.startsWith('Properties.Definition.') ? [text] : []
  return [...named, ...whole].find(
    (name) => isNamedLiterally(name, cell) && !isOwnBucketName(name, cell) && !isPublished(name, cell.region),
  )
}
