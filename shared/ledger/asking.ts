import type { OperationId } from '../contracts/routes.ts'
import type { Principal } from '../domain/access/principal.ts'
import type { Actor } from '../domain/case/events.ts'
import type { StoredRecord } from '../ports/record-store.ts'
import type { Remembered } from './remembered-answers.ts'

/** Who asks, for what, under which key: what a use case may know of a request besides its command. */
export interface Asking {
  readonly operation: OperationId
  readonly requestId: string
  readonly principal: Principal
  readonly actor: Actor
  /** From If-Match; present on versioned commands. */
  readonly expectedVersion?: number
  /** Makes the remembered answer that a use case commits together with what it did; present on commands. */
  readonly remember?: (answer: object) => Remembered
}

/** Thrown by a use case whose commit found that the same command had been answered meanwhile. */
export class AnsweredBefore extends Error {
  override readonly name = 'AnsweredBefore'
  readonly found: StoredRecord

  constructor(found: StoredRecord) {
    super('answered before')
    this.found = found
  }
}
