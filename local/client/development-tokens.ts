import * as z from 'zod'
import { setTimeout as delay } from 'node:timers/promises'
import { TokenRefused } from './api-client.ts'

const TokenAnswerSchema = z.object({ access_token: z.string(), expires_in: z.number() })

/** Tokens of the development issuer, one a person, renewed a minute before they end. */
export function developmentTokens(issuerUrl: string, patienceSeconds = 30): (sub: string) => () => Promise<string> {
  const held = new Map<string, { token: string; until: number }>()
  async function fetchToken(sub: string): Promise<{ token: string; until: number }> {
    const until = Date.now() + patienceSeconds * 1000
    for (;;) {
      try {
        const response = await fetch(`${issuerUrl}/dev/token`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ sub }),
        })
        if (response.ok) {
          const { access_token: token, expires_in: seconds } = TokenAnswerSchema.parse(await response.json())
          return { token, until: Date.now() + (seconds - 60) * 1000 }
        }
        if (response.status < 500) throw new TokenRefused(`the issuer refused a token for ${sub}: ${response.status}`)
      } catch (thrown) {
        // fetch throws a TypeError where nobody listens: the cell may be restarting.
        if (!(thrown instanceof TypeError) || Date.now() > until) throw thrown
      }
      await delay(200)
    }
  }
  return (sub) => async () => {
    const known = held.get(sub)
    if (known !== undefined && known.until > Date.now()) return known.token
    const fresh = await fetchToken(sub)
    held.set(sub, fresh)
    return fresh.token
  }
}
