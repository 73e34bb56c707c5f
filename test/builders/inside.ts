import { inCell } from '../../shared/domain/access/in-cell.ts'

/** A test looks everywhere: to the ports a right, to the compiler whichever is asked for. */
export const inside = inCell('file-report') as never
