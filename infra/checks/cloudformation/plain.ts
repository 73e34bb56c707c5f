/** A template value after its intrinsics are resolved; several possible values stand side by side in an `Either`. */
export type Plain = string | number | boolean | null | Plain[] | PlainObject | Either
/** A resolved mapping. */
export interface PlainObject {
  [key: string]: Plain
}

/** What a value may be, when a condition or a mapping key is decided only at deployment. */
export class Either {
  readonly options: readonly Plain[]
  constructor(options: readonly Plain[]) {
    this.options = options
  }
}

/** A mapping, not a list and not a choice. */
export const isPlainObject = (value: unknown): value is PlainObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Either)

/** All values a thing may take, choices inside choices opened. */
export const optionsOf = (value: Plain | undefined): Plain[] =>
  value === undefined ? [] : value instanceof Either ? value.options.flatMap(optionsOf) : [value]

/** One value if there is one, a choice otherwise; `undefined` stands for AWS::NoValue. */
export const eitherOf = (values: readonly (Plain | undefined)[]): Plain | undefined => {
  const present = values.filter((value) => value !== undefined)
  return present.length > 1 ? new Either(present) : present[0]
}

/** CloudFormation takes a scalar where a list is meant, and so do the services' own policy documents. */
export const listOf = (value: Plain | undefined): Plain[] =>
  optionsOf(value).flatMap((option) =>
    Array.isArray(option) ? option.flatMap(optionsOf) : option === null ? [] : [option],
  )

/** The texts among the values a thing may take. */
export const textsOf = (value: Plain | undefined): string[] =>
  listOf(value).flatMap((item) =>
    typeof item === 'string' ? [item] : typeof item === 'number' || typeof item === 'boolean' ? [String(item)] : [],
  )
