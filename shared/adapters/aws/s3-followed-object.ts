import type { ConditionalGet } from './s3-conditional-get.ts'

/** How stale an agreement or a licence may be: after this the store is asked again, by ETag, before anything is decided. */
const freshForMs = 60_000

interface Known<Content> {
  readonly content: Content
  readonly etag: string | undefined
  readonly until: number
}

interface Source<Content> {
  readonly key: string
  readonly read: (json: unknown) => Content
  /** What holds where there is no such object; without it, its absence is a fault. */
  readonly absent?: Content
}

export const refuseUnsound = (what: string, problems: readonly unknown[]): never => {
  throw new Error(`the ${what} is unsound in ${problems.length} places`)
}

/** One object, read again only when it has changed. A failure to ask is a fault: a right taken away must not live on. */
export const followed = <Content>(get: ConditionalGet, source: Source<Content>, nowMs: () => number) => {
  let known: Known<Content> | undefined

  const fetchCurrent = async (): Promise<Known<Content>> => {
    const until = nowMs() + freshForMs
    const answer = await get(source.key, known?.etag)
    switch (answer.outcome) {
      case 'changed':
        return { content: source.read(JSON.parse(answer.body)), etag: answer.etag, until }
      case 'unchanged':
        if (known === undefined) throw new Error('S3 calls unchanged what was never read')
        return { ...known, until }
      case 'absent':
        if (source.absent === undefined) throw new Error(`there is no ${source.key}`)
        return { content: source.absent, etag: undefined, until }
    }
  }

  return async (): Promise<Content> => {
    if (known === undefined || known.until <= nowMs()) known = await fetchCurrent()
    return known.content
  }
}
