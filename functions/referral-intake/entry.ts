import { referralRoutes } from '../../shared/contracts/routes/referral-routes.ts'
import { httpFunction, type HttpPorts } from '../../shared/runtime/http-function.ts'
import { submitReferral, type IntakePorts } from './submit-referral.ts'

export const entry = (ports: HttpPorts & IntakePorts) =>
  httpFunction(ports, referralRoutes, { submitReferral: (asked) => submitReferral(ports, asked) })
