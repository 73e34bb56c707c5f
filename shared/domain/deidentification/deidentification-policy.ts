import * as z from 'zod'

/**
 * What a deployment lets the de-identifier keep. Everything else is the Basic Profile. Options that keep UIDs (113110),
 * full dates (113106), private tags or descriptors are not offered: each needs a person's judgement for each element.
 */
export const DeidentificationPolicySchema = z
  .strictObject({
    /** `shift`: by days, the same for a patient within a scope (113107). `remove`: the Basic Profile alone. */
    dates: z.enum(['shift', 'remove']),
    /** 113108: age (90 and over as 90), sex, size, weight: what a reader needs and a birth date would tell. */
    keepPatientCharacteristics: z.boolean(),
    /** The largest object that is held in memory. */
    maxObjectBytes: z.int().min(1_024).max(2_000_000_000),
  })
  .meta({ id: 'DeidentificationPolicy' })
export type DeidentificationPolicy = Readonly<z.infer<typeof DeidentificationPolicySchema>>

export const defaultDeidentificationPolicy: DeidentificationPolicy = {
  dates: 'shift',
  keepPatientCharacteristics: true,
  maxObjectBytes: 256 * 1024 * 1024,
}

/** PS3.16 CID 7050: the codes that (0012,0064) says this copy was made with, and their meanings. */
export const methodCodesOf = (
  policy: DeidentificationPolicy,
): readonly (readonly [code: string, meaning: string])[] => [
  ['113100', 'Basic Application Confidentiality Profile'],
  ...(policy.dates === 'shift'
    ? [['113107', 'Retain Longitudinal Temporal Information Modified Dates Option'] as const]
    : []),
  ...(policy.keepPatientCharacteristics ? [['113108', 'Retain Patient Characteristics Option'] as const] : []),
]
