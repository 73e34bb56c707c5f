import { Duration } from 'aws-cdk-lib'
import type { IKey } from 'aws-cdk-lib/aws-kms'
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs'
import { Construct } from 'constructs'

export interface QueueWithDeadLettersProps {
  readonly key: IKey
  readonly visibilitySeconds: number
  readonly maxReceiveCount: number
}

/** Dead letters are kept as long as SQS keeps anything: a study must not vanish over a holiday. */
export const deadLetterQueue = (scope: Construct, id: string, key: IKey): Queue =>
  new Queue(scope, id, {
    encryption: QueueEncryption.KMS,
    encryptionMasterKey: key,
    dataKeyReuse: Duration.minutes(5),
    enforceSSL: true,
    retentionPeriod: Duration.days(14),
  })

/** A queue that comes with its dead-letter queue: there is no other way to make one here. */
export class QueueWithDeadLetters extends Construct {
  readonly queue: Queue
  readonly deadLetters: Queue

  constructor(scope: Construct, id: string, { key, visibilitySeconds, maxReceiveCount }: QueueWithDeadLettersProps) {
    super(scope, id)
    this.deadLetters = deadLetterQueue(this, 'DeadLetters', key)
    this.queue = new Queue(this, 'Queue', {
      encryption: QueueEncryption.KMS,
      encryptionMasterKey: key,
      dataKeyReuse: Duration.minutes(5),
      enforceSSL: true,
      visibilityTimeout: Duration.seconds(visibilitySeconds),
      retentionPeriod: Duration.days(14),
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount },
    })
  }
}
