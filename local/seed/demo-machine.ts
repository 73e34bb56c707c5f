import { generateKeyPairSync } from 'node:crypto'
import { existsSync } from 'node:fs'
import * as z from 'zod'
import { readSecretFile, writeSecretFile } from '../../shared/adapters/embedded/key-file.ts'
import { MachineClientSchema, type MachineClient } from '../../shared/domain/network/machine-client.ts'

export const DEMO_CLIENT_ID = 'donau-ris'

const privateKey = z.strictObject({
  kty: z.literal('EC'),
  crv: z.literal('P-384'),
  alg: z.literal('ES384'),
  kid: z.string(),
  x: z.string(),
  y: z.string(),
  d: z.string(),
})
export type DemoMachineKey = z.infer<typeof privateKey>

/** Made on the machine where the demo runs: a private key in the repository would be everybody's. */
export const openDemoMachineKey = (path: string): DemoMachineKey => {
  if (!existsSync(path)) {
    const jwk = generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey.export({ format: 'jwk' })
    writeSecretFile(path, JSON.stringify({ ...jwk, alg: 'ES384', kid: `${DEMO_CLIENT_ID}-1` }))
  }
  return privateKey.parse(JSON.parse(readSecretFile(path)))
}

/** The RIS of the demo's first hospital. */
export const demoMachineClient = ({ d: _, ...publicKey }: DemoMachineKey): MachineClient =>
  MachineClientSchema.parse({
    clientId: DEMO_CLIENT_ID,
    orgId: 'donau-klinikum',
    name: 'Donau RIS (made up)',
    roles: ['sending-system', 'report-receiver'],
    scopes: ['referrals:read', 'referrals:write', 'uploads:write'],
    jwks: { keys: [publicKey] },
    validFrom: '2026-01-01T00:00:00Z',
    validTo: '2100-01-01T00:00:00Z',
  })
