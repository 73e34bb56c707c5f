import { httpFunction, type HttpPorts } from '../../shared/runtime/http-function.ts'
import { readAuditEvents, readAuditTrail, type AuditTrailPorts } from './read-audit-trail.ts'

export const entry = (ports: HttpPorts & AuditTrailPorts) =>
  httpFunction(ports, {
    readAuditTrail: (asked) => readAuditTrail(ports, asked),
    readAuditEvents: (asked) => readAuditEvents(ports, asked),
  })
