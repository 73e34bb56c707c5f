import middy from '@middy/core'
import { sweep, type SweepPorts } from './sweep.ts'

export const entry = (ports: SweepPorts) =>
  middy<unknown, { fired: number; sent: number }>().handler(() => sweep(ports))
