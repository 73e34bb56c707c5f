import { elsewhere, foreignBucket, given, oneOf, outsideUrl, when } from '../judges.ts'
import type { Rule } from '../rule.ts'

/** Events, messages and streams that are delivered outside the cell. */
export const MESSAGE_RULES: readonly Rule[] = [
  {
    id: 'api-destination',
    types: ['AWS::Events::ApiDestination'],
    at: ['InvocationEndpoint'],
    is: outsideUrl,
    why: 'events are posted to an HTTP endpoint outside the cell',
  },
  {
    id: 'global-event-endpoint',
    types: ['AWS::Events::Endpoint'],
    why: 'a global endpoint replicates events to a second region',
  },
  {
    id: 'event-target',
    types: ['AWS::Events::Rule'],
    at: ['Targets.*.Arn', 'Targets.*.DeadLetterConfig.Arn'],
    is: elsewhere,
    why: 'events are delivered to a target outside the cell',
  },
  {
    id: 'schedule-target',
    types: ['AWS::Scheduler::Schedule'],
    at: ['Target.Arn', 'Target.DeadLetterConfig.Arn'],
    is: elsewhere,
    why: 'the schedule delivers its payload outside the cell',
  },
  {
    id: 'pipe-target',
    types: ['AWS::Pipes::Pipe'],
    at: ['Target', 'Enrichment'],
    is: elsewhere,
    why: 'the pipe delivers records outside the cell',
  },
  {
    id: 'pipe-target',
    types: ['AWS::Pipes::Pipe'],
    at: ['LogConfiguration.S3LogDestination.BucketName'],
    is: foreignBucket,
    why: 'the pipe logs records to a bucket',
  },
  {
    id: 'subscription-endpoint',
    types: ['AWS::SNS::Subscription'],
    at: ['Endpoint'],
    is: when('Protocol', ['http', 'https'], outsideUrl),
    why: 'messages are posted to a host outside the cell',
  },
  {
    id: 'subscription-endpoint',
    types: ['AWS::SNS::Subscription'],
    at: ['Endpoint'],
    is: when('Protocol', ['sqs', 'lambda', 'firehose'], elsewhere),
    why: 'messages are delivered outside the cell',
  },
  {
    id: 'subscription-endpoint',
    types: ['AWS::SNS::Topic'],
    at: ['Subscription.*.Endpoint'],
    is: (value, cell, siblings) =>
      typeof value === 'string' && /^https?:/.test(value) ? outsideUrl(value, cell, siblings) : undefined,
    why: 'messages are posted to a host outside the cell',
  },
  {
    id: 'event-source',
    types: ['AWS::Lambda::EventSourceMapping'],
    at: ['EventSourceArn'],
    is: elsewhere,
    why: 'the function reads from a source outside the cell',
  },
  {
    id: 'event-destination',
    types: ['AWS::Lambda::EventSourceMapping', 'AWS::Lambda::EventInvokeConfig'],
    at: ['DestinationConfig.OnFailure.Destination', 'DestinationConfig.OnSuccess.Destination'],
    is: elsewhere,
    why: 'the payload of a call is delivered outside the cell',
  },
  {
    id: 'firehose-endpoint',
    types: ['AWS::KinesisFirehose::DeliveryStream'],
    at: [
      'HttpEndpointDestinationConfiguration.EndpointConfiguration.Url',
      'SplunkDestinationConfiguration.HECEndpoint',
      'SnowflakeDestinationConfiguration.AccountUrl',
    ],
    is: outsideUrl,
    why: 'records are streamed to a host outside the cell',
  },
  {
    id: 'firehose-bucket',
    types: ['AWS::KinesisFirehose::DeliveryStream'],
    at: ['**.BucketARN'],
    is: foreignBucket,
    why: 'records are streamed to a bucket',
  },
  {
    id: 'app-flow',
    types: ['AWS::AppFlow::Flow', 'AWS::AppFlow::ConnectorProfile', 'AWS::AppFabric::IngestionDestination'],
    why: 'records flow to a software service outside AWS',
  },
  { id: 'mail-multi-region', types: ['AWS::SES::MultiRegionEndpoint'], why: 'mail is sent from several regions' },
  { id: 'mail-relay', types: ['AWS::SES::MailManagerRelay'], why: 'mail is relayed to another server' },
  {
    id: 'iot-http',
    types: ['AWS::IoT::TopicRule'],
    at: ['**.Http.Url'],
    is: outsideUrl,
    why: 'messages are posted to a host outside the cell',
  },
  {
    id: 'mq-data-replication',
    types: ['AWS::AmazonMQ::Broker'],
    at: ['DataReplicationMode'],
    is: oneOf('CRDR'),
    why: 'the broker replicates its messages to another region',
  },
  {
    id: 'mq-data-replication',
    types: ['AWS::AmazonMQ::Broker'],
    at: ['DataReplicationPrimaryBrokerArn'],
    is: given,
    why: 'the broker replicates messages from another region',
  },
]
