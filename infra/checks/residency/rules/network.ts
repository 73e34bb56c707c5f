import { anotherAccount, anotherRegion, given, oneOf, outsideUrl, when } from '../judges.ts'
import { isPlainObject, textsOf, type Plain, type PlainObject } from '../../cloudformation/plain.ts'
import type { Judge, Rule } from '../rule.ts'

const CLOUDFRONT = [
  'Distribution',
  'StreamingDistribution',
  'DistributionTenant',
  'ConnectionGroup',
  'Function',
  'ConnectionFunction',
  'KeyValueStore',
  'RealtimeLogConfig',
  'VpcOrigin',
  'ContinuousDeploymentPolicy',
]

const mappingOf = (value: Plain | undefined): PlainObject => (isPlainObject(value) ? value : {})

/** An integration that calls a host by its public name; one over a VPC link stays in the network. */
const throughInternet =
  (kindProperty: string): Judge =>
  (value, cell, integration) =>
    textsOf(integration['ConnectionType']).includes('VPC_LINK')
      ? undefined
      : when(kindProperty, ['HTTP', 'HTTP_PROXY'], outsideUrl)(value, cell, integration)

/** Edges, peers and anything that carries a request or an answer past the region. */
export const NETWORK_RULES: readonly Rule[] = [
  {
    id: 'cloudfront',
    types: CLOUDFRONT.map((name) => `AWS::CloudFront::${name}`),
    why: 'CloudFront terminates and caches at edge locations of other countries',
  },
  {
    id: 'lambda-at-edge',
    types: ['Custom::CrossRegionStringParameterReader'],
    why: 'the function version comes from an edge stack in us-east-1',
  },
  {
    id: 'edge-rest-api',
    types: ['AWS::ApiGateway::RestApi'],
    at: ['EndpointConfiguration.Types'],
    is: oneOf('EDGE'),
    absentToo: true,
    why: 'an edge-optimised API answers through edge locations of other countries',
  },
  {
    id: 'edge-domain-name',
    types: ['AWS::ApiGateway::DomainName'],
    at: ['EndpointConfiguration.Types'],
    is: oneOf('EDGE'),
    absentToo: true,
    why: 'an edge-optimised domain answers through edge locations of other countries',
  },
  {
    id: 'edge-domain-name',
    types: ['AWS::ApiGatewayV2::DomainName'],
    at: ['DomainNameConfigurations.*.EndpointType'],
    is: oneOf('EDGE'),
    why: 'an edge-optimised domain answers through edge locations of other countries',
  },
  {
    id: 'http-integration',
    types: ['AWS::ApiGateway::Method'],
    at: ['Integration.Uri'],
    is: (value, cell, siblings) => throughInternet('Type')(value, cell, mappingOf(siblings['Integration'])),
    why: 'the API forwards requests to a host outside the cell',
  },
  {
    id: 'http-integration',
    types: ['AWS::ApiGatewayV2::Integration'],
    at: ['IntegrationUri'],
    is: throughInternet('IntegrationType'),
    why: 'the API forwards requests to a host outside the cell',
  },
  {
    id: 'http-integration',
    types: ['AWS::AppSync::DataSource'],
    at: ['HttpConfig.Endpoint'],
    is: outsideUrl,
    why: 'the API forwards requests to a host outside the cell',
  },
  {
    id: 'lambda-url',
    types: ['AWS::Lambda::Url'],
    why: 'a function URL passes the API, its authorizer and its records by',
  },
  {
    id: 'cognito-custom-domain',
    types: ['AWS::Cognito::UserPoolDomain'],
    at: ['CustomDomainConfig'],
    is: given,
    why: 'a custom sign-in domain is served by CloudFront',
  },
  {
    id: 'waf-global-scope',
    types: ['AWS::WAFv2::WebACL', 'AWS::WAFv2::RuleGroup', 'AWS::WAFv2::IPSet', 'AWS::WAFv2::RegexPatternSet'],
    at: ['Scope'],
    is: oneOf('CLOUDFRONT'),
    why: 'the web ACL guards CloudFront, whose requests are inspected and logged at the edge',
  },
  { id: 'waf-global-scope', types: ['AWS::WAF::*'], why: 'WAF Classic works at the edge' },
  {
    id: 'global-accelerator',
    types: ['AWS::GlobalAccelerator::*'],
    why: 'Global Accelerator takes connections at edge locations and spreads them over regions',
  },
  {
    id: 'edge-hosting',
    types: ['AWS::Amplify::*', 'AWS::Lightsail::Distribution'],
    why: 'the site is hosted and cached at edge locations',
  },
  {
    id: 'vpc-peering',
    types: ['AWS::EC2::VPCPeeringConnection', 'AWS::EC2::TransitGatewayPeeringAttachment'],
    at: ['PeerRegion'],
    is: anotherRegion,
    why: 'the network is joined to one in another region',
  },
  {
    id: 'vpc-peering',
    types: ['AWS::EC2::VPCPeeringConnection', 'AWS::EC2::TransitGatewayPeeringAttachment'],
    at: ['PeerOwnerId', 'PeerAccountId'],
    is: anotherAccount,
    why: 'the network is joined to one of another account',
  },
  {
    id: 'private-link',
    types: ['AWS::EC2::VPCEndpoint'],
    at: ['ServiceName'],
    is: (value) => (textsOf(value).some((name) => /vpce-svc-/.test(name)) ? { verdict: 'leak' } : undefined),
    why: 'a private link leads to a service that no template of this cell shows to be its own',
  },
  { id: 'wide-area-network', types: ['AWS::NetworkManager::*'], why: 'a global network joins the regions' },
  {
    id: 'global-resolver',
    types: ['AWS::Route53GlobalResolver::*'],
    why: 'names are resolved and logged in several regions',
  },
  { id: 'region-switch', types: ['AWS::ARCRegionSwitch::*'], why: 'a plan moves the work to another region' },
]
