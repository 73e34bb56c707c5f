import type * as z from 'zod'
import { EnvironmentSchema as apiReference } from '../../functions/api-reference/env.ts'
import { EnvironmentSchema as arrivalDispatch } from '../../functions/arrival-dispatch/env.ts'
import { EnvironmentSchema as auditTrail } from '../../functions/audit-trail/env.ts'
import { EnvironmentSchema as caseDesk } from '../../functions/case-desk/env.ts'
import { EnvironmentSchema as imageAccess } from '../../functions/image-access/env.ts'
import { EnvironmentSchema as imageUpload } from '../../functions/image-upload/env.ts'
import { EnvironmentSchema as machineToken } from '../../functions/machine-token/env.ts'
import { EnvironmentSchema as minuteSweep } from '../../functions/minute-sweep/env.ts'
import { EnvironmentSchema as outboxDispatch } from '../../functions/outbox-dispatch/env.ts'
import { EnvironmentSchema as privacyDesk } from '../../functions/privacy-desk/env.ts'
import { EnvironmentSchema as referralIntake } from '../../functions/referral-intake/env.ts'
import { EnvironmentSchema as reportDelivery } from '../../functions/report-delivery/env.ts'
import { EnvironmentSchema as reportFiling } from '../../functions/report-filing/env.ts'
import { EnvironmentSchema as studyArrival } from '../../functions/study-arrival/env.ts'
import { EnvironmentSchema as studyDeidentify } from '../../functions/study-deidentify/env.ts'
import { EnvironmentSchema as turnaroundCount } from '../../functions/turnaround-count/env.ts'
import { EnvironmentSchema as turnaroundKpi } from '../../functions/turnaround-kpi/env.ts'
import { EnvironmentSchema as worklist } from '../../functions/worklist/env.ts'
import { EnvironmentSchema as worklistRouting } from '../../functions/worklist-routing/env.ts'
import type { CapabilityName } from '../../shared/contracts/capabilities.ts'

/** The environment of each function as the function itself declares it. */
export const environmentSchemas: Readonly<Record<CapabilityName, z.ZodObject>> = {
  'referral-intake': referralIntake,
  'case-desk': caseDesk,
  'image-upload': imageUpload,
  worklist: worklist,
  'image-access': imageAccess,
  'report-filing': reportFiling,
  'turnaround-kpi': turnaroundKpi,
  'audit-trail': auditTrail,
  'machine-token': machineToken,
  'privacy-desk': privacyDesk,
  'api-reference': apiReference,
  'arrival-dispatch': arrivalDispatch,
  'study-arrival': studyArrival,
  'study-deidentify': studyDeidentify,
  'worklist-routing': worklistRouting,
  'report-delivery': reportDelivery,
  'turnaround-count': turnaroundCount,
  'outbox-dispatch': outboxDispatch,
  'minute-sweep': minuteSweep,
}
