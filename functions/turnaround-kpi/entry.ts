import { httpFunction, type HttpPorts } from '../../shared/runtime/http-function.ts'
import { readKpis, type KpiPorts } from './read-kpis.ts'

export const entry = (ports: HttpPorts & KpiPorts) =>
  httpFunction(ports, { readKpis: (asked) => readKpis(ports, asked) })
