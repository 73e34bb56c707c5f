import { createHash } from 'node:crypto'
import { installedPackages, packageNameAt, type LockedPackage, type Lockfile } from './lockfile.ts'
import { statedLicence } from './licences.ts'

interface Component {
  readonly type: 'library'
  readonly 'bom-ref': string
  readonly name: string
  readonly version: string
  readonly scope: 'required' | 'optional' | 'excluded'
  readonly purl: string
  readonly licenses?: readonly [{ readonly expression: string }]
  readonly hashes?: readonly { readonly alg: 'SHA-512'; readonly content: string }[]
}

/** A CycloneDX 1.6 bill of materials, as far as this project writes it. */
export interface BillOfMaterials {
  readonly bomFormat: 'CycloneDX'
  readonly specVersion: '1.6'
  readonly serialNumber: string
  readonly version: 1
  readonly metadata: {
    readonly component: {
      readonly type: 'application'
      readonly 'bom-ref': string
      readonly name: string
      readonly version: string
    }
  }
  readonly components: readonly Component[]
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[]
}

const purlOf = (name: string, version: string): string => `pkg:npm/${name.replace(/^@/, '%40')}@${version}`

const byText = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0)

const hashesOf = (integrity: string | undefined): Pick<Component, 'hashes'> => {
  const digest = /^sha512-(.+)$/.exec(integrity ?? '')?.[1]
  return digest === undefined
    ? {}
    : { hashes: [{ alg: 'SHA-512', content: Buffer.from(digest, 'base64').toString('hex') }] }
}

const scopeOf = ({ dev, devOptional, optional }: LockedPackage): Component['scope'] =>
  dev === true || devOptional === true ? 'excluded' : optional === true ? 'optional' : 'required'

const componentOf = (path: string, locked: LockedPackage): Component => {
  const name = packageNameAt(path)
  const version = locked.version ?? ''
  const licence = statedLicence(locked)
  const purl = purlOf(name, version)
  return {
    type: 'library',
    // The same version may be installed at several places, with other neighbours: the place makes the reference unique.
    'bom-ref': `${purl}#${path}`,
    name,
    version,
    scope: scopeOf(locked),
    purl,
    ...(licence === undefined ? {} : { licenses: [{ expression: licence }] as const }),
    ...hashesOf(locked.integrity),
  }
}

/** Node looks for a package in the folder of who asks, then in each folder above. */
const installedFor = (asker: string, name: string, paths: ReadonlySet<string>): string | undefined => {
  for (let folder = asker; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('node_modules/') - 1))) {
    const candidate = `${folder === '' ? '' : `${folder}/`}node_modules/${name}`
    if (paths.has(candidate)) return candidate
    if (folder === '') return undefined
  }
}

/** A serial number that is a function of the content: two builds of one commit are to have one bill. */
const serialOf = (content: unknown): string => {
  const hex = createHash('sha256').update(JSON.stringify(content)).digest('hex')
  return `urn:uuid:${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

/**
 * The bill of materials of a lockfile, or of those of its packages that `among` names. It holds no time and no machine: the
 * same lockfile gives the same bytes.
 */
export const billOfMaterials = (lock: Lockfile, among?: ReadonlySet<string>): BillOfMaterials => {
  const installed = installedPackages(lock).filter(([path]) => among?.has(path) ?? true)
  const references = new Map(installed.map(([path, locked]) => [path, componentOf(path, locked)['bom-ref']]))
  const paths = new Set(references.keys())
  const rootRef = `${purlOf(lock.name, lock.version)}#`
  const dependsOn = (asker: string, { dependencies, optionalDependencies, ...rest }: LockedPackage): string[] => {
    const development = asker === '' && typeof rest['devDependencies'] === 'object' ? rest['devDependencies'] : {}
    const names = Object.keys({ ...dependencies, ...optionalDependencies, ...development })
    const found = names.map((name) => installedFor(asker, name, paths)).filter((path) => path !== undefined)
    return [...new Set(found.map((path) => references.get(path) ?? ''))].sort(byText)
  }
  const components = installed
    .map(([path, locked]) => componentOf(path, locked))
    .sort((left, right) => byText(left['bom-ref'], right['bom-ref']))
  const dependencies = [['', lock.packages[''] ?? {}] as const, ...installed]
    .map(([path, locked]) => ({ ref: references.get(path) ?? rootRef, dependsOn: dependsOn(path, locked) }))
    .sort((left, right) => byText(left.ref, right.ref))
  return {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    serialNumber: serialOf([components, dependencies]),
    version: 1,
    metadata: { component: { type: 'application', 'bom-ref': rootRef, name: lock.name, version: lock.version } },
    components,
    dependencies,
  }
}
