import { reportRoutes } from '../../shared/contracts/routes/report-routes.ts'
import { httpFunction, type HttpPorts } from '../../shared/runtime/http-function.ts'
import { openAttachment } from './open-attachment.ts'
import { readReports } from './read-reports.ts'
import type { ReportPorts } from './report-ports.ts'
import { saveDraft } from './save-draft.ts'
import { addAddendum, filePreliminary, signFinal } from './sign-report.ts'

export const entry = (ports: HttpPorts & ReportPorts) =>
  httpFunction(ports, reportRoutes, {
    saveDraft: (asked) => saveDraft(ports, asked),
    openAttachment: (asked) => openAttachment(ports, asked),
    filePreliminary: (asked) => filePreliminary(ports, asked),
    signFinal: (asked) => signFinal(ports, asked),
    addAddendum: (asked) => addAddendum(ports, asked),
    readReports: (asked) => readReports(ports, asked),
  })
