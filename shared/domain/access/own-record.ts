import type { Case } from '../case/case.ts'
import type { Principal } from './principal.ts'

class OwnRecord {
  readonly #made = true
  readonly orgId: string
  readonly referralId: string

  constructor(orgId: string, referralId: string) {
    this.orgId = orgId
    this.referralId = referralId
    Object.freeze(this)
  }

  static isOurs(value: object): boolean {
    return #made in value
  }
}

/**
 * The referring organisation reads its own patient's record: it is the controller, the data does not leave it, so no
 * residency rule is asked. Everybody else needs a decision of `decide`. Made by `ownRecordAccess` alone.
 */
export type OwnRecordAccess = OwnRecord

export const ownRecordAccess = (c: Case, principal: Principal): OwnRecordAccess | undefined =>
  principal.orgId === c.referringOrgId ? new OwnRecord(principal.orgId, c.referralId) : undefined

export const isOwnRecordAccess = (value: object): value is OwnRecordAccess => OwnRecord.isOurs(value)
