import { exportJWK, generateKeyPair, type JWK } from 'jose'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** The identity provider of a run: the API's JWT authorizer and the functions fetch its keys over loopback. */
export interface TokenIssuer {
  readonly issuer: string
  /** The suites sign the tokens of their users with it. */
  readonly signingKey: JWK
  stop(): Promise<void>
}

/** RS256, as JWT authorizers of HTTP APIs take RSA signatures only. */
export async function startTokenIssuer(): Promise<TokenIssuer> {
  const { publicKey, privateKey } = await generateKeyPair('RS256', { extractable: true })
  const named = { kid: 'emulator-run', alg: 'RS256', use: 'sig' }
  const keys = JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), ...named }] })
  const server = createServer((request, response) => {
    const known = request.url === '/.well-known/jwks.json'
    response.writeHead(known ? 200 : 404, { 'content-type': 'application/json' }).end(known ? keys : '{}')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    issuer: `http://127.0.0.1:${port}`,
    signingKey: { ...(await exportJWK(privateKey)), ...named },
    stop: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
