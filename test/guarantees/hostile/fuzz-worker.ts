import { runDicomFuzz, type FuzzOptions } from '../../fixtures/dicom-fuzz.ts'
import { residentMiB, resetPeak } from './resident-memory.ts'

const peak = { reset: resetPeak, mib: () => residentMiB('VmHWM') }

process.on(
  'message',
  (options: FuzzOptions) => void runDicomFuzz({ ...options, peak }).then((report) => process.send?.(report)),
)
