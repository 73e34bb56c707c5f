import * as z from 'zod'
import type { RefusalCode } from '../../domain/refusal.ts'
import type { CapabilityName } from '../capabilities.ts'

export const scopes = {
  'referrals:read': 'List and read referrals, their timelines and reports',
  'referrals:write': 'Submit, cancel, answer and acknowledge referrals',
  'referrals:triage': 'Accept, reject and ask for information',
  'uploads:write': 'Open uploads, get upload URLs and complete them',
  'worklist:read': 'See the cases offered to a reader',
  'worklist:claim': 'Claim, renew and release cases',
  'images:read': 'Open the images of a claimed case',
  'reports:write': 'Write and sign reports',
  'kpis:read': 'Read key figures',
  'audit:read': 'Read the audit trail of a case',
  'privacy:read': 'Read legal holds, erasures and who accessed what of a patient',
  'emergencies:write': 'Declare, confirm and review emergency access to a case',
  'privacy:write': 'Place and lift legal holds, request and confirm erasures',
} as const
export type Scope = keyof typeof scopes

export interface Route {
  readonly operationId: string
  readonly method: 'GET' | 'POST' | 'PUT'
  readonly path: string
  readonly capability: CapabilityName
  readonly summary: string
  /** What a caller must know beyond the summary. */
  readonly detail?: string
  /** Any one of them is enough for the gateway; the permission table decides in code. Empty: public. */
  readonly scopes: readonly Scope[]
  /** A command takes an Idempotency-Key; a versioned one also If-Match with the version read. */
  readonly command: 'no' | 'idempotent' | 'versioned'
  readonly params: z.ZodType
  readonly query: z.ZodType
  readonly body: z.ZodType | null
  /** `form`: `application/x-www-form-urlencoded`, as OAuth 2.0 has it. */
  readonly takes: 'json' | 'form'
  /** Largest body in bytes; 64 KiB unless a manifest needs more. */
  readonly bodyLimit: number
  readonly success: 200 | 201
  readonly answer: z.ZodType
  /** `binary`: bytes for the screen, never to be kept; everything else is JSON. */
  readonly form: 'json' | 'binary'
  readonly refuses: readonly RefusalCode[]
}

/** How API Gateway names a route. */
export const routeKey = (r: Pick<Route, 'method' | 'path'>): string => `${r.method} ${r.path}`

export const KIB = 1024
export const none = z.strictObject({})

const defaults = {
  command: 'no',
  params: none,
  query: none,
  body: null,
  takes: 'json',
  bodyLimit: 64 * KIB,
  success: 200,
  form: 'json',
  refuses: [],
} as const
export const route = <
  const R extends Partial<Route> &
    Pick<Route, 'operationId' | 'method' | 'path' | 'capability' | 'summary' | 'scopes' | 'answer'>,
>(
  given: R,
) => ({ ...defaults, ...given }) as Omit<typeof defaults, keyof R> & R
