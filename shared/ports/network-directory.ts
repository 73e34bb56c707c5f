import type { NetworkIndex } from '../domain/network/index-network.ts'

/** The network definition in force in this cell: organisations, agreements, pathways, readers, rotas. No patient data. */
export interface NetworkDirectory {
  /** Never an unsound definition; a new one may take up to a minute to be seen. */
  current(): Promise<NetworkIndex>
}
