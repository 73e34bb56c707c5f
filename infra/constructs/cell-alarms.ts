import { Duration } from 'aws-cdk-lib'
import {
  Alarm,
  ComparisonOperator,
  Dashboard,
  GraphWidget,
  MathExpression,
  TreatMissingData,
  type IMetric,
} from 'aws-cdk-lib/aws-cloudwatch'
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions'
import type { ITopic } from 'aws-cdk-lib/aws-sns'
import { Construct } from 'constructs'
import { capabilityNames } from '../../shared/contracts/capabilities.ts'
import { isArrivalQueue, queueNames, type QueueName } from '../../shared/contracts/messages.ts'
import type { ServiceStack } from '../stacks/service-stack.ts'
import type { StateStack } from '../stacks/state-stack.ts'
import { alarmNamePrefix, pascal } from './names.ts'

export interface CellAlarmsProps {
  readonly state: StateStack
  readonly service: ServiceStack
  readonly topic: ITopic
}

interface AlarmPlan {
  readonly name: string
  readonly why: string
  readonly metric: IMetric
  readonly above: number
  readonly minutes?: number
  readonly missing?: TreatMissingData
  readonly below?: true
}

const minute = Duration.minutes(1)

/** How long a message may wait before somebody is woken: a stat case has minutes, a key figure has an hour. */
const oldestSeconds: Readonly<Record<QueueName, number>> = {
  'arrivals-stat': 60,
  'arrivals-urgent': 60,
  arrivals: 300,
  'ingest-stat': 60,
  'ingest-urgent': 300,
  ingest: 600,
  'route-stat': 60,
  'route-urgent': 300,
  'route-routine': 1800,
  copies: 300,
  delivery: 300,
  numbers: 3600,
}

const whyDead = (name: QueueName): string =>
  isArrivalQueue(name)
    ? 'For an hour an image could not be sent on to its ingest queue: it counts as missing until it is redriven.'
    : 'A message failed its last attempt: a case has an exception that somebody owns, and the message waits here.'

const queuePlans = ({ queues, unhandled }: StateStack): AlarmPlan[] => [
  ...queueNames.flatMap((name): AlarmPlan[] => {
    const { queue, deadLetters } = queues[name]
    const dead: AlarmPlan = {
      name: `${name}-dead-letters`,
      why: whyDead(name),
      metric: deadLetters.metricApproximateNumberOfMessagesVisible({ period: minute, statistic: 'max' }),
      above: 0,
    }
    return [
      ...(deadLetters === unhandled ? [] : [dead]),
      {
        name: `${name}-oldest`,
        why: 'Messages wait longer than their cases can bear.',
        metric: queue.metricApproximateAgeOfOldestMessage({ period: minute, statistic: 'max' }),
        above: oldestSeconds[name],
        minutes: 2,
      },
    ]
  }),
  {
    name: 'unhandled',
    why: 'A sweep, an outbox record or a count was given up; the next sweep takes over the first two.',
    metric: unhandled.metricApproximateNumberOfMessagesVisible({ period: minute, statistic: 'max' }),
    above: 0,
  },
]

const functionPlans = ({ functions }: ServiceStack): AlarmPlan[] =>
  capabilityNames.flatMap((name): AlarmPlan[] => [
    {
      name: `${name}-errors`,
      why: 'The function failed; its log has the error id and the code frames.',
      metric: functions[name].metricErrors({ period: minute }),
      above: 0,
      minutes: 3,
    },
    {
      name: `${name}-throttles`,
      why: 'The function has reached its share of concurrency.',
      metric: functions[name].metricThrottles({ period: minute }),
      above: 0,
      minutes: 3,
    },
  ])

const sweepPlan = ({ functions }: ServiceStack): AlarmPlan => ({
  name: 'sweep-missing',
  why: 'No sweep for three minutes: timers do not fire, and cases may pass their targets unseen.',
  metric: functions['minute-sweep'].metricInvocations({ period: minute }),
  above: 1,
  below: true,
  minutes: 3,
  missing: TreatMissingData.BREACHING,
})

/** What wakes somebody, and where they look first. */
export class CellAlarms extends Construct {
  constructor(scope: Construct, id: string, { state, service, topic }: CellAlarmsProps) {
    super(scope, id)
    const action = new SnsAction(topic)
    for (const plan of [...queuePlans(state), ...functionPlans(service), sweepPlan(service)]) {
      const alarm = new Alarm(this, pascal(plan.name), {
        alarmName: `${alarmNamePrefix(state.cell)}${plan.name}`,
        alarmDescription: plan.why,
        metric: plan.metric,
        threshold: plan.above,
        comparisonOperator:
          plan.below === true ? ComparisonOperator.LESS_THAN_THRESHOLD : ComparisonOperator.GREATER_THAN_THRESHOLD,
        evaluationPeriods: plan.minutes ?? 1,
        treatMissingData: plan.missing ?? TreatMissingData.NOT_BREACHING,
      })
      alarm.addAlarmAction(action)
      alarm.addOkAction(action)
    }
    this.addDashboard(state, service)
  }

  private addDashboard(state: StateStack, { functions }: ServiceStack): void {
    const all = Object.values(functions)
    const failureShare = new MathExpression({
      expression: '100 * errors / MAX([errors, invocations])',
      label: 'failed, per cent',
      period: minute,
      usingMetrics: {
        errors: functions['worklist-routing'].metricErrors(),
        invocations: functions['worklist-routing'].metricInvocations(),
      },
    })
    new Dashboard(this, 'Dashboard', {
      dashboardName: `overread-${state.cell.cellId}`,
      widgets: [
        [
          new GraphWidget({
            title: 'Oldest message (s)',
            width: 12,
            left: queueNames.map((name) => state.queues[name].queue.metricApproximateAgeOfOldestMessage()),
          }),
          new GraphWidget({
            title: 'Dead letters',
            width: 12,
            left: queueNames.map((name) => state.queues[name].deadLetters.metricApproximateNumberOfMessagesVisible()),
          }),
        ],
        [
          new GraphWidget({ title: 'Errors', width: 8, left: all.map((one) => one.metricErrors()) }),
          new GraphWidget({
            title: 'Duration p95 (ms)',
            width: 8,
            left: all.map((one) => one.metricDuration({ statistic: 'p95' })),
          }),
          new GraphWidget({ title: 'Routing', width: 8, left: [failureShare] }),
        ],
      ],
    })
  }
}
