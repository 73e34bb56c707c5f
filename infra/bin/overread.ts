import { newApp, overreadApp } from '../app.ts'
import { checkAtSynth } from '../compliance/check-at-synth.ts'
import { findDeployment } from '../deployments/find-deployment.ts'

const app = newApp()
const name: unknown = app.node.tryGetContext('deployment')
const deployment = findDeployment(typeof name === 'string' ? name : undefined)
checkAtSynth(overreadApp({ deployment, app }))
app.synth()
