import { textsOf } from '../../cloudformation/plain.ts'
import { arnsIn } from '../arn.ts'
import { foreignBucket, given, isForeignLayer, literalBucket, oneOf, outsideUrl, templateElsewhere } from '../judges.ts'
import { managedPolicy, managedPolicyWhy } from '../managed-policy.ts'
import type { Rule } from '../rule.ts'

/** What brings code or values in from, or sends them to, another cell while deploying. */
export const DEPLOYMENT_RULES: readonly Rule[] = [
  {
    id: 'cross-region-reference',
    types: ['Custom::CrossRegionExportWriter', 'Custom::CrossRegionExportReader'],
    why: 'names and ARNs of this cell are written to, or read from, the parameters of another region',
  },
  {
    id: 'stack-set',
    types: ['AWS::CloudFormation::StackSet'],
    why: 'a stack set creates resources in other regions and accounts',
  },
  {
    id: 'nested-template',
    types: ['AWS::CloudFormation::Stack', 'AWS::Serverless::Application'],
    at: ['TemplateURL', 'Location'],
    is: templateElsewhere,
    why: 'the nested template is kept outside the cell, and nobody has walked it',
  },
  {
    id: 'unseen-product',
    types: ['AWS::ServiceCatalog::CloudFormationProvisionedProduct'],
    why: 'the product is a template that this walk cannot see',
  },
  {
    id: 'unseen-product',
    types: ['AWS::Serverless::Application'],
    at: ['Location.ApplicationId'],
    is: given,
    why: 'the product is a template that this walk cannot see',
  },
  {
    id: 'unseen-workflow',
    types: ['AWS::StepFunctions::StateMachine', 'AWS::Serverless::StateMachine'],
    at: ['DefinitionS3Location.Bucket', 'DefinitionUri.Bucket'],
    is: foreignBucket,
    why: 'the workflow is kept outside the cell, and nobody has walked it',
  },
  {
    id: 'managed-policy',
    types: ['AWS::IAM::*'],
    at: ['ManagedPolicyArns.*'],
    is: managedPolicy,
    why: managedPolicyWhy,
  },
  {
    id: 'managed-policy',
    types: ['AWS::Serverless::Function', 'AWS::Serverless::StateMachine'],
    at: ['Policies.*'],
    is: managedPolicy,
    why: managedPolicyWhy,
  },
  {
    id: 'identity-provider',
    types: ['AWS::IAM::OIDCProvider', 'Custom::AWSCDKOpenIdConnectProvider'],
    at: ['Url'],
    is: outsideUrl,
    why: 'whoever the provider vouches for may take a role of the account',
  },
  {
    id: 'identity-provider',
    types: ['AWS::IAM::SAMLProvider'],
    why: 'whoever the provider vouches for may take a role of the account',
  },
  {
    id: 'identity-provider',
    types: ['AWS::Cognito::UserPoolIdentityProvider'],
    why: 'whoever the provider vouches for signs in, and the provider learns who does',
  },
  {
    id: 'identity-provider',
    types: ['AWS::Cognito::IdentityPool'],
    at: ['SupportedLoginProviders', 'DeveloperProviderName', 'OpenIdConnectProviderARNs', 'SamlProviderARNs'],
    is: given,
    why: 'whoever the provider vouches for gets credentials of the account',
  },
  {
    id: 'identity-provider',
    types: ['AWS::EKS::IdentityProviderConfig'],
    at: ['Oidc.IssuerUrl'],
    is: outsideUrl,
    why: 'whoever the provider vouches for may enter the cluster',
  },
  {
    id: 'pipeline-bucket',
    types: ['AWS::CodePipeline::Pipeline'],
    at: ['ArtifactStore.Location', 'ArtifactStores.*.ArtifactStore.Location'],
    is: literalBucket,
    why: 'artifacts are kept in a bucket',
  },
  {
    id: 'pipeline-bucket',
    types: ['AWS::CodeBuild::Project'],
    at: ['Artifacts.Location', 'SecondaryArtifacts.*.Location', 'Cache.Location', 'LogsConfig.S3Logs.Location'],
    is: literalBucket,
    why: 'artifacts, caches or logs are kept in a bucket',
  },
  {
    id: 'layer-of-other-account',
    types: ['AWS::Lambda::Function', 'AWS::Serverless::Function'],
    at: ['Layers.*'],
    is: isForeignLayer,
    why: "another account's code runs inside the function, with its rights",
  },
  { id: 'unresolved-loop', types: ['Fn::ForEach'], why: 'the loop runs over a list that the template does not show' },
  {
    id: 'lambda-url',
    types: ['AWS::Serverless::Function'],
    at: ['FunctionUrlConfig'],
    is: given,
    why: 'a function URL passes the API, its authorizer and its records by',
  },
  {
    id: 'edge-rest-api',
    types: ['AWS::Serverless::Api'],
    at: ['EndpointConfiguration'],
    is: (value, cell, siblings) =>
      oneOf('EDGE')(value, cell, siblings) ??
      (typeof value === 'object' && value !== null && 'Type' in value
        ? oneOf('EDGE')(value['Type'], cell, siblings)
        : undefined),
    absentToo: true,
    why: 'an edge-optimised API answers through edge locations of other countries',
  },
  {
    id: 'cross-region-inference',
    types: ['AWS::Bedrock::*'],
    at: ['CrossRegionConfig', '**.CrossRegionConfig'],
    is: given,
    why: 'the model may answer from any region of its geography',
  },
  {
    id: 'cross-region-inference',
    types: ['AWS::Bedrock::ApplicationInferenceProfile'],
    at: ['ModelSource.CopyFrom'],
    is: (value) =>
      textsOf(value).some((text) => arnsIn(text).some((arn) => arn.rest.startsWith('inference-profile/')))
        ? { verdict: 'leak' }
        : undefined,
    why: 'a system inference profile sends prompts to any region of its geography',
  },
]
