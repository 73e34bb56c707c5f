import { referenceRoutes } from '../../shared/contracts/routes/reference-routes.ts'
import type { PageFiles } from '../../shared/ports/page-files.ts'
import { publicFunction, type PublicPorts } from '../../shared/runtime/public-function.ts'
import { referenceServer } from './serve-reference.ts'

export const entry = (ports: PublicPorts & { readonly pageFiles: PageFiles }) => {
  const reference = referenceServer(ports.pageFiles)
  return publicFunction(ports, referenceRoutes, {
    readOpenApi: reference.document,
    readDocs: reference.page,
    readDocsAsset: reference.asset,
  })
}
