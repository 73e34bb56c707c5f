import type { CapabilityName } from '../../shared/contracts/capabilities.ts'
import type { CellDeployment } from '../deployments/deployment.ts'

interface FunctionSize {
  readonly timeoutSeconds: number
  readonly memoryMib: number
  /** Its own share, so that a flood of uploads never takes the places of stat reads. */
  readonly reserved: number
}

const api = { timeoutSeconds: 28, memoryMib: 1024 }

/** API Gateway gives up after 30 s; a queue's function may take longer, and its queue's visibility follows. */
const sizes: Readonly<Record<CapabilityName, FunctionSize>> = {
  'referral-intake': { ...api, reserved: 50 },
  'case-desk': { ...api, reserved: 100 },
  'image-upload': { ...api, reserved: 50 },
  worklist: { ...api, reserved: 50 },
  'image-access': { ...api, reserved: 50 },
  'report-filing': { ...api, reserved: 50 },
  'turnaround-kpi': { ...api, reserved: 10 },
  'audit-trail': { ...api, reserved: 10 },
  'machine-token': { ...api, memoryMib: 512, reserved: 10 },
  'privacy-desk': { ...api, reserved: 5 },
  'api-reference': { ...api, memoryMib: 512, reserved: 5 },
  // One call to SQS for ten images: ten places a queue, and time for the client's retries of it.
  'arrival-dispatch': { timeoutSeconds: 15, memoryMib: 512, reserved: 30 },
  'study-arrival': { timeoutSeconds: 120, memoryMib: 2048, reserved: 150 },
  // An original, its copy and what the verifier reads of both, whole in memory.
  'study-deidentify': { timeoutSeconds: 120, memoryMib: 3008, reserved: 20 },
  'worklist-routing': { timeoutSeconds: 15, memoryMib: 1024, reserved: 50 },
  'report-delivery': { timeoutSeconds: 15, memoryMib: 1024, reserved: 20 },
  'turnaround-count': { timeoutSeconds: 15, memoryMib: 512, reserved: 20 },
  'outbox-dispatch': { timeoutSeconds: 30, memoryMib: 1024, reserved: 20 },
  'minute-sweep': { timeoutSeconds: 55, memoryMib: 1024, reserved: 1 },
}

export const sizeOf = (cell: CellDeployment, name: CapabilityName): FunctionSize => ({
  ...sizes[name],
  reserved: cell.reservedConcurrency[name] ?? sizes[name].reserved,
})
