import type { Case } from '../case/case.ts'
import type { Principal } from './principal.ts'
import { Right } from './right.ts'

class OwnRecord extends Right {
  declare protected readonly ownRecord: true
  readonly orgId: string
  readonly referralId: string

  constructor(orgId: string, referralId: string) {
    super(referralId)
    this.orgId = orgId
    this.referralId = referralId
    Object.freeze(this)
  }
}

/**
 * The referring organisation reads its own patient's record: it is the controller, the data does not leave it, so no
 * residency rule is asked. Everybody else needs a decision of `decide`. Made by `ownRecordAccess` alone.
 */
export type OwnRecordAccess = OwnRecord

export const ownRecordAccess = (c: Case, principal: Principal): OwnRecordAccess | undefined =>
  principal.orgId === c.referringOrgId ? new OwnRecord(principal.orgId, c.referralId) : undefined
