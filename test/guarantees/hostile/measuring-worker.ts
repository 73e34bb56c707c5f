import { fork, type ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import type { Measured, Task } from './answer-tasks.ts'
import { askChild } from './ask-child.ts'

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

  private async ask(task: Task): Promise<Measured> {
    const child = (this.child ??= fork(this.program, { execArgv: ['--expose-gc'] }))
    const from = await askChild<Measured>(child, task, this.giveUpMs)
    if ('answer' in from) return from.answer
    this.end()
    const answer = `escaped: ${from.lost}`
    return { answer, milliseconds: Infinity, peakMiB: Infinity, baseMiB: 0, reads: 0, leftMiB: 0 }
  }
}
