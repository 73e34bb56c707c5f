/** One way out of the cell that a template opens, or a place where nobody can see that it does not. */
export interface Finding {
  /** Logical id. */
  readonly resource: string
  readonly type: string
  readonly path: string
  readonly rule: string
  readonly why: string
}

/** A finding before it is tied to its resource. */
export interface Observation {
  readonly path: string
  readonly rule: string
  readonly why: string
}
