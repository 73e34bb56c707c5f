import type { Instant } from '../domain/instant.ts'

export interface Clock {
  now(): Instant
}

export interface IdSource {
  /** 26 characters [0-9a-z], time-ordered, at least 80 random bits. */
  next(): string
}

/** Where a request comes from, by its address. `undefined` means unknown, which residency treats as forbidden. */
export interface AddressCountry {
  countryOf(sourceIp: string, attestedCountry: string | undefined): string | undefined
}
