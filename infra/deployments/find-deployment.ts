import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { BadDeployment, readDeployment, type Deployment } from './deployment.ts'

/** A file named by OVERREAD_DEPLOYMENT, or `-c deployment=NAME` of this folder. */
export const findDeployment = (name: string | undefined, file = process.env['OVERREAD_DEPLOYMENT']): Deployment => {
  if (name !== undefined && !/^[\w-]+$/.test(name)) throw new BadDeployment(`${name} is not the name of a deployment`)
  const found = file ?? path.join(import.meta.dirname, `${name ?? 'example'}.json`)
  if (!existsSync(found)) throw new BadDeployment(`there is no deployment file ${found}`)
  return readDeployment(JSON.parse(readFileSync(found, 'utf8')), found)
}
