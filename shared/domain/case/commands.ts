import type { Instant } from '../instant.ts'
import type { CaseBirth } from './events.ts'
import type { EmergencyReason, ReviewOutcome } from './emergency.ts'
import type { Claim, ReportKind } from './case.ts'
import type { CriticalCategory } from './critical-result.ts'
import type { AsideCode, ExceptionCode } from './exceptions.ts'

/** What may be asked of a case. Who may ask is `shared/domain/access`; whether it is possible now is `decide`. */
export type CaseCommand =
  | { command: 'submit'; birth: CaseBirth; vetting: 'waived' | 'manual' | { rejectedBy: string }; rule: string }
  | { command: 'start-triage' }
  | { command: 'accept' }
  | { command: 'reject'; reason: string }
  | { command: 'request-information'; item: string }
  | { command: 'provide-information' }
  | { command: 'cancel'; reason: string }
  | { command: 'open-upload'; uploadId: string; objects: number; studyInstanceUid?: string }
  /** `nothingStored`: all of an upload was refused, the case has no image, and for this somebody is to be told at once. */
  | {
      command: 'count-images'
      expected: number
      stored: number
      failed: number
      complete: boolean
      /** The earliest that an image says of itself. */
      scannedAt?: Instant
      nothingStored?: ExceptionCode
    }
  | { command: 'offer'; readerId: string; groupOrgId: string; poolId: string; decisionId: string; tier: number }
  | { command: 'enter-overflow' }
  | { command: 'decline-offer'; readerId: string }
  /** `emergencyId`: without this emergency the reader could not have claimed it. */
  | { command: 'claim'; claim: Omit<Claim, 'claimedAt'>; emergencyId?: string }
  | { command: 'renew-claim'; readerId: string }
  | { command: 'release-claim'; readerId: string; because: 'returned' | 'no-longer-eligible' }
  | {
      command: 'file-report'
      kind: ReportKind
      reportId: string
      readerId: string
      sha256: string
      critical?: CriticalCategory
    }
  | { command: 'deliver'; recipientOrgId: string }
  | { command: 'fail-delivery' }
  | { command: 'acknowledge' }
  | { command: 'acknowledge-escalation'; escalationId: string }
  /** Copies of the images are held back. `call`: somebody is to be told; `withdraw`: this reader can be shown nothing. */
  | { command: 'withhold-copies'; call: boolean; withdraw?: string }
  | { command: 'raise-exception'; code: ExceptionCode }
  | { command: 'raise-aside'; code: AsideCode }
  /** `code`: of what stands beside the path, this alone. */
  | { command: 'resolve-exception'; resolution: string; code?: AsideCode }
  | { command: 'review-late-images'; outcome: string }
  | {
      command: 'declare-emergency'
      emergencyId: string
      reason: EmergencyReason
      readerId: string
      readerPersonId: string
      personId: string
      minutes: number
      reviewMinutes: number
    }
  | { command: 'confirm-emergency'; emergencyId: string; personId: string }
  | { command: 'review-emergency'; emergencyId: string; personId: string; outcome: ReviewOutcome }
  | { command: 'fire-due'; now: Instant }
  /** What was to be done has been done already, or by somebody else. */
  | { command: 'nothing' }
