/** Where the cell issues tokens to systems, and what they are for. */
export interface MachineIssuer {
  /** Origin that the systems see. */
  readonly baseUrl: string
  readonly audience: string
}

/** Not the origin itself: on a laptop that is the issuer of people, and neither may sign for the other's. */
export const machineIssuerOf = ({ baseUrl }: Pick<MachineIssuer, 'baseUrl'>): string => `${baseUrl}/machines`
export const machineKeysUrlOf = (one: Pick<MachineIssuer, 'baseUrl'>): string =>
  `${machineIssuerOf(one)}/.well-known/jwks.json`
/** What an assertion names as its audience, exactly. */
export const tokenUrlOf = ({ baseUrl }: Pick<MachineIssuer, 'baseUrl'>): string => `${baseUrl}/v1/token`
