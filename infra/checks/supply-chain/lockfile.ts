import * as z from 'zod'

const PackageSchema = z.looseObject({
  name: z.string().optional(),
  version: z.string().optional(),
  resolved: z.string().optional(),
  integrity: z.string().optional(),
  link: z.boolean().optional(),
  dev: z.boolean().optional(),
  optional: z.boolean().optional(),
  devOptional: z.boolean().optional(),
  inBundle: z.boolean().optional(),
  hasInstallScript: z.boolean().optional(),
  license: z.unknown().optional(),
  dependencies: z.record(z.string(), z.string()).optional(),
  optionalDependencies: z.record(z.string(), z.string()).optional(),
})

/** What this check reads of `package-lock.json`. */
export const LockfileSchema = z.looseObject({
  name: z.string(),
  version: z.string(),
  lockfileVersion: z.number(),
  packages: z.record(z.string(), PackageSchema),
})
/** See {@link LockfileSchema}. */
export type Lockfile = z.infer<typeof LockfileSchema>
/** One installed package. */
export type LockedPackage = z.infer<typeof PackageSchema>

/** What this check reads of `package.json`. */
export const ManifestSchema = z.looseObject({
  dependencies: z.record(z.string(), z.string()).default({}),
  devDependencies: z.record(z.string(), z.string()).default({}),
  optionalDependencies: z.record(z.string(), z.string()).default({}),
  allowScripts: z.record(z.string(), z.boolean()).default({}),
})
/** See {@link ManifestSchema}. */
export type Manifest = z.infer<typeof ManifestSchema>

const EXACT = /^\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?$/

/** `node_modules/a/node_modules/@b/c` is `@b/c`. */
export const packageNameAt = (path: string): string => path.split('node_modules/').at(-1) ?? path

/** Installed packages with their paths; the root and links to folders of the project are not installed. */
export const installedPackages = (lock: Lockfile): [path: string, locked: LockedPackage][] =>
  Object.entries(lock.packages).filter(([path, locked]) => path !== '' && locked.link !== true)

const versionProblems = ({ dependencies, devDependencies, optionalDependencies }: Manifest): string[] =>
  Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies })
    .filter(([, version]) => !EXACT.test(version))
    .map(([name, version]) => `${name}: ${version} is not an exact version`)

const rootProblems = (manifest: Manifest, lock: Lockfile): string[] => {
  const root = ManifestSchema.parse(lock.packages[''] ?? {})
  return (['dependencies', 'devDependencies', 'optionalDependencies'] as const).flatMap((section) => {
    const names = new Set([...Object.keys(manifest[section]), ...Object.keys(root[section])])
    return [...names]
      .filter((name) => manifest[section][name] !== root[section][name])
      .map((name) => `${name}: lockfile and package.json disagree`)
  })
}

/** A package without a digest could be anything on the day it is fetched; a host in the lockfile would be asked before the registry. */
const sourceProblems = (lock: Lockfile): string[] =>
  installedPackages(lock).flatMap(([path, { resolved, integrity, inBundle }]) => [
    ...(resolved === undefined ? [] : [`${path}: names a host or folder to fetch from`]),
    ...(integrity === undefined && inBundle !== true ? [`${path}: no integrity`] : []),
    ...(integrity === undefined || integrity.startsWith('sha512-') ? [] : [`${path}: integrity is not SHA-512`]),
  ])

/** An install script runs with the rights of whoever installs: each is allowed or refused by name. */
const scriptProblems = ({ allowScripts }: Manifest, lock: Lockfile): string[] => {
  const withScript = new Set(
    installedPackages(lock)
      .filter(([, { hasInstallScript }]) => hasInstallScript === true)
      .map(([path]) => packageNameAt(path)),
  )
  return [
    ...[...withScript]
      .filter((name) => !Object.hasOwn(allowScripts, name))
      .map((name) => `${name}: its install script is neither allowed nor refused`),
    ...Object.keys(allowScripts)
      .filter((name) => !withScript.has(name))
      .map((name) => `${name}: listed under allowScripts without having a script`),
  ]
}

/** Every reason why an install from this lockfile would not be the one that was reviewed. */
export const checkLockfile = (manifest: unknown, lockfile: unknown): string[] => {
  const lock = LockfileSchema.parse(lockfile)
  const parsed = ManifestSchema.parse(manifest)
  return [
    ...(lock.lockfileVersion === 3 ? [] : [`lockfile version ${lock.lockfileVersion}, not 3`]),
    ...versionProblems(parsed),
    ...rootProblems(parsed, lock),
    ...sourceProblems(lock),
    ...scriptProblems(parsed, lock),
  ]
}
