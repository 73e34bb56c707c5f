import { readingRoutes } from '../../shared/contracts/routes/reading-routes.ts'
import type { DeskPorts } from '../../shared/ledger/answer-command.ts'
import { httpFunction, type HttpPorts } from '../../shared/runtime/http-function.ts'
import { listWorklist, type WorklistPorts } from './list-worklist.ts'
import { claimCase, releaseCase, renewClaim } from './worklist-commands.ts'

export const entry = (ports: HttpPorts & DeskPorts & WorklistPorts) =>
  httpFunction(ports, readingRoutes, {
    listWorklist: (asked) => listWorklist(ports, asked),
    claimCase: (asked) => claimCase(ports, asked),
    releaseCase: (asked) => releaseCase(ports, asked),
    renewClaim: (asked) => renewClaim(ports, asked),
  })
