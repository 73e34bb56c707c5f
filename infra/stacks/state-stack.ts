import { CfnOutput } from 'aws-cdk-lib'
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import type { CfnBucket } from 'aws-cdk-lib/aws-s3'
import type { Queue } from 'aws-cdk-lib/aws-sqs'
import { Construct } from 'constructs'
import { bucketClasses } from '../../shared/contracts/bucket-classes.ts'
import { capabilityNames, capability } from '../../shared/contracts/capabilities.ts'
import { arrivalRoutes, queueNames, queues, type QueueName } from '../../shared/contracts/messages.ts'
import { CellBackup } from '../constructs/cell-backup.ts'
import { CellBuckets } from '../constructs/cell-buckets.ts'
import { CellKeys } from '../constructs/cell-keys.ts'
import { CellTable } from '../constructs/cell-table.ts'
import { sizeOf } from '../constructs/function-sizes.ts'
import { bucketArn, pascal, sweepRuleArn } from '../constructs/names.ts'
import { deadLetterQueue, workQueue } from '../constructs/queue-with-dead-letters.ts'
import { CellStack, type CellStackProps } from './cell-stack.ts'

export interface CellQueue {
  readonly queue: Queue
  readonly deadLetters: Queue
}

/** What a cell keeps: keys, records, objects and messages. It outlives every release of the functions. */
export class StateStack extends CellStack {
  readonly keys: CellKeys
  readonly records: CellTable
  readonly buckets: CellBuckets
  readonly queues: Readonly<Record<QueueName, CellQueue>>
  /** Dead letters of what no case waits for: counts, sweeps, and outbox records that the stream could not hand over. */
  readonly unhandled: Queue

  constructor(scope: Construct, props: CellStackProps) {
    super(scope, 'state', props)
    this.keys = new CellKeys(this, 'Keys', this.cell)
    this.records = new CellTable(this, 'Table', this.keys.of.table)
    this.buckets = new CellBuckets(this, 'Buckets', this.cell, this.keys)
    const deadLetters = new Construct(this, 'DeadLetters')
    this.unhandled = deadLetterQueue(deadLetters, 'Unhandled', this.keys.of.queues)
    this.queues = Object.fromEntries(queueNames.map((name) => [name, this.makeQueue(deadLetters, name)])) as Record<
      QueueName,
      CellQueue
    >
    new CellBackup(this, 'Backup', this.cell, this.records.table)
    this.accept(this.unhandled, 'UndeliveredSweeps', 'events.amazonaws.com', sweepRuleArn(this.cell))
    this.notifyIngest()
    this.writeOutputs()
  }

  /** At least six times the time-out of its function, so that a message is never handled twice at once (controls 10). */
  private makeQueue(parent: Construct, name: QueueName): CellQueue {
    const consumer = capabilityNames.find((one) => capability(one).consumes?.includes(name))
    const timeoutSeconds = consumer === undefined ? 0 : sizeOf(this.cell, consumer).timeoutSeconds
    const { visibilitySeconds, maxReceiveCount } = queues[name]
    const key = this.keys.of.queues
    const deadLetters = name === 'numbers' ? this.unhandled : deadLetterQueue(parent, pascal(name), key)
    const queue = workQueue(this, `${pascal(name)}Queue`, {
      key,
      visibilitySeconds: this.cell.emulator?.visibilitySeconds ?? Math.max(visibilitySeconds, 6 * timeoutSeconds),
      maxReceiveCount,
      deadLetters,
    })
    return { queue, deadLetters }
  }

  /** On the bucket itself: CDK's own way is a custom resource, one more function with rights over every bucket. */
  private notifyIngest(): void {
    const bucket = this.buckets.of.incoming.node.defaultChild as CfnBucket
    bucket.notificationConfiguration = {
      queueConfigurations: arrivalRoutes.map((route) => {
        const { queue } = this.queues[route.toldOnAws]
        // Those of ingest too: for minutes after an update S3 still goes by what it was told before, and drops what is refused.
        for (const told of [queue, this.queues[route.queue].queue])
          this.accept(told, 'ObjectCreated', 's3.amazonaws.com', bucketArn(this.cell, 'incoming'))
        // S3 asks the queue whether it may send before it accepts the configuration.
        bucket.node.addDependency(queue)
        const rules = [{ name: 'prefix', value: route.prefix }]
        return { event: 's3:ObjectCreated:*', queue: queue.queueArn, filter: { s3Key: { rules } } }
      }),
    }
  }

  /** A service sends on behalf of one resource of this account, and of nothing else (KMS-03). */
  private accept(queue: Queue, sid: string, service: string, sourceArn: string): void {
    queue.addToResourcePolicy(
      new PolicyStatement({
        sid,
        principals: [new ServicePrincipal(service)],
        actions: ['sqs:SendMessage'],
        resources: [queue.queueArn],
        conditions: {
          StringEquals: { 'aws:SourceAccount': this.cell.account },
          ArnEquals: { 'aws:SourceArn': sourceArn },
        },
      }),
    )
  }

  private writeOutputs(): void {
    const outputs: Record<string, string> = {
      TableName: this.records.table.tableName,
      UnhandledQueueUrl: this.unhandled.queueUrl,
      SealKeyArn: this.keys.of.seal.keyArn,
      SigningKeyArn: this.keys.of.sign.keyArn,
      ...Object.fromEntries(
        bucketClasses.map((name) => [`${pascal(name)}BucketName`, this.buckets.of[name].bucketName] as const),
      ),
      ...Object.fromEntries(
        queueNames.map((name) => [`${pascal(name)}DeadLettersUrl`, this.queues[name].deadLetters.queueUrl] as const),
      ),
    }
    for (const [name, value] of Object.entries(outputs)) new CfnOutput(this, name, { value })
  }
}
