import { entry as apiReference } from '../functions/api-reference/entry.ts'
import { entry as auditTrail } from '../functions/audit-trail/entry.ts'
import { entry as caseDesk } from '../functions/case-desk/entry.ts'
import { entry as imageAccess } from '../functions/image-access/entry.ts'
import { entry as imageUpload } from '../functions/image-upload/entry.ts'
import { entry as machineToken } from '../functions/machine-token/entry.ts'
import { entry as minuteSweep } from '../functions/minute-sweep/entry.ts'
import { entry as outboxDispatch } from '../functions/outbox-dispatch/entry.ts'
import { entry as privacyDesk } from '../functions/privacy-desk/entry.ts'
import { entry as referralIntake } from '../functions/referral-intake/entry.ts'
import { entry as reportDelivery } from '../functions/report-delivery/entry.ts'
import { entry as reportFiling } from '../functions/report-filing/entry.ts'
import { entry as studyArrival } from '../functions/study-arrival/entry.ts'
import { entry as studyDeidentify } from '../functions/study-deidentify/entry.ts'
import { entry as turnaroundCount } from '../functions/turnaround-count/entry.ts'
import { entry as turnaroundKpi } from '../functions/turnaround-kpi/entry.ts'
import { entry as worklistRouting } from '../functions/worklist-routing/entry.ts'
import { entry as worklist } from '../functions/worklist/entry.ts'
import type { CellFunctions } from './cell-functions.ts'

/** Every function of the product, as `functions/<capability>/handler.ts` wires them in the cloud edition. */
export const cellFunctions: CellFunctions = {
  http: {
    'referral-intake': referralIntake,
    'case-desk': caseDesk,
    'image-upload': imageUpload,
    worklist,
    'image-access': imageAccess,
    'report-filing': reportFiling,
    'turnaround-kpi': turnaroundKpi,
    'audit-trail': auditTrail,
    'machine-token': machineToken,
    'privacy-desk': privacyDesk,
    'api-reference': apiReference,
  },
  queue: {
    'study-arrival': studyArrival,
    'study-deidentify': studyDeidentify,
    'worklist-routing': worklistRouting,
    'report-delivery': reportDelivery,
    'turnaround-count': turnaroundCount,
  },
  outbox: outboxDispatch,
  minute: minuteSweep,
}
