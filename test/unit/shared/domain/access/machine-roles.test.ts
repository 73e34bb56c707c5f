import { expect, test } from 'vitest'
import { scopes } from '../../../../../shared/contracts/routes/route.ts'
import { isForMachines, permissions } from '../../../../../shared/domain/access/permissions.ts'
import { MachineRoleSchema, MachineScopeSchema } from '../../../../../shared/domain/network/machine-client.ts'

/** Reviewed by hand: one more operation for systems is a decision, not a side effect. */
const reviewed = [
  'assembleObject',
  'completeUpload',
  'listReferrals',
  'listUploadObjects',
  'openUpload',
  'pageUploadUrls',
  'readReports',
  'readStatus',
  'readTimeline',
  'readUpload',
  'resumeUpload',
  'submitReferral',
]

test('systems may submit, upload, follow and fetch reports, and nothing else', () => {
  expect(Object.keys(permissions).filter(isForMachines).sort()).toEqual(reviewed)
})

test('systems act on cases of their own organisation alone', () => {
  const machines: readonly string[] = MachineRoleSchema.options
  const grants = Object.values(permissions)
    .flat()
    .filter(({ roles }) => roles.some((role) => machines.includes(role)))
  for (const { relations } of grants) expect(['', 'referring']).toContain(relations.join())
})

test('every scope that can be registered is a scope of the API', () => {
  for (const scope of MachineScopeSchema.options) expect(scopes).toHaveProperty(scope)
})
