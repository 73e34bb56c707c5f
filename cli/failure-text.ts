interface NodeFailure {
  readonly code?: string
  readonly path?: string
  readonly port?: number
}

const ofCode: Readonly<Record<string, (failure: NodeFailure) => string>> = {
  ENOENT: ({ path }) => `${path ?? 'a file'}: no such file or folder`,
  ENOTDIR: ({ path }) => `${path ?? 'a path'}: not a folder`,
  EISDIR: ({ path }) => `${path ?? 'a path'}: a folder, not a file`,
  EACCES: ({ path, port }) => `${path ?? `port ${port ?? ''}`}: not permitted`,
  EADDRINUSE: ({ port }) => `port ${port ?? ''} is in use: give another with --port (and --objects-port)`,
}

/** What a person reads of whatever ended a command; Node's own words name a system call instead of what to do. */
export function failureText(thrown: unknown): string {
  if (!(thrown instanceof Error)) return 'failed'
  if (thrown instanceof TypeError && thrown.message === 'fetch failed')
    return 'nobody answers at that address: is the cell running, and is --url right?'
  const failure = thrown as NodeFailure
  return ofCode[failure.code ?? '']?.(failure) ?? thrown.message
}
