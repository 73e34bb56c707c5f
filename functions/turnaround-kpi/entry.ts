import { oversightRoutes } from '../../shared/contracts/routes/oversight-routes.ts'
import { httpFunction, type HttpPorts } from '../../shared/runtime/http-function.ts'
import { readKpis, type KpiPorts } from './read-kpis.ts'

export const entry = (ports: HttpPorts & KpiPorts) =>
  httpFunction(ports, oversightRoutes, { readKpis: (asked) => readKpis(ports, asked) })
