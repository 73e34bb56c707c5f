import { privacyRoutes } from '../../shared/contracts/routes/privacy-routes.ts'
import { httpFunction, type HttpPorts } from '../../shared/runtime/http-function.ts'
import { confirmErasure, type ErasureDeskPorts } from './confirm-erasure.ts'
import { listRetention, readRetention } from './read-retention.ts'
import * as desk from './retention-commands.ts'

export const entry = (ports: HttpPorts & ErasureDeskPorts) =>
  httpFunction(ports, privacyRoutes, {
    listRetention: (asked) => listRetention(ports, asked),
    readRetention: (asked) => readRetention(ports, asked),
    placeLegalHold: (asked) => desk.placeLegalHold(ports, asked),
    confirmLegalHold: (asked) => desk.confirmLegalHold(ports, asked),
    askToLiftLegalHold: (asked) => desk.askToLiftLegalHold(ports, asked),
    keepLegalHold: (asked) => desk.keepLegalHold(ports, asked),
    liftLegalHold: (asked) => desk.liftLegalHold(ports, asked),
    requestErasure: (asked) => desk.requestErasure(ports, asked),
    withdrawErasure: (asked) => desk.withdrawErasure(ports, asked),
    confirmErasure: (asked) => confirmErasure(ports, asked),
  })
