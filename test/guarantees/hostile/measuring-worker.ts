import { fork, type ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import type { Measured, Task } from './answer-tasks.ts'

/** Longer than any answer may take: whoever has not answered by then never will. */
const GIVE_UP_MS = 30_000
/** Above this the worker is replaced: what one attack left behind must not count as the next one's. */
const SWOLLEN_MIB = 128

/** One process that is handed one attack at a time and says what it cost; another after a crash, a hang or a swelling. */
export class MeasuringWorker {
  private child: ChildProcess | undefined
  private readonly program: string
  private readonly giveUpMs: number

  constructor(program = join(import.meta.dirname, 'worker.ts'), giveUpMs = GIVE_UP_MS) {
    this.program = program
    this.giveUpMs = giveUpMs
  }

  async measure(task: Task): Promise<Measured> {
    const measured = await this.ask(task)
    if (measured.leftMiB > SWOLLEN_MIB) this.end()
    return measured
  }

  end(): void {
    this.child?.kill('SIGKILL')
    this.child = undefined
  }

  private ask(task: Task): Promise<Measured> {
    const child = (this.child ??= fork(this.program, { execArgv: ['--expose-gc'] }))
    return new Promise((resolve) => {
      const conclude = (measured: Measured): void => {
        clearTimeout(alarm)
        child.removeAllListeners()
        resolve(measured)
      }
      const lost = (answer: string): void => {
        this.end()
        conclude({ answer, milliseconds: Infinity, peakMiB: Infinity, baseMiB: 0, reads: 0, leftMiB: 0 })
      }
      const alarm = setTimeout(() => lost('escaped: no answer'), this.giveUpMs)
      child.once('message', (measured) => conclude(measured as Measured))
      child.once('exit', (code, signal) => lost(`escaped: the process ended (${code ?? signal})`))
      child.send(task)
    })
  }
}
