import { installedPackages, packageNameAt, type Lockfile } from './lockfile.ts'

/**
 * Licences under which a hospital or a vendor may run and pass on a changed Overread without owing anyone its source.
 * A list of what is allowed fails closed: a licence nobody looked at is refused.
 */
const ALLOWED = new Set([
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'CC0-1.0',
  'ISC',
  'MIT',
  'MIT-0',
  'Python-2.0',
  'Unlicense',
  'Zlib',
])

/** File-level copyleft: no obligation for what is only used to build and test. */
const ALLOWED_IN_DEVELOPMENT = new Set([...ALLOWED, 'CC-BY-4.0', 'MPL-2.0'])

type Tokens = string[]

/** Reads `A OR B AND C` with AND binding closer, as SPDX has it; an exception (`WITH`) is its own, unknown licence. */
const readOr = (tokens: Tokens, allowed: ReadonlySet<string>): boolean => {
  let verdict = readAnd(tokens, allowed)
  while (tokens[0]?.toUpperCase() === 'OR') {
    tokens.shift()
    const other = readAnd(tokens, allowed)
    verdict ||= other
  }
  return verdict
}

const readAnd = (tokens: Tokens, allowed: ReadonlySet<string>): boolean => {
  let verdict = readOne(tokens, allowed)
  while (tokens[0]?.toUpperCase() === 'AND') {
    tokens.shift()
    const other = readOne(tokens, allowed)
    verdict &&= other
  }
  return verdict
}

const readOne = (tokens: Tokens, allowed: ReadonlySet<string>): boolean => {
  const token = tokens.shift()
  if (token === undefined) return false
  if (token !== '(') return allowed.has(token)
  const verdict = readOr(tokens, allowed)
  return tokens.shift() === ')' && verdict
}

/** True where an SPDX expression leaves a choice that is allowed. */
export const isAllowedLicence = (expression: string, use: 'production' | 'development'): boolean => {
  const tokens = expression.match(/[()]|[^\s()]+/g) ?? []
  const rest = [...tokens]
  return readOr(rest, use === 'production' ? ALLOWED : ALLOWED_IN_DEVELOPMENT) && rest.length === 0
}

/** The licence of a package as its own manifest states it, old spellings included. */
export const statedLicence = (manifest: unknown): string | undefined => {
  if (typeof manifest !== 'object' || manifest === null) return undefined
  const { license, licenses } = manifest as { license?: unknown; licenses?: unknown }
  if (typeof license === 'string') return license
  const named = [license, licenses].flat().flatMap((entry) => {
    const isNamed = typeof entry === 'object' && entry !== null && 'type' in entry && typeof entry.type === 'string'
    return isNamed ? [String(entry.type)] : []
  })
  return named.length === 0 ? undefined : named.join(' OR ')
}

/** Reads `package.json` of an installed package; `undefined` where it is not installed on this machine. */
export type ReadInstalled = (path: string) => unknown

/**
 * Packages whose licence is not allowed or not known. What is not installed here (binaries of other systems) is judged by
 * the lockfile's word.
 */
export const checkLicences = (lock: Lockfile, readInstalled: ReadInstalled): string[] =>
  installedPackages(lock).flatMap(([path, locked]) => {
    const use = locked.dev === true ? 'development' : 'production'
    const licence = statedLicence(readInstalled(path) ?? locked)
    const name = `${packageNameAt(path)}@${locked.version ?? '?'} (${use})`
    if (licence === undefined) return [`${name}: no licence stated`]
    return isAllowedLicence(licence, use) ? [] : [`${name}: licence ${licence}`]
  })
