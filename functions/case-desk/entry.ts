import { referralRoutes } from '../../shared/contracts/routes/referral-routes.ts'
import { readingRoutes } from '../../shared/contracts/routes/reading-routes.ts'
import { httpFunction, type HttpPorts } from '../../shared/runtime/http-function.ts'
import * as desk from './desk-commands.ts'
import * as emergencies from './emergency-commands.ts'
import { readStatus, readTimeline } from './follow-case.ts'
import { listEscalations } from './list-escalations.ts'
import { listReferrals } from './list-referrals.ts'
import { readReferral, type ReadPorts } from './read-referral.ts'
import { attestCopies, listCopies } from './review-copies.ts'

export const entry = (ports: HttpPorts & ReadPorts & desk.CaseDeskPorts) =>
  httpFunction(ports, [...referralRoutes, ...readingRoutes], {
    listReferrals: (asked) => listReferrals(ports, asked),
    readReferral: (asked) => readReferral(ports, asked),
    readStatus: (asked) => readStatus(ports, asked),
    readTimeline: (asked) => readTimeline(ports, asked),
    acceptReferral: (asked) => desk.acceptReferral(ports, asked),
    rejectReferral: (asked) => desk.rejectReferral(ports, asked),
    requestInformation: (asked) => desk.requestInformation(ports, asked),
    provideInformation: (asked) => desk.provideInformation(ports, asked),
    cancelReferral: (asked) => desk.cancelReferral(ports, asked),
    acknowledgeReport: (asked) => desk.acknowledgeReport(ports, asked),
    resolveException: (asked) => desk.resolveException(ports, asked),
    reviewLateImages: (asked) => desk.reviewLateImages(ports, asked),
    handOverCase: (asked) => desk.handOverCase(ports, asked),
    declareEmergency: (asked) => emergencies.declareEmergency(ports, asked),
    confirmEmergency: (asked) => emergencies.confirmEmergency(ports, asked),
    reviewEmergency: (asked) => emergencies.reviewEmergency(ports, asked),
    listCopies: (asked) => listCopies(ports, asked),
    attestCopies: (asked) => attestCopies(ports, asked),
    listEscalations: (asked) => listEscalations(ports, asked),
    acknowledgeEscalation: (asked) => desk.acknowledgeEscalation(ports, asked),
  })
