import type { MessagePort } from 'node:worker_threads'
import type { ObjectDesk } from './object-desk.ts'

type Question = {
  [Asked in keyof ObjectDesk]: {
    readonly number: number
    readonly asked: Asked
    readonly given: Parameters<ObjectDesk[Asked]>
  }
}[keyof ObjectDesk]

type Reply =
  | { readonly number: number; readonly answered: true; readonly answer: unknown }
  | { readonly number: number; readonly answered: false }

/** The desk as the other thread sees it. What failed is told and logged where it failed; here it is only known that it did. */
export const deskOver = (port: MessagePort): ObjectDesk => {
  const waiting = new Map<number, { resolve: (answer: never) => void; reject: (fault: Error) => void }>()
  let last = 0
  port.on('message', (reply: Reply) => {
    const asker = waiting.get(reply.number)
    waiting.delete(reply.number)
    if (reply.answered) asker?.resolve(reply.answer as never)
    else asker?.reject(new Error('the cell could not do what it was asked'))
  })

  const ask =
    <Asked extends keyof ObjectDesk>(asked: Asked) =>
    (...given: Parameters<ObjectDesk[Asked]>) =>
      new Promise<Awaited<ReturnType<ObjectDesk[Asked]>>>((resolve, reject) => {
        last += 1
        waiting.set(last, { resolve, reject })
        port.postMessage({ number: last, asked, given })
      })

  return { find: ask('find'), receive: ask('receive'), isOpen: ask('isOpen'), savePart: ask('savePart') }
}

const answerTo = (desk: ObjectDesk, { asked, given }: Question): Promise<unknown> => {
  switch (asked) {
    case 'find':
      return desk.find(...given)
    case 'receive':
      return desk.receive(...given)
    case 'isOpen':
      return desk.isOpen(...given)
    case 'savePart':
      return desk.savePart(...given)
  }
}

export const serveDesk = (port: MessagePort, desk: ObjectDesk, onFault: (fault: unknown) => void): void => {
  port.on('message', (question: Question) => {
    const { number } = question
    answerTo(desk, question).then(
      (answer) => port.postMessage({ number, answered: true, answer } satisfies Reply),
      (fault: unknown) => {
        onFault(fault)
        port.postMessage({ number, answered: false } satisfies Reply)
      },
    )
  })
}
