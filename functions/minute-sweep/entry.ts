import middy from '@middy/core'
import type { Context } from 'aws-lambda'
import { sweep, type SweepPorts } from './sweep.ts'

export const entry = (ports: SweepPorts) =>
  middy<unknown, { fired: number; sent: number }, Error, Context>().handler(() => sweep(ports))
