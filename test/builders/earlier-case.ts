import type { Case } from '../../shared/domain/case/case.ts'
import type { CaseBirth } from '../../shared/domain/case/events.ts'

/** What a release did not know yet, by the form that it wrote. */
const unknownTo = {
  'overread/case@1': ['emergencies', 'prelimFrom', 'missingHistory', 'criticalResults'],
  'overread/case@2': ['prelimFrom', 'missingHistory', 'criticalResults'],
  'overread/case@3': ['missingHistory', 'criticalResults'],
} as const

/** A case, or its birth, as an earlier release would have written it. */
export const asWritten = (schema: keyof typeof unknownTo, one: Case | CaseBirth): object => ({
  ...Object.fromEntries(Object.entries(one).filter(([field]) => !unknownTo[schema].some((other) => other === field))),
  schema,
})
