import { CfnOutput } from 'aws-cdk-lib'
import { Effect, PolicyStatement, ServicePrincipal, StarPrincipal } from 'aws-cdk-lib/aws-iam'
import { Key } from 'aws-cdk-lib/aws-kms'
import { Topic } from 'aws-cdk-lib/aws-sns'
import type { Construct } from 'constructs'
import { CellAlarms } from '../constructs/cell-alarms.ts'
import { keyPolicy } from '../constructs/key-policy.ts'
import { alarmArns } from '../constructs/names.ts'
import { CellStack } from './cell-stack.ts'
import type { ServiceStack } from './service-stack.ts'
import type { StateStack } from './state-stack.ts'

export interface ObservabilityStackProps {
  readonly state: StateStack
  readonly service: ServiceStack
}

/** Who is woken, and by what: the deployer subscribes to the topic. An alarm names a queue or a function, never a case: mail leaves the cell (residency row 18). */
export class ObservabilityStack extends CellStack {
  constructor(scope: Construct, { state, service }: ObservabilityStackProps) {
    super(scope, 'observability', { cell: state.cell })
    const topic = this.makeTopic()
    new CellAlarms(this, 'Alarms', { state, service, topic })
    new CfnOutput(this, 'AlarmTopicArn', { value: topic.topicArn })
  }

  private makeTopic(): Topic {
    const { cell } = this
    const key = new Key(this, 'Key', {
      description: `Overread ${cell.cellId}: alarms`,
      policy: keyPolicy(cell, { kind: 'service', via: ['sns'], grants: false }, [
        {
          service: 'cloudwatch.amazonaws.com',
          actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
          sourceArn: alarmArns(cell),
        },
      ]),
      enableKeyRotation: true,
      multiRegion: false,
    })
    const topic = new Topic(this, 'Topic', { masterKey: key })
    topic.addToResourcePolicy(
      new PolicyStatement({
        sid: 'Alarms',
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [topic.topicArn],
        conditions: {
          StringEquals: { 'aws:SourceAccount': cell.account },
          ArnLike: { 'aws:SourceArn': alarmArns(cell) },
        },
      }),
    )
    topic.addToResourcePolicy(
      new PolicyStatement({
        sid: 'TransportEncrypted',
        effect: Effect.DENY,
        principals: [new StarPrincipal()],
        actions: ['sns:Publish'],
        resources: [topic.topicArn],
        conditions: { Bool: { 'aws:SecureTransport': 'false' } },
      }),
    )
    return topic
  }
}
