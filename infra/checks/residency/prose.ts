import { isPlainObject, optionsOf, textsOf, type Plain } from '../cloudformation/plain.ts'
import { spokenPartOf } from './programs.ts'
import { embeddedJson } from './statements.ts'

/** Words for people: they carry no data anywhere. */
const PROSE = /^(?:Description|Comment|DisplayName|DockerLabels|[A-Za-z]*Tags|[A-Z][A-Za-z]*Description)$/

/** As documents in other languages spell it: workflows, dashboards, interfaces. */
const PROSE_IN_DOCUMENT = /^(?:\$?comment|description|summary|title|label|markdown)$/

/** Properties that are such a document. */
const DOCUMENT = /^Properties\.(?:Content|Definition(?:Body)?|Body)(?:\.|$)/

/** Events, messages, requests and lines are only chosen by it: naming where they come from sends nothing there. */
const FILTER = /^(?:(?:Event|Filter)?Pattern|FilterCriteria|FilterPolicy|SearchString|RegexString)$/

/** Maps whose keys the author of the template chose: nothing is said by what they are called. */
const OWN_KEYS = /\.(?:Variables|EnvironmentVariables|PropertyMap|Parameters|Options|ConnectorConfiguration)$/

/** True for a key under which nothing is said that data could follow; `path` is of what holds it. */
export const isProse = (key: string, path: string): boolean =>
  !OWN_KEYS.test(path) && (PROSE.test(key) || FILTER.test(key) || (DOCUMENT.test(path) && PROSE_IN_DOCUMENT.test(key)))

/** A page of the console is looked at by a person. */
const CONSOLE_PAGE =
  /https:\/\/(?:[a-z0-9-]+\.)*console\.(?:aws\.amazon\.com|amazonaws-us-gov\.com|amazonaws\.cn)[^\s"'`)\]]*/g

const spokenIn = (value: Plain): string[] =>
  optionsOf(value).flatMap((option) => {
    if (Array.isArray(option)) return option.flatMap(spokenIn)
    if (isPlainObject(option))
      return Object.entries(option).flatMap(([key, entry]) =>
        PROSE.test(key) || PROSE_IN_DOCUMENT.test(key) ? [] : [key, ...spokenIn(entry)],
      )
    return textsOf(option)
  })

/** A text without what it says to people alone: comments, titles and pages of the console. */
export const withoutProse = (text: string): string => {
  const document = embeddedJson(text)
  const spoken = typeof document === 'object' ? spokenIn(document).join('\n') : spokenPartOf(text)
  return spoken.replace(CONSOLE_PAGE, '')
}
