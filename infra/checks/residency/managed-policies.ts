/**
 * What AWS's own policies grant, as its reference of managed policies documents them, page by page under the policy's name
 * (docs.aws.amazon.com/aws-managed-policy/latest/reference). Resources and conditions are left out, so each is taken for `*`:
 * that never grants less. AWS may widen a policy; the version is what was read. One that is not here is a finding.
 */
interface DocumentedPolicy {
  readonly version: string
  /** A service and what of it is allowed. */
  readonly grants: readonly string[]
}

const writeLogs = 'logs: CreateLogGroup CreateLogStream PutLogEvents'
const pullImages = 'ecr: GetAuthorizationToken BatchCheckLayerAvailability GetDownloadUrlForLayer BatchGetImage'
const traces =
  'xray: PutTraceSegments PutTelemetryRecords GetSamplingRules GetSamplingTargets GetSamplingStatisticSummaries'

const documented: Readonly<Record<string, DocumentedPolicy>> = {
  AWSAppSyncPushToCloudWatchLogs: { version: 'v1', grants: [writeLogs] },
  AWSLambdaBasicExecutionRole: { version: 'v1', grants: [writeLogs] },
  AWSLambdaDynamoDBExecutionRole: {
    version: 'v1',
    grants: [writeLogs, 'dynamodb: DescribeStream GetRecords GetShardIterator ListStreams'],
  },
  AWSLambdaKinesisExecutionRole: {
    version: 'v2',
    grants: [
      writeLogs,
      'kinesis: DescribeStream DescribeStreamSummary GetRecords GetShardIterator ListShards ListStreams SubscribeToShard',
    ],
  },
  AWSLambdaSQSQueueExecutionRole: {
    version: 'v1',
    grants: [writeLogs, 'sqs: ReceiveMessage DeleteMessage GetQueueAttributes'],
  },
  AWSLambdaVPCAccessExecutionRole: {
    version: 'v3',
    grants: [
      writeLogs,
      'ec2: CreateNetworkInterface DescribeNetworkInterfaces DescribeSubnets DeleteNetworkInterface',
      'ec2: AssignPrivateIpAddresses UnassignPrivateIpAddresses',
    ],
  },
  AWSXRayDaemonWriteAccess: { version: 'v2', grants: [traces] },
  AWSXrayWriteOnlyAccess: { version: 'v2', grants: [traces] },
  AmazonAPIGatewayPushToCloudWatchLogs: {
    version: 'v1',
    grants: [writeLogs, 'logs: DescribeLogGroups DescribeLogStreams GetLogEvents FilterLogEvents'],
  },
  AmazonDynamoDBReadOnlyAccess: {
    version: 'v14',
    grants: [
      'application-autoscaling: DescribeScalableTargets DescribeScalingActivities DescribeScalingPolicies',
      'cloudwatch: DescribeAlarmHistory DescribeAlarms DescribeAlarmsForMetric GetMetricStatistics ListMetrics',
      'cloudwatch: GetMetricData GetInsightRuleReport',
      'datapipeline: DescribeObjects DescribePipelines GetPipelineDefinition ListPipelines QueryObjects',
      'dynamodb: BatchGetItem Describe* List* GetItem GetResourcePolicy Query Scan PartiQLSelect',
      'dax: Describe* List* GetItem BatchGetItem Query Scan',
      'ec2: DescribeVpcs DescribeSubnets DescribeSecurityGroups',
      'iam: GetRole ListRoles',
      'kms: DescribeKey ListAliases',
      'sns: ListSubscriptionsByTopic ListTopics',
      'lambda: ListFunctions ListEventSourceMappings GetFunctionConfiguration',
      'resource-groups: ListGroups ListGroupResources GetGroup GetGroupQuery',
      'tag: GetResources',
      'kinesis: ListStreams DescribeStream DescribeStreamSummary',
    ],
  },
  AmazonEC2ContainerRegistryReadOnly: {
    version: 'v3',
    grants: [
      pullImages,
      'ecr: GetRepositoryPolicy DescribeRepositories ListImages DescribeImages GetLifecyclePolicy',
      'ecr: GetLifecyclePolicyPreview ListTagsForResource DescribeImageScanFindings',
    ],
  },
  AmazonEC2ContainerServiceforEC2Role: {
    version: 'v7',
    grants: [
      pullImages,
      'ec2: DescribeTags',
      'ecs: CreateCluster DeregisterContainerInstance DiscoverPollEndpoint Poll RegisterContainerInstance',
      'ecs: StartTelemetrySession UpdateContainerInstancesState Submit* TagResource',
      'logs: CreateLogStream PutLogEvents',
    ],
  },
  AmazonEC2RoleforAWSCodeDeploy: { version: 'v2', grants: ['s3: GetObject GetObjectVersion ListBucket'] },
  AmazonECSTaskExecutionRolePolicy: { version: 'v1', grants: [pullImages, 'logs: CreateLogStream PutLogEvents'] },
  AmazonEKSClusterPolicy: {
    version: 'v9',
    grants: [
      'autoscaling: DescribeAutoScalingGroups UpdateAutoScalingGroup',
      'ec2: AttachVolume AuthorizeSecurityGroupIngress CreateRoute CreateSecurityGroup CreateTags CreateVolume DeleteRoute',
      'ec2: DeleteSecurityGroup DeleteVolume DeleteNetworkInterface DescribeInstances DescribeRouteTables',
      'ec2: DescribeSecurityGroups DescribeSubnets DescribeVolumes DescribeVolumesModifications DescribeVpcs',
      'ec2: DescribeDhcpOptions DescribeNetworkInterfaces DescribeAvailabilityZones DetachVolume',
      'ec2: ModifyInstanceAttribute ModifyVolume RevokeSecurityGroupIngress DescribeAccountAttributes',
      'ec2: DescribeAddresses DescribeInternetGateways DescribeInstanceTopology',
      'elasticloadbalancing: AddTags ApplySecurityGroupsToLoadBalancer AttachLoadBalancerToSubnets ConfigureHealthCheck',
      'elasticloadbalancing: CreateListener CreateLoadBalancer CreateLoadBalancerListeners CreateLoadBalancerPolicy',
      'elasticloadbalancing: CreateTargetGroup DeleteListener DeleteLoadBalancer DeleteLoadBalancerListeners',
      'elasticloadbalancing: DeleteTargetGroup DeregisterInstancesFromLoadBalancer DeregisterTargets DescribeListeners',
      'elasticloadbalancing: DescribeLoadBalancerAttributes DescribeLoadBalancerPolicies DescribeLoadBalancers',
      'elasticloadbalancing: DescribeTargetGroupAttributes DescribeTargetGroups DescribeTargetHealth',
      'elasticloadbalancing: DetachLoadBalancerFromSubnets ModifyListener ModifyLoadBalancerAttributes ModifyTargetGroup',
      'elasticloadbalancing: ModifyTargetGroupAttributes RegisterInstancesWithLoadBalancer RegisterTargets',
      'elasticloadbalancing: SetLoadBalancerPoliciesForBackendServer SetLoadBalancerPoliciesOfListener',
      'kms: DescribeKey',
      'iam: CreateServiceLinkedRole',
    ],
  },
  AmazonEKSWorkerNodePolicy: {
    version: 'v3',
    grants: [
      'ec2: DescribeInstances DescribeInstanceTypes DescribeRouteTables DescribeSecurityGroups DescribeSubnets',
      'ec2: DescribeVolumes DescribeVolumesModifications DescribeVpcs',
      'eks: DescribeCluster',
      'eks-auth: AssumeRoleForPodIdentity',
    ],
  },
  AmazonEKS_CNI_Policy: {
    version: 'v5',
    grants: [
      'ec2: AssignPrivateIpAddresses AttachNetworkInterface CreateNetworkInterface DeleteNetworkInterface DescribeInstances',
      'ec2: DescribeTags DescribeNetworkInterfaces DescribeInstanceTypes DescribeSubnets DetachNetworkInterface',
      'ec2: ModifyNetworkInterfaceAttribute UnassignPrivateIpAddresses CreateTags',
    ],
  },
  AmazonRDSEnhancedMonitoringRole: {
    version: 'v1',
    grants: [writeLogs, 'logs: PutRetentionPolicy DescribeLogStreams GetLogEvents'],
  },
  AmazonS3ReadOnlyAccess: { version: 'v3', grants: ['s3: Get* List* Describe*', 's3-object-lambda: Get* List*'] },
  AmazonSSMManagedInstanceCore: {
    version: 'v2',
    grants: [
      'ssm: DescribeAssociation GetDeployablePatchSnapshotForInstance GetDocument DescribeDocument GetManifest',
      'ssm: GetParameter GetParameters ListAssociations ListInstanceAssociations PutInventory PutComplianceItems',
      'ssm: PutConfigurePackageResult UpdateAssociationStatus UpdateInstanceAssociationStatus UpdateInstanceInformation',
      'ssmmessages: CreateControlChannel CreateDataChannel OpenControlChannel OpenDataChannel',
      'ec2messages: AcknowledgeMessage DeleteMessage FailMessage GetEndpoint GetMessages SendReply',
    ],
  },
  CloudWatchAgentServerPolicy: {
    version: 'v3',
    grants: [
      writeLogs,
      traces,
      'cloudwatch: PutMetricData',
      'ec2: DescribeVolumes DescribeTags',
      'logs: PutRetentionPolicy DescribeLogStreams DescribeLogGroups',
      'ssm: GetParameter',
    ],
  },
}

const actionsIn = (line: string): string[] => {
  const [service = '', names = ''] = line.split(': ')
  return names.split(' ').map((name) => `${service}:${name}`)
}

/** Every action that the policy is documented to allow; `undefined` where it is not written down here. */
export const documentedActions = (name: string): readonly string[] | undefined =>
  Object.hasOwn(documented, name) ? documented[name]?.grants.flatMap(actionsIn) : undefined

export const documentedPolicies = Object.keys(documented)

/** The right to copy anything anywhere, for the service alone: the plan's CopyActions decide, and are judged by themselves. */
export const SERVICE_POLICIES: Readonly<Record<string, string>> = {
  AWSBackupServiceRolePolicyForBackup: 'backup.amazonaws.com',
}
