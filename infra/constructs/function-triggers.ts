import { Duration } from 'aws-cdk-lib'
import { CfnRule } from 'aws-cdk-lib/aws-events'
import {
  CfnPermission,
  EventSourceMapping,
  FilterCriteria,
  FilterRule,
  StartingPosition,
  type Function as LambdaFunction,
} from 'aws-cdk-lib/aws-lambda'
import { SqsDlq } from 'aws-cdk-lib/aws-lambda-event-sources'
import type { Construct } from 'constructs'
import { capability, type CapabilityName } from '../../shared/contracts/capabilities.ts'
import { queues } from '../../shared/contracts/messages.ts'
import type { StateStack } from '../stacks/state-stack.ts'
import { sizeOf } from './function-sizes.ts'
import { pascal, sweepRuleArn, sweepRuleName } from './names.ts'

/** A batch answers for each of its messages: one poison message never repeats the others. */
export const consumeQueues = (
  scope: Construct,
  state: StateStack,
  name: CapabilityName,
  lambda: LambdaFunction,
): void => {
  const consumes = capability(name).consumes ?? []
  for (const queue of consumes) {
    new EventSourceMapping(scope, `${pascal(queue)}Source`, {
      target: lambda,
      eventSourceArn: state.queues[queue].queue.queueArn,
      batchSize: queues[queue].batchSize,
      reportBatchItemFailures: true,
      // Of its share, so that one queue never takes the places of the others.
      maxConcurrency: Math.max(2, Math.floor(sizeOf(state.cell, name).reserved / consumes.length)),
    })
  }
}

/** The outbox, from the table's stream: only what was put there, and what cannot be handed over is kept and alarmed. */
export const followOutbox = (scope: Construct, state: StateStack, lambda: LambdaFunction): void => {
  new EventSourceMapping(scope, 'OutboxSource', {
    target: lambda,
    eventSourceArn: state.records.streamArn,
    startingPosition: StartingPosition.TRIM_HORIZON,
    batchSize: 50,
    parallelizationFactor: 4,
    bisectBatchOnError: true,
    reportBatchItemFailures: true,
    retryAttempts: 10,
    maxRecordAge: Duration.hours(1),
    onFailure: new SqsDlq(state.unhandled),
    filters: [
      FilterCriteria.filter({
        eventName: FilterRule.or('INSERT', 'MODIFY'),
        dynamodb: { Keys: { pk: { S: FilterRule.beginsWith('outbox') } } },
      }),
    ],
  })
}

/** Once a minute: what is due fires, whatever else fails. */
export const sweepEveryMinute = (scope: Construct, state: StateStack, lambda: LambdaFunction): CfnRule => {
  const rule = new CfnRule(scope, 'EveryMinute', {
    name: sweepRuleName(state.cell),
    scheduleExpression: 'rate(1 minute)',
    state: 'ENABLED',
    targets: [
      {
        id: 'sweep',
        arn: lambda.functionArn,
        // The next minute's run does what this one could not.
        retryPolicy: { maximumRetryAttempts: 0, maximumEventAgeInSeconds: 60 },
        deadLetterConfig: { arn: state.unhandled.queueArn },
      },
    ],
  })
  new CfnPermission(scope, 'EveryMinutePermission', {
    action: 'lambda:InvokeFunction',
    functionName: lambda.functionArn,
    principal: 'events.amazonaws.com',
    sourceAccount: state.cell.account,
    sourceArn: sweepRuleArn(state.cell),
  })
  return rule
}
