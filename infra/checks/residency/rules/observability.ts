import { anotherAccount, anotherRegionName, elsewhere, foreignBucket, given, on } from '../judges.ts'
import type { Rule } from '../rule.ts'

const TRAIL = ['AWS::CloudTrail::Trail']

/** Logs, trails and findings: the copies nobody thinks of as copies. */
export const OBSERVABILITY_RULES: readonly Rule[] = [
  {
    id: 'log-subscription',
    types: ['AWS::Logs::SubscriptionFilter', 'AWS::Logs::AccountPolicy'],
    why: 'a subscription streams log lines out of the group and its key',
  },
  {
    id: 'log-destination',
    types: ['AWS::Logs::Destination'],
    why: 'a log destination takes in or hands on logs across accounts',
  },
  {
    id: 'log-delivery',
    types: ['AWS::Logs::DeliveryDestination'],
    at: ['DestinationResourceArn'],
    is: elsewhere,
    why: 'logs are delivered outside the cell',
  },
  {
    id: 'log-delivery',
    types: ['AWS::EC2::FlowLog'],
    at: ['LogDestination'],
    is: elsewhere,
    why: 'flow logs are delivered outside the cell',
  },
  {
    id: 'log-delivery',
    types: ['AWS::WAFv2::LoggingConfiguration'],
    at: ['LogDestinationConfigs.*'],
    is: elsewhere,
    why: 'request logs are delivered outside the cell',
  },
  {
    id: 'log-delivery',
    types: ['AWS::VpcLattice::AccessLogSubscription'],
    at: ['DestinationArn'],
    is: elsewhere,
    why: 'access logs are delivered outside the cell',
  },
  {
    id: 'log-delivery',
    types: ['AWS::ApiGateway::Stage', 'AWS::ApiGatewayV2::Stage'],
    at: ['AccessLogSetting.DestinationArn', 'AccessLogSettings.DestinationArn'],
    is: elsewhere,
    why: 'access logs are delivered outside the cell',
  },
  {
    id: 'metric-stream',
    types: ['AWS::CloudWatch::MetricStream'],
    at: ['FirehoseArn'],
    is: elsewhere,
    why: 'metrics are streamed outside the cell',
  },
  {
    id: 'observability-link',
    types: ['AWS::Oam::Link', 'AWS::Oam::Sink'],
    why: 'an observability link shows logs, metrics and traces to other accounts',
  },
  {
    id: 'multi-region-trail',
    types: TRAIL,
    at: ['IsMultiRegionTrail'],
    is: on,
    why: 'the trail gathers the events of every region in one bucket',
  },
  {
    id: 'global-events-trail',
    types: TRAIL,
    at: ['IncludeGlobalServiceEvents'],
    // A multi-region trail always takes global events: saying so twice would be one way out reported as two.
    is: (value, cell, siblings) =>
      on(siblings['IsMultiRegionTrail'], cell, siblings) === undefined ? on(value, cell, siblings) : undefined,
    why: 'the trail takes in events of global services, which happen in us-east-1',
  },
  {
    id: 'organization-trail',
    types: TRAIL,
    at: ['IsOrganizationTrail'],
    is: on,
    why: 'the trail gathers the events of other accounts',
  },
  {
    id: 'trail-bucket',
    types: TRAIL,
    at: ['S3BucketName'],
    is: foreignBucket,
    why: 'the trail writes its events to a bucket',
  },
  {
    id: 'multi-region-trail',
    types: ['AWS::CloudTrail::EventDataStore'],
    at: ['MultiRegionEnabled', 'OrganizationEnabled'],
    is: on,
    why: 'the event data store gathers events of other regions or accounts',
  },
  {
    id: 'security-aggregation',
    types: [
      'AWS::SecurityHub::FindingAggregator',
      'AWS::SecurityHub::AggregatorV2',
      'AWS::SecurityHub::DelegatedAdmin',
      'AWS::SecurityLake::*',
    ],
    why: 'findings are gathered from or in other regions',
  },
  {
    id: 'config-aggregation',
    types: ['AWS::Config::ConfigurationAggregator', 'AWS::Config::AggregationAuthorization'],
    why: 'resource configurations are gathered in one region or account',
  },
  {
    id: 'config-delivery',
    types: ['AWS::Config::DeliveryChannel'],
    at: ['S3BucketName'],
    is: foreignBucket,
    why: 'resource configurations are delivered to a bucket',
  },
  {
    id: 'findings-delivery',
    types: ['AWS::GuardDuty::PublishingDestination'],
    at: ['DestinationProperties.DestinationArn'],
    is: elsewhere,
    why: 'findings are delivered outside the cell',
  },
  {
    id: 'member-account',
    types: [
      'AWS::GuardDuty::Member',
      'AWS::GuardDuty::Master',
      'AWS::Macie::Member',
      'AWS::Detective::MemberInvitation',
    ],
    at: ['MemberId', 'MasterId', 'AccountId'],
    is: anotherAccount,
    why: 'findings are shared with another account',
  },
  {
    id: 'central-telemetry',
    types: ['AWS::ObservabilityAdmin::*'],
    at: ['**.Regions.*', '**.DestinationRegion', '**.Region'],
    is: anotherRegionName,
    why: 'telemetry is centralised in another region',
  },
  {
    id: 'central-telemetry',
    types: ['AWS::ObservabilityAdmin::*'],
    at: ['**.AllRegions'],
    is: on,
    why: 'telemetry of all regions is centralised',
  },
  {
    id: 'usage-report',
    types: ['AWS::CUR::ReportDefinition', 'AWS::BCMDataExports::Export'],
    at: ['**.S3Region'],
    is: anotherRegionName,
    why: 'usage reports are delivered to another region',
  },
  {
    id: 'external-logging',
    types: ['AWS::CloudWatch::Integration', 'AWS::Logs::Integration'],
    at: ['**.DataSourceRoleArn'],
    is: given,
    why: 'logs are analysed in another service',
  },
]
