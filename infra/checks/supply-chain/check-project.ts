import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { bundledPackages, checkBundled, type BundleContents } from './bundled.ts'
import { checkLicences } from './licences.ts'
import { checkLockfile, installedPackages, LockfileSchema } from './lockfile.ts'
import { billOfMaterials, type BillOfMaterials } from './sbom.ts'

const readJson = (file: string): unknown => JSON.parse(readFileSync(file, 'utf8')) as unknown

/** What a look at the project's dependencies came to. */
export interface SupplyChainReport {
  readonly packages: number
  readonly production: number
  readonly problems: readonly string[]
  readonly bill: BillOfMaterials
}

const readProject = (root: string) => {
  const lockfile = readJson(join(root, 'package-lock.json'))
  const readInstalled = (path: string): unknown => {
    const file = join(root, path, 'package.json')
    return existsSync(file) ? readJson(file) : undefined
  }
  return { lockfile, lock: LockfileSchema.parse(lockfile), readInstalled }
}

/** Checks lockfile, licences and install scripts of the project in a folder, and writes its bill of materials. */
export const checkSupplyChain = (root: string): SupplyChainReport => {
  const { lockfile, lock, readInstalled } = readProject(root)
  const installed = installedPackages(lock)
  return {
    packages: installed.length,
    production: installed.filter(([, { dev }]) => dev !== true).length,
    problems: [...checkLockfile(readJson(join(root, 'package.json')), lockfile), ...checkLicences(lock, readInstalled)],
    bill: billOfMaterials(lock),
  }
}

/** Bill of materials of what the bundles hold, and whatever is wrong with it. */
export const checkDeployed = (
  root: string,
  bundles: readonly BundleContents[],
): Pick<SupplyChainReport, 'packages' | 'problems' | 'bill'> => {
  const { lock, readInstalled } = readProject(root)
  const bundled = bundledPackages(bundles)
  const bill = billOfMaterials(lock, bundled)
  return { packages: bundled.size, problems: checkBundled(lock, bundled, bill, readInstalled), bill }
}
