import type { RefusalCode, RefusalFacts } from '../refusal.ts'

/** What a command comes to that the case does not take. */
export interface Refused {
  readonly refused: RefusalCode
  readonly facts: RefusalFacts
}

export const refuse = (refused: RefusalCode, facts: RefusalFacts = {}): Refused => ({ refused, facts })
