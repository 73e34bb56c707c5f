import { installedPackages, packageNameAt, type Lockfile } from './lockfile.ts'
import { isAllowedLicence, statedLicence, type ReadInstalled } from './licences.ts'
import type { BillOfMaterials } from './sbom.ts'

/** What this check reads of a bundle. */
export interface BundleContents {
  readonly metafile: {
    /** Every file that was read. */
    readonly inputs: Readonly<Record<string, object>>
    readonly outputs: Readonly<Record<string, { readonly inputs: Readonly<Record<string, object>> }>>
  }
  /** Files of packages that are deployed as they are, as an import names them. */
  readonly beside: readonly string[]
}

const PACKAGE = /(?:node_modules\/(?:@[^/]+\/)?[^/]+\/)+/
const NAME = /^(?:@[^/]+\/)?[^/]+/

/** `../x/node_modules/a/node_modules/@b/c/d.js` is of the package that the lockfile has as `node_modules/a/node_modules/@b/c`. */
const packageOf = (input: string): string[] => {
  const [found] = PACKAGE.exec(input) ?? []
  return found === undefined ? [] : [found.slice(0, -1)]
}

/** Packages, as the lockfile names them, of which anything is in a bundle or lies beside it. */
export const bundledPackages = (bundles: readonly BundleContents[]): ReadonlySet<string> =>
  new Set(
    bundles.flatMap(({ metafile, beside }) => [
      ...Object.values(metafile.outputs).flatMap(({ inputs }) => Object.keys(inputs).flatMap(packageOf)),
      ...beside.map((file) => `node_modules/${NAME.exec(file)?.[0] ?? file}`),
    ]),
  )

/** Reasons why the bill does not say what is deployed, or why it may not be deployed. */
export const checkBundled = (
  lock: Lockfile,
  bundled: ReadonlySet<string>,
  bill: BillOfMaterials,
  readInstalled: ReadInstalled,
): string[] => {
  const locked = new Map(installedPackages(lock))
  return [...bundled].flatMap((path) => {
    const name = packageNameAt(path)
    const entry = locked.get(path)
    if (entry === undefined) return [`${name}: bundled, and not in the lockfile`]
    const component = bill.components.find((one) => one['bom-ref'].endsWith(`#${path}`))
    const installed = readInstalled(path)
    const licence = statedLicence(installed ?? entry)
    const version = typeof installed === 'object' && installed !== null && 'version' in installed && installed.version
    return [
      ...(entry.dev === true ? [`${name}: bundled, and a dependency of development alone`] : []),
      ...(version === entry.version
        ? []
        : [`${name}: bundled is ${String(version)}, the lockfile has ${String(entry.version)}`]),
      ...(component === undefined ? [`${name}: bundled, and not in the bill of materials`] : []),
      ...(component !== undefined && component.hashes === undefined ? [`${name}: no digest in the bill`] : []),
      ...(component !== undefined && component.licenses?.[0].expression !== licence
        ? [`${name}: the bill states another licence`]
        : []),
      ...(licence !== undefined && isAllowedLicence(licence, 'production')
        ? []
        : [`${name}: bundled under ${licence ?? 'no licence'}`]),
    ]
  })
}
