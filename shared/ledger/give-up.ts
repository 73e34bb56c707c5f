import type { ReferralId } from '../domain/case/case.ts'
import type { AsideCode, ExceptionCode } from '../domain/case/exceptions.ts'
import { caseDirectory } from '../domain/case/directory.ts'
import type { Actor } from '../domain/case/events.ts'
import { isTerminal } from '../domain/case/states.ts'
import type { NetworkDirectory } from '../ports/network-directory.ts'
import { commandCase, type CommandPorts, type Prepared } from './command-case.ts'

/** A message about the case is about to end in its DLQ: somebody by name must own what it did not get done. */
export async function giveUpOnCase(
  ports: CommandPorts & { readonly network: NetworkDirectory },
  referralId: ReferralId,
  by: Actor,
  code: ExceptionCode = 'processing-failed',
): Promise<void> {
  const directory = caseDirectory(await ports.network.current())
  await commandCase(ports, {
    referralId,
    by,
    operation: 'giveUp',
    directory,
    prepare: (loaded): Prepared => {
      const held =
        loaded === undefined ||
        isTerminal(loaded.case.phase.state) ||
        ['exception', 'needs-information', 'draft'].includes(loaded.case.phase.state)
      return { command: held ? { command: 'nothing' } : { command: 'raise-exception', code } }
    },
  })
}

/** As `giveUpOnCase`, of what no patient waits for: beside the path, and beside a closed case too. */
export async function giveUpBesideCase(
  ports: CommandPorts & { readonly network: NetworkDirectory },
  referralId: ReferralId,
  by: Actor,
  code: AsideCode,
): Promise<void> {
  await commandCase(ports, {
    referralId,
    by,
    operation: 'giveUp',
    directory: caseDirectory(await ports.network.current()),
    prepare: (): Prepared => ({ command: { command: 'raise-aside', code } }),
  })
}
