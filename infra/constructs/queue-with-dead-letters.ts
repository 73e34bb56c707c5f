import { Duration } from 'aws-cdk-lib'
import type { IKey } from 'aws-cdk-lib/aws-kms'
import { Queue, QueueEncryption, type QueueProps } from 'aws-cdk-lib/aws-sqs'
import type { Construct } from 'constructs'

const always = (key: IKey): QueueProps => ({
  encryption: QueueEncryption.KMS,
  encryptionMasterKey: key,
  dataKeyReuse: Duration.minutes(5),
  enforceSSL: true,
  // As long as SQS keeps anything: a study must not vanish over a holiday.
  retentionPeriod: Duration.days(14),
})

/** Where messages wait for a person. */
export const deadLetterQueue = (scope: Construct, id: string, key: IKey): Queue => new Queue(scope, id, always(key))

export interface WorkQueueProps {
  readonly key: IKey
  readonly visibilitySeconds: number
  readonly maxReceiveCount: number
  readonly deadLetters: Queue
}

/** A queue that functions consume: there is no way to make one without saying where its dead letters go. */
export const workQueue = (scope: Construct, id: string, props: WorkQueueProps): Queue =>
  new Queue(scope, id, {
    ...always(props.key),
    visibilityTimeout: Duration.seconds(props.visibilitySeconds),
    deadLetterQueue: { queue: props.deadLetters, maxReceiveCount: props.maxReceiveCount },
  })
