import type { RefusalCode } from '../domain/refusal.ts'

/** Every line the product may log: a constant code and text. Nothing else may print (a lint rule). */
export const logMessages = {
  'request-answered': 'Request answered',
  'request-refused': 'Request refused',
  'request-failed': 'Request failed unexpectedly',
  'token-refused': 'No token was issued',
  'audit-failed': 'The audit record of a refusal could not be written',
  'message-handled': 'Message handled',
  'message-retried': 'Message will be retried',
  'message-given-up': 'Message failed its last attempt and goes to the dead-letter queue',
  'give-up-failed': 'The exception for a failed message could not be raised',
  'sweep-done': 'Sweep done',
  'sweep-case-failed': 'A due case could not be handled and stays due',
  'outbox-left': 'Outbox messages were left over and are sent again',
  'audit-checkpoint': 'Audit checkpoint signed',
} as const
export type LogCode = keyof typeof logMessages

/** The allow-list. A field that is not here cannot be logged; none of these can hold patient data. */
export interface LogFields {
  readonly requestId?: string
  readonly errorId?: string
  readonly operation?: string
  readonly status?: number
  readonly refusal?: RefusalCode
  readonly durationMs?: number
  readonly queue?: string
  readonly receiveCount?: number
  readonly referralId?: string
  readonly errorClass?: string
  /** Code frames only: file, function, line. Never an error's message or cause: those may repeat a value. */
  readonly frames?: readonly string[]
  readonly count?: number
}

const allowed: readonly (keyof LogFields)[] = [
  'requestId',
  'errorId',
  'operation',
  'status',
  'refusal',
  'durationMs',
  'queue',
  'receiveCount',
  'referralId',
  'errorClass',
  'frames',
  'count',
]

export interface Log {
  info(code: LogCode, fields?: LogFields): void
  error(code: LogCode, fields?: LogFields): void
}

const line = (level: string, code: LogCode, fields: LogFields): string => {
  const chosen = Object.fromEntries(allowed.flatMap((key) => (fields[key] === undefined ? [] : [[key, fields[key]]])))
  return JSON.stringify({ level, code, message: logMessages[code], time: new Date().toISOString(), ...chosen })
}

export const createLog = (write: (text: string) => void): Log => ({
  info: (code, fields = {}) => write(line('info', code, fields)),
  error: (code, fields = {}) => write(line('error', code, fields)),
})

/** One JSON line on standard output, where the function's log group takes it. */
export const standardLog: Log = createLog((text) => {
  process.stdout.write(`${text}\n`)
})

const FRAME = /^\s*at (?:(.+?) \()?(?:file:\/\/)?(?:.*[\\/])?([^\\/()]+:\d+:\d+)\)?$/

/**
 * What follows the message in the stack. A message may have lines that look like frames, and a patient's name in them: where it
 * cannot be told from the frames, as when it was changed after the throw, there are none.
 */
const framesText = ({ stack = '', message }: Error): string => {
  const at = stack.indexOf(message)
  return at < 0 ? '' : stack.slice(at + message.length)
}

/** Class and code frames of whatever was thrown; its message, cause and properties stay out. */
export function faultFields(thrown: unknown): Pick<LogFields, 'errorClass' | 'frames'> {
  if (!(thrown instanceof Error)) return { errorClass: typeof thrown }
  const frames = framesText(thrown)
    .split('\n')
    .flatMap((text) => {
      const match = FRAME.exec(text)
      return match === null ? [] : [`${match[1] ?? 'anonymous'} ${match[2] ?? ''}`]
    })
  return { errorClass: /^\w{1,60}$/.test(thrown.name) ? thrown.name : 'Error', frames: frames.slice(0, 8) }
}
