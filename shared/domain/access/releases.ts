import type { Permit } from '../residency/decide.ts'
import type { Purpose } from '../residency/decision-inputs.ts'
import type { OwnRecordAccess } from './own-record.ts'

/** To be shown what identifies the patient: the organisation's own record, or a decision that allows a view in the region. */
export type Identifiable<P extends Purpose> = OwnRecordAccess | Permit<'view_in_region_identifiable', P>
/** To be shown what may leave with the copies. */
export type OnCopies<P extends Purpose> = Permit<'transfer_deidentified', P>

export type PatientRelease = Identifiable<'metadata'>
export type ReportRelease = Identifiable<'report-read'> | OnCopies<'report-read'>
/** A view in the region is for reading on the screen: documents to take away need more. */
export type DocumentRelease = OwnRecordAccess | Permit<'read_identifiable', 'report-read'>
