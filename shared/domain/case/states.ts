import * as z from 'zod'

/** How a duration is found: fixed, by urgency, or as a share of one of the pathway's targets. */
export type Span =
  | { readonly minutes: number }
  | { readonly stat: number; readonly urgent: number; readonly routine: number }
  | { readonly target: 'accept' | 'offer' | 'final' | 'acknowledge'; readonly share: number }

/** What the sweep does when the timer of a state is due. */
export type TimerAction =
  'escalate' | 'expire' | 'except' | 'overflow' | 'withdraw-offer' | 'release' | 'retry-delivery'

/** Who must act next, as a role that the network definition resolves to an organisation and, where it can, a person. */
export type OwnerRole =
  | 'referrer'
  | 'triage'
  | 'vetter'
  | 'coordinator'
  | 'site'
  | 'router'
  | 'pool-lead'
  | 'reader'
  | 'final-reader'
  | 'delivery'
  | 'operations'
  | 'referring-clinician'
  | 'duty-clinician'
  | 'executive'

/** A target that runs beside the states: past it the case climbs a ladder of named people. */
export type TargetClock = 'unclaimed' | 'prelim' | 'final'

const DAY = 24 * 60

interface StateRule {
  readonly owner: OwnerRole | null
  readonly timer: (Span & { readonly then: TimerAction }) | null
  readonly next: readonly string[]
  /** FHIR R4 Task.status of the filler. */
  readonly task: string
  readonly businessStatus: string
  /** DICOM UPS state, null before acceptance. */
  readonly ups: 'SCHEDULED' | 'IN PROGRESS' | 'COMPLETED' | 'CANCELED' | null
}

/**
 * The referral state machine as data. Every non-terminal state has an owner and a timer: a case that nobody has to look at
 * is how studies get lost. `next` is the closed list of states that may follow.
 */
export const stateRules = {
  draft: {
    owner: 'referrer',
    timer: { minutes: 14 * DAY, then: 'expire' },
    next: ['submitted', 'cancelled', 'expired'],
    task: 'draft',
    businessStatus: 'draft',
    ups: null,
  },
  submitted: {
    owner: 'triage',
    timer: { target: 'accept', share: 0.5, then: 'escalate' },
    next: ['triage', 'accepted', 'rejected', 'cancelled', 'exception'],
    task: 'requested',
    businessStatus: 'submitted',
    ups: null,
  },
  triage: {
    owner: 'vetter',
    timer: { target: 'accept', share: 1, then: 'escalate' },
    next: ['accepted', 'rejected', 'needs-information', 'cancelled', 'exception'],
    task: 'received',
    businessStatus: 'vetting',
    ups: null,
  },
  'needs-information': {
    owner: 'coordinator',
    timer: { stat: 30, urgent: 30, routine: 5 * DAY, then: 'escalate' },
    next: ['triage', 'study-available', 'claimed', 'cancelled', 'expired'],
    task: 'on-hold',
    businessStatus: 'needs-info',
    ups: null,
  },
  accepted: {
    owner: 'coordinator',
    timer: { minutes: 15, then: 'except' },
    next: ['awaiting-images', 'study-available', 'cancelled', 'exception'],
    task: 'accepted',
    businessStatus: 'accepted',
    ups: 'SCHEDULED',
  },
  'awaiting-images': {
    owner: 'site',
    timer: { stat: 30, urgent: 30, routine: 2 * DAY, then: 'except' },
    next: ['study-available', 'cancelled', 'expired', 'exception'],
    task: 'accepted',
    businessStatus: 'awaiting-images',
    ups: 'SCHEDULED',
  },
  'study-available': {
    owner: 'router',
    timer: { stat: 1, urgent: 1, routine: 15, then: 'overflow' },
    // A reader whom an emergency names claims it without an offer.
    next: ['offered', 'claimed', 'needs-information', 'cancelled', 'exception'],
    task: 'ready',
    businessStatus: 'study-available',
    ups: 'SCHEDULED',
  },
  offered: {
    owner: 'pool-lead',
    timer: { target: 'offer', share: 1, then: 'withdraw-offer' },
    next: ['claimed', 'study-available', 'cancelled', 'exception'],
    task: 'ready',
    businessStatus: 'routed',
    ups: 'SCHEDULED',
  },
  claimed: {
    owner: 'reader',
    timer: { stat: 15, urgent: 60, routine: 120, then: 'release' },
    next: ['preliminary', 'final-signed', 'study-available', 'needs-information', 'cancelled', 'exception'],
    task: 'in-progress',
    businessStatus: 'claimed',
    ups: 'IN PROGRESS',
  },
  preliminary: {
    owner: 'final-reader',
    timer: { target: 'final', share: 1, then: 'escalate' },
    next: ['final-signed', 'study-available', 'exception'],
    task: 'in-progress',
    businessStatus: 'preliminary',
    ups: 'IN PROGRESS',
  },
  'final-signed': {
    owner: 'delivery',
    timer: { minutes: 15, then: 'retry-delivery' },
    next: ['delivered', 'exception'],
    task: 'completed',
    businessStatus: 'final',
    ups: 'COMPLETED',
  },
  delivered: {
    owner: 'referrer',
    timer: { target: 'acknowledge', share: 1, then: 'escalate' },
    next: ['acknowledged', 'final-signed', 'exception'],
    task: 'completed',
    businessStatus: 'delivered',
    ups: 'COMPLETED',
  },
  exception: {
    // Of one whose code does not say whose it is (`exceptionOwners`).
    owner: 'operations',
    timer: { stat: 15, urgent: 60, routine: DAY, then: 'escalate' },
    next: [
      'submitted',
      'triage',
      'accepted',
      'awaiting-images',
      'study-available',
      'offered',
      'claimed',
      'preliminary',
      'final-signed',
      'delivered',
      'cancelled',
    ],
    task: 'on-hold',
    businessStatus: 'exception',
    ups: null,
  },
  // An addendum re-runs delivery: the referrer must see it, so even an acknowledged case gets an owner and a clock again.
  acknowledged: {
    owner: null,
    timer: null,
    next: ['final-signed'],
    task: 'completed',
    businessStatus: 'acknowledged',
    ups: 'COMPLETED',
  },
  rejected: { owner: null, timer: null, next: [], task: 'rejected', businessStatus: 'rejected', ups: null },
  cancelled: { owner: null, timer: null, next: [], task: 'cancelled', businessStatus: 'cancelled', ups: 'CANCELED' },
  expired: { owner: null, timer: null, next: [], task: 'cancelled', businessStatus: 'expired', ups: 'CANCELED' },
} as const satisfies Record<string, StateRule>

export const CaseStateSchema = z
  .enum(Object.keys(stateRules) as [keyof typeof stateRules, ...(keyof typeof stateRules)[]])
  .meta({ id: 'CaseState', description: 'State of the case', examples: ['awaiting-images'] })
export type CaseState = z.infer<typeof CaseStateSchema>

export const ruleOf = (state: CaseState): StateRule => stateRules[state]

export const isTerminal = (state: CaseState): boolean => stateRules[state].owner === null

/** Closed without a report: nothing comes in any more. */
export const isAbandoned = (state: CaseState): boolean => ['rejected', 'cancelled', 'expired'].includes(state)

export const mayFollow = (from: CaseState, to: CaseState): boolean => ruleOf(from).next.includes(to)
