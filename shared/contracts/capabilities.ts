import type { BucketClass } from './bucket-classes.ts'
import { arrivalQueues, ingestQueues, queueNames, sentQueueNames, type QueueName } from './messages.ts'

/** `copy`: read with its tags, to be written elsewhere in the cell. `erase`: all versions, and never past a lock. */
export type BucketRight = 'read' | 'copy' | 'write' | 'remove' | 'erase' | 'sign-put' | 'sign-get'

export interface Capability {
  readonly trigger: 'http' | 'queue' | 'outbox' | 'minute'
  readonly consumes?: readonly QueueName[]
  readonly sends?: readonly QueueName[]
  readonly buckets?: Readonly<Partial<Record<BucketClass, readonly BucketRight[]>>>
  /** Use of keys beside those that encrypt buckets, table and queues. */
  readonly keys?: readonly ('seal' | 'open' | 'mac' | 'copy-names' | 'sign' | 'verify' | 'sign-token')[]
  /** Queues whose dead letters it may look through and take away. */
  readonly erasesDeadLetters?: readonly QueueName[]
  readonly records: boolean
}

/**
 * One function a capability, one role's worth of grants each. What is not written here is not granted, and `infra` and
 * `local` wire the same list.
 */
export const capabilities = {
  'referral-intake': { trigger: 'http', records: true, keys: ['seal', 'mac'], buckets: { network: ['read'] } },
  'case-desk': { trigger: 'http', records: true, keys: ['seal', 'open', 'mac'], buckets: { network: ['read'] } },
  'image-upload': {
    trigger: 'http',
    records: true,
    keys: ['mac'],
    sends: Object.values(ingestQueues),
    buckets: { network: ['read'], incoming: ['sign-put', 'read', 'remove'] },
  },
  worklist: { trigger: 'http', records: true, keys: ['mac'], buckets: { network: ['read'] } },
  'image-access': {
    trigger: 'http',
    records: true,
    keys: ['mac'],
    buckets: { network: ['read'], images: ['read', 'sign-get'], copies: ['sign-get'] },
  },
  'report-filing': {
    trigger: 'http',
    records: true,
    keys: ['open', 'sign'],
    buckets: {
      network: ['read'],
      incoming: ['sign-put', 'read', 'copy', 'remove'],
      reports: ['read', 'write', 'sign-get'],
    },
  },
  'turnaround-kpi': { trigger: 'http', records: true, buckets: { network: ['read'] } },
  'audit-trail': {
    trigger: 'http',
    records: true,
    keys: ['mac', 'verify'],
    buckets: { network: ['read'], audit: ['read'] },
  },
  'privacy-desk': {
    trigger: 'http',
    records: true,
    keys: ['mac'],
    erasesDeadLetters: queueNames,
    buckets: {
      network: ['read'],
      incoming: ['erase'],
      images: ['erase'],
      copies: ['erase'],
      reports: ['erase'],
      quarantine: ['erase'],
    },
  },
  'machine-token': { trigger: 'http', records: true, keys: ['sign-token'], buckets: { network: ['read'] } },
  'api-reference': { trigger: 'http', records: false },
  /** On AWS alone: the embedded bucket names the organisation itself (ADR 0025). */
  'arrival-dispatch': {
    trigger: 'queue',
    consumes: Object.values(arrivalQueues),
    records: false,
    sends: Object.values(ingestQueues),
  },
  'study-arrival': {
    trigger: 'queue',
    consumes: Object.values(ingestQueues),
    records: true,
    keys: ['seal', 'open'],
    buckets: {
      network: ['read'],
      incoming: ['read', 'copy', 'remove'],
      images: ['read', 'write'],
      quarantine: ['write'],
    },
  },
  'study-deidentify': {
    trigger: 'queue',
    consumes: ['copies'],
    records: true,
    keys: ['seal', 'copy-names'],
    buckets: { network: ['read'], images: ['read'], copies: ['write'] },
  },
  'worklist-routing': {
    trigger: 'queue',
    consumes: ['route-stat', 'route-urgent', 'route-routine'],
    records: true,
    buckets: { network: ['read'] },
  },
  'report-delivery': {
    trigger: 'queue',
    consumes: ['delivery'],
    records: true,
    buckets: { network: ['read'], reports: ['read'] },
  },
  'turnaround-count': {
    trigger: 'queue',
    consumes: ['numbers'],
    records: true,
    buckets: { network: ['read'] },
  },
  'outbox-dispatch': {
    trigger: 'outbox',
    records: true,
    sends: sentQueueNames,
  },
  'minute-sweep': {
    trigger: 'minute',
    records: true,
    sends: sentQueueNames,
    keys: ['sign'],
    buckets: { network: ['read'], audit: ['write'] },
  },
} as const satisfies Record<string, Capability>

export type CapabilityName = keyof typeof capabilities
export const capabilityNames = Object.keys(capabilities) as CapabilityName[]
export const capability = (name: CapabilityName): Capability => capabilities[name]
