import type { ChildProcess } from 'node:child_process'

/** What a child answered to one message, or how it was lost. */
export type FromChild<T> = { readonly answer: T } | { readonly lost: string }

export function askChild<T>(child: ChildProcess, message: object, giveUpMs: number): Promise<FromChild<T>> {
  return new Promise((resolve) => {
    const conclude = (from: FromChild<T>): void => {
      clearTimeout(alarm)
      child.removeAllListeners()
      resolve(from)
    }
    const alarm = setTimeout(() => conclude({ lost: 'no answer' }), giveUpMs)
    child.once('message', (answer) => conclude({ answer: answer as T }))
    child.once('exit', (code, signal) => conclude({ lost: `the process ended (${code ?? signal})` }))
    child.send(message)
  })
}
