/** A resource as it stands in the template. */
export interface RawResource {
  readonly type: string
  readonly condition: string | undefined
  readonly properties: unknown
  readonly metadata?: unknown
}
