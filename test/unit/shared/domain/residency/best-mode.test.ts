import { describe, expect, it } from 'vitest'
import { decide } from '../../../../../shared/domain/residency/decide.ts'
import type { PolicyDocument } from '../../../../../shared/domain/residency/jurisdiction-policy.ts'
import type { ReadingMode } from '../../../../../shared/domain/residency/reading-mode.ts'
import { policyDocument } from '../../../../../shared/runtime/policy-document.ts'
import { confirmedPolicy, shippedPolicy } from '../../../../fixtures/confirmed-policy.ts'
import { fullEvidence, readerIn } from '../../../../fixtures/residency-evidence.ts'

const R = 'read_identifiable'
const V = 'view_in_region_identifiable'
const D = 'transfer_deidentified'
const F = 'forbidden'

/** origin, reader's place, best mode with every row confirmed, best mode as shipped (each row one step stricter) */
const table: readonly (readonly [origin: string, reader: string, confirmed: ReadingMode, shipped: ReadingMode])[] = [
  ['EU', 'FR', R, V],
  ['EU', 'GB', R, V],
  ['EU', 'US', V, D],
  ['DE', 'DE', R, V],
  ['DE', 'NO', R, V],
  ['DE', 'CH', R, V],
  ['DE', 'US', D, F],
  ['FR', 'FR', R, V],
  ['FR', 'GB', R, V],
  ['FR', 'IN', V, D],
  ['CH', 'CH', R, V],
  ['CH', 'DE', R, V],
  ['CH', 'AU', V, D],
  ['GB', 'GB', R, V],
  ['GB', 'IE', R, V],
  ['GB', 'IN', V, D],
  ['US', 'US', R, V],
  ['US', 'IN', V, D],
  ['US', 'CN', F, F],
  ['US', 'HK', F, F],
  ['US', 'RU', F, F],
  ['AU', 'AU', R, V],
  ['AU', 'GB', V, D],
  ['CA-ON', 'CA', R, V],
  ['CA-ON', 'US', V, D],
  ['CA-QC', 'CA', V, D],
  ['CN', 'CN', R, V],
  ['CN', 'HK', F, F],
  ['CN', 'US', F, F],
  ['IN', 'IN', R, V],
  ['IN', 'GB', V, D],
  ['AE', 'AE', R, V],
  ['AE', 'GB', V, D],
  ['SA', 'SA', F, F],
  ['SA', 'GB', F, F],
]

const bestMode = (document: PolicyDocument, origin: string, country: string, subdivision?: string) => {
  const reader = readerIn(country, subdivision === undefined ? {} : { subdivision })
  return decide(document, origin, reader, 'image-access', fullEvidence(document.policy, origin, reader)).mode
}

describe('The best mode with all evidence, origin by origin', () => {
  it.each(table)('%s read from %s: %s once counsel has confirmed the row', (origin, country, confirmed) => {
    expect(bestMode(confirmedPolicy, origin, country)).toBe(confirmed)
  })

  it.each(table)(
    '%s read from %s runs one step stricter while nobody has confirmed it',
    (origin, country, _, shipped) => {
      expect(bestMode(shippedPolicy, origin, country)).toBe(shipped)
    },
  )

  it('names every origin of the policy', () => {
    const named = new Set(table.map(([origin]) => origin))
    expect(shippedPolicy.policy.origins.map(({ id }) => id).filter((id) => !named.has(id))).toEqual([])
  })

  it('lets a reader in Quebec fetch what the rest of Canada may only view', () => {
    expect(bestMode(confirmedPolicy, 'CA-QC', 'CA', 'CA-QC')).toBe(R)
    expect(bestMode(confirmedPolicy, 'CA-QC', 'CA', 'CA-ON')).toBe(V)
    expect(bestMode(confirmedPolicy, 'CA-ON', 'CA', 'CA-QC')).toBe(R)
  })

  it('opens Saudi Arabia only once an in-Kingdom region is configured', () => {
    const origins = confirmedPolicy.policy.origins.map((origin) =>
      origin.id === 'SA' ? { ...origin, storageRegions: ['me-central-2'] } : origin,
    )
    const configured = policyDocument({ ...confirmedPolicy.policy, origins })
    expect(bestMode(configured, 'SA', 'SA')).toBe(R)
    expect(bestMode(configured, 'SA', 'GB')).toBe(D)
  })
})
