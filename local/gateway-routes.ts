/** What the gateway knows of a route; the rest of the table is the handlers' business. */
export interface GatewayRoute {
  readonly operationId: string
  readonly method: string
  /** `/v1/referrals/{referralId}` */
  readonly path: string
  readonly capability: string
  /** Any one of them is enough. Empty: no token is asked for. */
  readonly scopes: readonly string[]
  /** Of a longer body the function is handed one byte more, and refuses it as it would refuse the whole. */
  readonly bodyLimit: number
}

export interface RouteMatch<Route extends GatewayRoute> {
  readonly route: Route
  readonly pathParameters: Readonly<Record<string, string>>
}

interface Pattern<Route extends GatewayRoute> {
  readonly route: Route
  readonly segments: readonly string[]
}

const isParameter = (segment: string): boolean => segment.startsWith('{')

const parametersOf = (pattern: readonly string[], segments: readonly string[]): Record<string, string> | undefined => {
  if (pattern.length !== segments.length) return undefined
  const pairs: [string, string][] = []
  for (const [at, wanted] of pattern.entries()) {
    const given = segments[at] ?? ''
    if (isParameter(wanted) && given !== '') pairs.push([wanted.slice(1, -1), given])
    else if (wanted !== given) return undefined
  }
  return Object.fromEntries(pairs)
}

/** As the HTTP API chooses: a literal segment goes before a parameter. `path` is decoded. */
export const routeMatcher = <Route extends GatewayRoute>(routes: readonly Route[]) => {
  const patterns: Pattern<Route>[] = routes
    .map((route) => ({ route, segments: route.path.split('/') }))
    .sort((a, b) => a.segments.filter(isParameter).length - b.segments.filter(isParameter).length)

  return (method: string, path: string): RouteMatch<Route> | undefined => {
    const segments = path.split('/')
    for (const { route, segments: pattern } of patterns) {
      if (route.method !== method) continue
      const pathParameters = parametersOf(pattern, segments)
      if (pathParameters !== undefined) return { route, pathParameters }
    }
    return undefined
  }
}
