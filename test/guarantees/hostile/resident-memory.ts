import { readFileSync, writeFileSync } from 'node:fs'

const MIB_OF_KIB = 1024

/** Resident memory of this process as the kernel counts it: `VmRSS` now, `VmHWM` the most since it was last reset. */
export const residentMiB = (line: 'VmRSS' | 'VmHWM'): number => {
  const found = new RegExp(`^${line}:\\s+(\\d+) kB$`, 'm').exec(readFileSync('/proc/self/status', 'utf8'))
  if (found === null) throw new Error('the kernel does not say how much memory a process holds')
  return Number(found[1]) / MIB_OF_KIB
}

/** 5: the peak becomes what is resident now (proc_pid_clear_refs(5)). */
export const resetPeak = (): void => writeFileSync('/proc/self/clear_refs', '5')
