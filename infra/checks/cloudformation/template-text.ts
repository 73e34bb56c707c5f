import { Pair, parseDocument, Scalar, YAMLMap, type CollectionTag, type ScalarTag, type Tags } from 'yaml'
import { NotATemplate } from './template.ts'

/** The functions that YAML may write as tags: `!Sub` for `Fn::Sub`. */
const FUNCTIONS =
  'And Base64 Cidr Contains EachMemberEquals EachMemberIn Equals FindInMap GetAtt GetAZs GetStackOutput If ImportValue Join Length Not Or RefAll Select Split Sub ToJsonString Transform ValueOf ValueOfAll'

const LONG_FORMS: readonly (readonly [tag: string, name: string])[] = [
  ['!Ref', 'Ref'],
  ['!Condition', 'Condition'],
  ...FUNCTIONS.split(' ').map((name) => [`!${name}`, `Fn::${name}`] as const),
]

const inLongForm = ([tag, name]: readonly [string, string]): (ScalarTag | CollectionTag)[] => {
  const around = (argument: unknown): YAMLMap => {
    const map = new YAMLMap()
    map.add(new Pair(new Scalar(name), argument))
    return map
  }
  return [
    { tag, resolve: (text) => ({ [name]: text }) },
    { tag, collection: 'seq', resolve: around },
    { tag, collection: 'map', resolve: around },
  ]
}

/** CloudFormation reads the words of YAML 1.1. */
const WORDS_OF_OLD: ScalarTag = {
  tag: 'tag:yaml.org,2002:bool',
  default: true,
  test: /^(?:yes|no|on|off)$/i,
  resolve: (text) => /^(?:yes|on)$/i.test(text),
}

/** `012345678901` is an account and `2012-10-17` a version: a number is kept as it is written. */
const NUMBER = /:(?:int|float)$/

const withShortForms = (tags: Tags): Tags => [
  ...tags.filter((tag) => typeof tag === 'string' || !NUMBER.test(tag.tag)),
  WORDS_OF_OLD,
  ...LONG_FORMS.flatMap(inLongForm),
]

const firstLine = (text: string): string => (text.split('\n')[0] ?? '').replace(/:$/, '')

const readYaml = (text: string): unknown => {
  const document = parseDocument(text, { schema: 'core', merge: true, customTags: withShortForms })
  // A tag that is not known would leave its argument standing as if nothing were done with it.
  const [problem] = [...document.errors, ...document.warnings]
  if (problem !== undefined) throw new NotATemplate(`neither JSON nor YAML: ${firstLine(problem.message)}`)
  try {
    return document.toJS()
  } catch (cause) {
    throw new NotATemplate(`YAML whose aliases cannot be followed: ${String(cause)}`, { cause })
  }
}

/** Reads the text of a template, JSON or YAML, with the short forms of YAML written out. Throws {@link NotATemplate}. */
export const readTemplateText = (text: string): unknown => {
  const body = text.replace(/^\uFEFF/, '')
  try {
    return JSON.parse(body) as unknown
  } catch {
    return readYaml(body)
  }
}
