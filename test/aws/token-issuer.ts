import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { demoUsers } from '../../local/seed/demo-network.ts'
import { openTokenIssuer } from '../../local/token-issuer.ts'
import { systemClock } from '../../shared/adapters/system-clock.ts'

/** The identity provider of a run: the API's JWT authorizer and the functions fetch its keys over loopback. */
export interface RunIssuer {
  /** Also where `/dev/token` gives a token for each user of the demo network. */
  readonly issuer: string
  stop(): Promise<void>
}

/** The development issuer of the embedded edition, served alone. */
export async function startTokenIssuer(dataDir: string): Promise<RunIssuer> {
  let issuer = ''
  const { door } = await openTokenIssuer({
    dataDir,
    issuer: () => issuer,
    audience: 'overread',
    users: demoUsers,
    clock: systemClock(),
  })
  const server = createServer((request, response) => {
    door.handle(request, response).catch(() => response.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    issuer,
    stop: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
