import { setTimeout as delay } from 'node:timers/promises'

/**
 * A request to a presigned URL, asked again while nobody answers: a cell that is being restarted is no reason to give up. The
 * URL is create-only or read-only, so asking twice does no harm.
 */
export async function patientFetch(url: string, init: RequestInit, patienceSeconds: number): Promise<Response> {
  const until = Date.now() + patienceSeconds * 1000
  for (let wait = 50; ; wait = Math.min(1000, wait * 2)) {
    try {
      const response = await fetch(url, init)
      // The body is read here: a connection cut half-way must count as no answer.
      const body = response.status === 204 || response.status === 304 ? null : await response.arrayBuffer()
      if (response.status !== 503 && response.status !== 502)
        return new Response(body, { status: response.status, headers: response.headers })
    } catch (thrown) {
      if (!(thrown instanceof TypeError) || Date.now() > until) throw thrown
    }
    if (Date.now() > until) throw new Error(`no answer for ${patienceSeconds} seconds`)
    await delay(wait)
  }
}
