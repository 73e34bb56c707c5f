import type { BucketClass } from '../contracts/bucket-classes.ts'
import type { InCell } from '../domain/access/in-cell.ts'
import type { DocumentRelease, OnCopies, PatientRelease, ReportRelease } from '../domain/access/releases.ts'
import type { DeidentifiedRead, IdentifiableRead, InRegionView } from '../domain/residency/decide.ts'

/** What opening a sealed text asks for. */
export type OpeningRight =
  PatientRelease | OnCopies<'metadata'> | InCell<'judge-arrival' | 'index-study' | 'file-report' | 'free-guards'>

/** What reading bytes asks for, by where they lie. The copies leave by URL alone. */
interface ReadingRights {
  readonly incoming: InCell<'judge-arrival' | 'file-report'>
  readonly quarantine: never
  readonly images: InRegionView | InCell<'index-study' | 'make-copy'>
  readonly copies: never
  readonly reports: ReportRelease | InCell<'file-report' | 'check-delivery'>
  readonly audit: InCell<'verify-audit'>
  readonly network: never
}

/** Of an object that may lie in one of several buckets the right must hold for each: hence the detour by a parameter. */
export type ReadingRight<B extends BucketClass> = (
  B extends unknown ? (right: ReadingRights[B]) => void : never
) extends (right: infer R) => void
  ? R
  : never

/** What a URL asks for, by where the object lies. Nothing else is ever handed out by one. */
interface UrlRights {
  readonly images: IdentifiableRead
  readonly copies: DeidentifiedRead
  readonly reports: DocumentRelease
}

export type UrlRelease = {
  readonly [B in keyof UrlRights]: { readonly by: UrlRights[B]; readonly bucket: B }
}[keyof UrlRights]
