export type JsonValue = string | number | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue }
/** What a stored record or a message holds: plain JSON, no undefined, no dates. */
export type JsonObject = { readonly [key: string]: JsonValue }
