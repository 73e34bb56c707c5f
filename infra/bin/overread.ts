import { newApp, overreadApp } from '../app.ts'
import { findDeployment } from '../deployments/find-deployment.ts'

const app = newApp()
const name: unknown = app.node.tryGetContext('deployment')
const deployment = findDeployment(typeof name === 'string' ? name : undefined)
overreadApp({ deployment, app })
app.synth()
