import * as z from 'zod'
import { readNetwork } from '../../shared/domain/network/check-network.ts'
import { OrgIdSchema, ReaderIdSchema } from '../../shared/domain/network/ids.ts'
import { JurisdictionSchema } from '../../shared/domain/network/jurisdiction.ts'
import type { MachineClient } from '../../shared/domain/network/machine-client.ts'
import type { NetworkDefinition } from '../../shared/domain/network/network-definition.ts'
import { PersonRoleSchema } from '../../shared/domain/network/parties.ts'
import { defaultPathways } from '../../shared/domain/routing/pathways.ts'
import networkJson from './demo-network.json' with { type: 'json' }
import usersJson from './demo-users.json' with { type: 'json' }

const read = (json: unknown): NetworkDefinition => {
  const reading = readNetwork(json)
  if (reading.outcome === 'sound') return reading.network
  throw new Error(`demo network: ${reading.problems.map(({ path, message }) => `${path} ${message}`).join('; ')}`)
}

const demoPathways: readonly string[] = ['stroke', 'urgent-inpatient', 'oncology-follow-up', 'routine-orthopaedic']

/** Two referring sites (AT, IE), two reading groups (DE, PT), one cell. Made up, and said so in every name that matters. */
export const demoNetwork: NetworkDefinition = read({
  ...networkJson,
  pathways: defaultPathways.filter(({ pathwayId }) => demoPathways.includes(pathwayId)),
})

/** The demo network as the cell that listens at `baseUrl` serves it. */
export const demoNetworkAt = (baseUrl: string, machineClients: readonly MachineClient[] = []): NetworkDefinition => ({
  ...demoNetwork,
  machineClients: [...machineClients],
  cells: demoNetwork.cells.map((cell) => ({ ...cell, baseUrl })),
})

/** Somebody the demo's token issuer may sign for; `sub` is the person's id in the network. */
export const DemoUserSchema = z.strictObject({
  sub: z.string().min(1),
  name: z.string().min(1),
  orgId: OrgIdSchema,
  roles: z.array(PersonRoleSchema).min(1),
  readerId: ReaderIdSchema.optional(),
  attestedCountry: JurisdictionSchema,
})
export type DemoUser = z.infer<typeof DemoUserSchema>

export const demoUsers: readonly DemoUser[] = z.array(DemoUserSchema).parse(usersJson)
