/** One line of the guarantees table: what was tried and what escaped. `examples` names the first escapes, to be run again. */
export interface GuaranteeRow {
  readonly what: string
  readonly tried: number
  readonly escaped: number
  readonly examples: readonly string[]
}

export const rowOf = (what: string, tried: number, escaped: readonly string[]): GuaranteeRow => ({
  what,
  tried,
  escaped: escaped.length,
  examples: escaped.slice(0, 5),
})

/** A group of guarantees: run on its own, so that one that breaks does not hide the others. */
export interface Guarantee {
  readonly name: string
  readonly run: () => Promise<readonly GuaranteeRow[]> | readonly GuaranteeRow[]
}
