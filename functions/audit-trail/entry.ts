import { oversightRoutes } from '../../shared/contracts/routes/oversight-routes.ts'
import { privacyRoutes } from '../../shared/contracts/routes/privacy-routes.ts'
import { httpFunction, type HttpPorts } from '../../shared/runtime/http-function.ts'
import { readAccessReport, type AccessReportPorts } from './read-access-report.ts'
import { readAuditEvents, readAuditTrail } from './read-audit-trail.ts'

export const entry = (ports: HttpPorts & AccessReportPorts) =>
  httpFunction(ports, [...oversightRoutes, ...privacyRoutes], {
    readAuditTrail: (asked) => readAuditTrail(ports, asked),
    readAccessReport: (asked) => readAccessReport(ports, asked),
    readAuditEvents: (asked) => readAuditEvents(ports, asked),
  })
