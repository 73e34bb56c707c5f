import type { DeidentificationPolicy } from '../domain/deidentification/deidentification-policy.ts'
import type { NetworkIndex } from '../domain/network/index-network.ts'
import type { ResidencyFacts } from '../domain/residency/decision-inputs.ts'
import type { PolicyDocument } from '../domain/residency/jurisdiction-policy.ts'

/** The network definition in force in this cell: organisations, agreements, pathways, readers, rotas. No patient data. */
export interface NetworkDirectory {
  /** Never an unsound definition; a new one may take up to a minute to be seen. */
  current(): Promise<NetworkIndex>
}

/** For those alone who ask whether something may be released: the policy is a good part of what such a function loads. */
export interface ResidencyDirectory extends NetworkDirectory {
  /** The residency policy in force; the project's default where the deployment brings none. */
  policy(): Promise<PolicyDocument>
}

/** What the deployment says of the cell itself. */
export interface CellFacts {
  readonly cellId: string
  readonly region: string
  /** Findings of the residency walk over the deployed templates: more than none and no reader abroad sees anything. */
  readonly residencyFindings: number
  /** How this cell de-identifies, and where the key of the pseudonyms lies. Absent where it makes no copies. */
  readonly copies?: {
    readonly policy: DeidentificationPolicy
    readonly namesKey: NonNullable<ResidencyFacts['pseudonymKey']>
  }
}
