import { CfnResource } from 'aws-cdk-lib'
import { CfnInclude } from 'aws-cdk-lib/cloudformation-include'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { capability, capabilityNames } from '../../shared/contracts/capabilities.ts'
import { routes } from '../../shared/contracts/routes.ts'
import { routeKey } from '../../shared/contracts/routes/route.ts'
import { isForMachines } from '../../shared/domain/access/permissions.ts'
import {
  ACCOUNT,
  appOf,
  deploymentOf,
  functionNamed,
  ownCell,
  resourcesOf,
  statementsOf,
  templatesOf,
  type Statement,
} from './own-stacks.ts'

const { own, templates } = ownCell('eu-central-1')
const all = (type: string) => resourcesOf(templates, type)
const text = (value: unknown): string => JSON.stringify(value)

interface Notifications {
  readonly QueueConfigurations: readonly {
    readonly Event: string
    readonly Filter: { readonly S3Key: { readonly Rules: readonly unknown[] } }
    readonly Queue: unknown
  }[]
}

/** Policies that say who may reach a key, bucket, queue or topic. */
const resourcePolicies = (): { readonly on: string; readonly statement: Statement }[] =>
  [
    ...all('AWS::KMS::Key').map(({ id, properties }) => [id, properties['KeyPolicy']] as const),
    ...['AWS::S3::BucketPolicy', 'AWS::SQS::QueuePolicy', 'AWS::SNS::TopicPolicy'].flatMap((type) =>
      all(type).map(({ id, properties }) => [id, properties['PolicyDocument']] as const),
    ),
  ].flatMap(([on, document]) => statementsOf(document).map((statement) => ({ on, statement })))

describe('keys', () => {
  test('are one a class: no two of bucket, table, queues, logs and functions share one', () => {
    const bucketKeys = all('AWS::S3::Bucket').map(
      ({ properties }) => text(properties['BucketEncryption']).match(/Keys[A-Z]\w+?[0-9A-F]{8}/)?.[0],
    )
    expect(bucketKeys).not.toContain(undefined)
    // The access logs lie under the key of the logs; every other bucket has its own.
    expect(new Set(bucketKeys).size).toBe(8)
    expect(all('AWS::KMS::Key')).toHaveLength(18)
  })

  test('rotate where KMS can, stay in their region and outlive their stack', () => {
    for (const { properties, DeletionPolicy, stack } of all('AWS::KMS::Key')) {
      expect(properties['EnableKeyRotation'] === true || properties['KeySpec'] !== undefined).toBe(true)
      expect(properties['MultiRegion']).not.toBe(true)
      if (!stack.endsWith('observability')) expect(DeletionPolicy).toBe('Retain')
    }
  })

  test('are never given whole, and are destroyed by administrators only', () => {
    for (const { properties } of all('AWS::KMS::Key')) {
      const statements = statementsOf(properties['KeyPolicy'])
      expect(text(statements.filter(({ Effect }) => Effect === 'Allow'))).not.toContain('kms:*')
      expect(statements.filter(({ Effect }) => Effect === 'Deny').map(({ Sid }) => Sid)).toEqual([
        'NeverInAnotherRegion',
        'RetiredByAdministratorsOnly',
      ])
    }
  })
})

describe('buckets', () => {
  test('are private, versioned, encrypted and owned by the cell', () => {
    for (const { properties, DeletionPolicy } of all('AWS::S3::Bucket')) {
      expect(properties).toMatchObject({
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true,
          BlockPublicPolicy: true,
          IgnorePublicAcls: true,
          RestrictPublicBuckets: true,
        },
        VersioningConfiguration: { Status: 'Enabled' },
        OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
      })
      expect(text(properties['BucketEncryption'])).toContain('"SSEAlgorithm":"aws:kms"')
      expect(DeletionPolicy).toBe('Retain')
    }
  })

  test('lock images and reports so that an erasure stays possible, and the audit so that nothing is', () => {
    const modeOf = Object.fromEntries(
      all('AWS::S3::Bucket').map(({ properties }) => [
        String(properties['BucketName']).replace(/^overread-cell-eu-central-1-|-\d+$/g, ''),
        text(properties['ObjectLockConfiguration'] ?? {}).match(/"Mode":"(\w+)"/)?.[1],
      ]),
    )
    expect(modeOf).toEqual({
      incoming: undefined,
      images: 'GOVERNANCE',
      copies: undefined,
      reports: 'GOVERNANCE',
      audit: 'COMPLIANCE',
      quarantine: undefined,
      network: undefined,
      'access-logs': undefined,
    })
  })

  test('tell a queue of each urgency of what arrives under its prefix, only once the queue takes it', () => {
    const [incoming] = all('AWS::S3::Bucket').filter(({ properties }) => 'NotificationConfiguration' in properties)
    const { QueueConfigurations } = incoming?.properties['NotificationConfiguration'] as Notifications
    const told = QueueConfigurations.map(({ Event, Filter, Queue }) => ({
      event: Event,
      filter: Filter.S3Key.Rules,
      queue: text(Queue).match(/"(\w+Queue)[0-9A-F]{8}"/)?.[1],
    }))
    const event = 's3:ObjectCreated:*'
    expect(told).toEqual([
      { event, filter: [{ Name: 'prefix', Value: 'stat/' }], queue: 'ArrivalsStatQueue' },
      { event, filter: [{ Name: 'prefix', Value: 'urgent/' }], queue: 'ArrivalsUrgentQueue' },
      { event, filter: [{ Name: 'prefix', Value: 'studies/' }], queue: 'ArrivalsQueue' },
    ])
    for (const { queue } of told)
      expect(incoming?.DependsOn?.some((id) => new RegExp(`^${queue}.*Policy`).test(id))).toBe(true)
  })
})

describe('queues', () => {
  test('every queue has dead letters, and every dead-letter queue an alarm', () => {
    const queues = all('AWS::SQS::Queue')
    const redriven = queues.filter(({ properties }) => 'RedrivePolicy' in properties)
    const dead = queues.filter(({ properties }) => !('RedrivePolicy' in properties))
    expect(redriven).toHaveLength(12)
    const alarmed = text(all('AWS::CloudWatch::Alarm').map(({ properties }) => properties))
    for (const { id } of dead) {
      expect(redriven.some(({ properties }) => text(properties['RedrivePolicy']).includes(id))).toBe(true)
      expect(alarmed).toContain(`GetAtt${id}QueueName`)
    }
  })

  test('are encrypted under the queue key and hold messages for fourteen days', () => {
    for (const { properties } of all('AWS::SQS::Queue')) {
      expect(text(properties['KmsMasterKeyId'])).toContain('KeysQueues')
      expect(properties['MessageRetentionPeriod']).toBe(1_209_600)
    }
  })

  test('hide a message six times as long as its function may take', () => {
    const timeouts = new Map(
      all('AWS::Lambda::Function').map(({ id, properties }) => [id, Number(properties['Timeout'])] as const),
    )
    const mappings = all('AWS::Lambda::EventSourceMapping').filter(({ properties }) =>
      /Queue/.test(text(properties['EventSourceArn'])),
    )
    expect(mappings).toHaveLength(12)
    for (const { properties } of mappings) {
      const source = text(properties['EventSourceArn'])
      const queue = all('AWS::SQS::Queue').find(({ id }) => source.includes(id))
      const timeout = timeouts.get((properties['FunctionName'] as { Ref: string }).Ref)
      expect(Number(queue?.properties['VisibilityTimeout'])).toBeGreaterThanOrEqual(6 * (timeout ?? Infinity))
      expect(properties['FunctionResponseTypes']).toEqual(['ReportBatchItemFailures'])
    }
  })

  test('that share a function leave each other places: together they take no more than it has', () => {
    const taken = new Map<string, number>()
    for (const { properties } of all('AWS::Lambda::EventSourceMapping')) {
      const { Ref } = properties['FunctionName'] as { Ref: string }
      const { MaximumConcurrency = 0 } = (properties['ScalingConfig'] ?? {}) as { MaximumConcurrency?: number }
      taken.set(Ref, (taken.get(Ref) ?? 0) + MaximumConcurrency)
    }
    const reserved = all('AWS::Lambda::Function').flatMap(({ id, properties }) =>
      taken.has(id) ? [[id, Number(properties['ReservedConcurrentExecutions'])] as const] : [],
    )
    expect(reserved).toHaveLength(taken.size)
    for (const [id, places] of reserved) expect(taken.get(id), id).toBeLessThanOrEqual(places)
  })
})

test('the table is encrypted, recoverable, protected, expiring and followed', () => {
  const [table, ...others] = all('AWS::DynamoDB::Table')
  expect(others).toEqual([])
  expect(table?.properties).toMatchObject({
    SSESpecification: { SSEEnabled: true, SSEType: 'KMS' },
    PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
    DeletionProtectionEnabled: true,
    TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true },
    StreamSpecification: { StreamViewType: 'NEW_IMAGE' },
  })
  const outbox = all('AWS::Lambda::EventSourceMapping').find(({ properties }) => 'FilterCriteria' in properties)
  expect(text(outbox?.properties['FilterCriteria'])).toContain('outbox')
  expect(outbox?.properties).toHaveProperty('DestinationConfig.OnFailure')
})

describe('functions', () => {
  test('are one a capability, on a kept runtime, with a share of their own and somewhere for what fails', () => {
    expect(all('AWS::Lambda::Function')).toHaveLength(capabilityNames.length)
    for (const name of capabilityNames) {
      expect(functionNamed(templates, name).properties).toMatchObject({
        Runtime: 'nodejs24.x',
        Architectures: ['arm64'],
        TracingConfig: { Mode: 'Active' },
        ReservedConcurrentExecutions: expect.any(Number) as unknown,
        DeadLetterConfig: expect.anything() as unknown,
        KmsKeyArn: expect.anything() as unknown,
        LoggingConfig: { LogGroup: expect.anything() as unknown },
      })
    }
  })

  test('log under the key of the logs, for as long as the deployment says', () => {
    expect(all('AWS::Logs::LogGroup')).toHaveLength(capabilityNames.length + 1)
    for (const { properties } of all('AWS::Logs::LogGroup')) {
      expect(properties['RetentionInDays']).toBe(365)
      expect(text(properties['KmsKeyId'])).toContain('KeysLogs')
    }
  })

  test('are told names, addresses and keys by ARN: no secret is in an environment', () => {
    const names = all('AWS::Lambda::Function').flatMap(({ properties }) =>
      Object.keys((properties['Environment'] as { Variables: object }).Variables),
    )
    expect(names.filter((name) => /SECRET|PASSWORD|CREDENTIAL|ACCESS_KEY|TOKEN$/.test(name))).toEqual([])
  })
})

describe('rights', () => {
  const rightsOf = (name: (typeof capabilityNames)[number]): string[] => {
    const role = (functionNamed(templates, name).properties['Role'] as { 'Fn::GetAtt': [string] })['Fn::GetAtt'][0]
    const attached = text(all('AWS::IAM::Role').find(({ id }) => id === role)?.properties['ManagedPolicyArns'])
    const policies = all('AWS::IAM::ManagedPolicy').filter(({ id }) => attached.includes(id))
    expect(policies).toHaveLength(1)
    return policies
      .flatMap(({ properties }) => statementsOf(properties['PolicyDocument']))
      .filter(({ Effect }) => Effect === 'Allow')
      .flatMap(({ Action, Resource }) =>
        [Action].flat().flatMap((action) => [Resource].flat().map((resource) => `${action} ${short(resource)}`)),
      )
      .sort()
  }

  /** A resource as a reviewer would say it: `bucket images/*`, `key Seal`, `queue Ingest`. */
  const short = (resource: unknown): string => {
    const said = text(resource)
    const bucket = /:s3:::overread-cell-eu-central-1-(\w+)-\d+(\/[\w.*/]+)?/.exec(said)
    if (bucket !== null) return `bucket ${bucket[1] ?? ''}${bucket[2] ?? ''}`
    const key = /Keys([A-Z][A-Za-z]+?)[0-9A-F]{8}/.exec(said)
    if (key !== null) return `key ${key[1] ?? ''}`
    const table = /TableRecords[0-9A-F]{8}(Stream)?/.exec(said)
    if (table !== null) return table[1] === undefined ? 'table' : 'stream'
    const queue = /GetAtt([A-Z][A-Za-z]+?)Queue[0-9A-F]{8}|GetAttDeadLetters([A-Z][A-Za-z]+?)[0-9A-F]{8}/.exec(said)
    if (queue !== null)
      return queue[1] === undefined && queue[2] !== 'Unhandled'
        ? `dead letters ${queue[2] ?? ''}`
        : `queue ${queue[1] ?? queue[2]}`
    return /Logs[0-9A-F]{8}/.test(said) ? 'own log group' : said
  }

  const golden = JSON.parse(readFileSync(path.join(import.meta.dirname, 'role-rights.json'), 'utf8')) as Readonly<
    Record<string, readonly string[]>
  >

  test.each(capabilityNames)('every role has exactly the rights of its capability: %s', (name) => {
    expect(rightsOf(name)).toEqual(golden[name])
  })

  test('the only rights without a resource are to send traces and to join the private network', () => {
    const wide = capabilityNames.flatMap((name) => rightsOf(name).filter((right) => right.endsWith('"*"')))
    const joining = [
      'AssignPrivateIpAddresses',
      'CreateNetworkInterface',
      'DeleteNetworkInterface',
      'DescribeNetworkInterfaces',
      'DescribeSubnets',
      'UnassignPrivateIpAddresses',
    ]
    expect(new Set(wide)).toEqual(
      new Set([
        ...joining.map((action) => `ec2:${action} "*"`),
        'xray:PutTelemetryRecords "*"',
        'xray:PutTraceSegments "*"',
      ]),
    )
    const actions = capabilityNames.flatMap((name) => rightsOf(name).map((right) => right.split(' ')[0] ?? ''))
    expect(actions.filter((action) => action.includes('*'))).toEqual([])
  })

  test('are in managed policies of their own: no inline policy, no policy of AWS', () => {
    for (const { properties } of all('AWS::IAM::Role')) {
      expect(properties['Policies']).toBeUndefined()
      expect(text(properties['ManagedPolicyArns'] ?? [])).not.toContain(':aws:policy/')
    }
    expect(all('AWS::IAM::Policy')).toEqual([])
  })

  test('no role may list the images it hands out URLs for', () => {
    for (const name of capabilityNames.filter((one) => capability(one).buckets?.images?.includes('sign-get'))) {
      expect(rightsOf(name)).not.toContain('s3:ListBucket bucket images')
    }
  })
})

describe('services of AWS', () => {
  const ofServices = resourcePolicies().filter(({ statement }) => text(statement.Principal).includes('"Service"'))

  test('act for one resource of this account and no other', () => {
    expect(ofServices.length).toBeGreaterThanOrEqual(8)
    for (const { on, statement } of ofServices) {
      const conditions = text(statement.Condition ?? {})
      expect.soft(conditions, on).toContain(`"aws:SourceAccount":"${ACCOUNT}"`)
      expect.soft(conditions, on).toContain('"aws:SourceArn":')
    }
    for (const { properties } of all('AWS::Lambda::Permission')) {
      expect(properties).toMatchObject({ SourceAccount: ACCOUNT, SourceArn: expect.anything() as unknown })
    }
  })

  test('may use the queue key to deliver arrivals and undelivered sweeps', () => {
    const key = all('AWS::KMS::Key').find(({ id }) => id.startsWith('KeysQueues'))
    const services = statementsOf(key?.properties['KeyPolicy']).map(({ Principal }) => text(Principal))
    for (const service of ['s3.amazonaws.com', 'events.amazonaws.com']) {
      expect(services).toContain(text({ Service: service }))
    }
  })
})

describe('the API', () => {
  const isOfMachines = (id: string) => id.startsWith('MachineApi')
  const routesOf = (api: 'Api' | 'MachineApi') =>
    all('AWS::ApiGatewayV2::Route').filter(({ id }) => isOfMachines(id) === (api === 'MachineApi'))
  const expectToken = (properties: Readonly<Record<string, unknown>>, authorizer: string) => {
    expect(properties['AuthorizationType']).toBe('JWT')
    expect(text(properties['AuthorizerId'])).toContain(`"${authorizer}`)
    expect((properties['AuthorizationScopes'] as string[]).length).toBeGreaterThan(0)
  }

  test('asks every route for a token with a scope', () => {
    const made = routesOf('Api')
    const ofPeople = routes.filter(({ capability: name }) => name !== 'machine-token')
    expect(made.map(({ properties }) => properties['RouteKey']).sort()).toEqual(ofPeople.map(routeKey).sort())
    for (const { properties } of made) expectToken(properties, 'ApiTokens')
  })

  test('asks for no token where systems get theirs, and nowhere else', () => {
    const open = all('AWS::ApiGatewayV2::Route').filter(({ properties }) => properties['AuthorizationType'] === 'NONE')
    expect(open.map(({ properties }) => properties['RouteKey']).sort()).toEqual([
      'GET /machines/.well-known/jwks.json',
      'GET /machines/.well-known/openid-configuration',
      'POST /v1/token',
    ])
  })

  test('gives systems the routes that a system may call, under the cell as their issuer', () => {
    const made = routesOf('MachineApi').filter(({ properties }) => properties['AuthorizationType'] !== 'NONE')
    expect(made.map(({ properties }) => properties['RouteKey']).sort()).toEqual(
      routes
        .filter(({ operationId }) => isForMachines(operationId))
        .map(routeKey)
        .sort(),
    )
    for (const { properties } of made) expectToken(properties, 'MachineApiTokens')
    const authorizer = all('AWS::ApiGatewayV2::Authorizer').find(({ id }) => id.startsWith('MachineApi'))
    expect(text(authorizer?.properties['JwtConfiguration'])).toContain('/machines')
  })

  test("serves the issuer's document before an authorizer asks for it", () => {
    const authorizer = all('AWS::ApiGatewayV2::Authorizer').find(({ id }) => id.startsWith('MachineApi'))
    const stage = all('AWS::ApiGatewayV2::Stage').find(({ id }) => id.startsWith('MachineApi'))
    expect(authorizer?.DependsOn).toContain(stage?.id)
    expect(authorizer?.DependsOn?.some((id) => id.startsWith('MachineApiMachineTokenPermission'))).toBe(true)
    expect(stage?.DependsOn?.filter((id) => id.startsWith('MachineApiPublic'))).toHaveLength(3)
  })

  test('logs the route and never the path, the query, the address or the token', () => {
    const [stage, ofMachines] = all('AWS::ApiGatewayV2::Stage')
    for (const settings of ['AccessLogSettings', 'DefaultRouteSettings'])
      expect(ofMachines?.properties[settings]).toEqual(stage?.properties[settings])
    const { Format } = stage?.properties['AccessLogSettings'] as { Format: string }
    expect([...Format.matchAll(/\$context\.([\w.]+)/g)].map(([, name]) => name).sort()).toEqual([
      'authorizer.claims.sub',
      'error.responseType',
      'requestId',
      'requestTime',
      'responseLatency',
      'routeKey',
      'status',
    ])
    expect(stage?.properties['DefaultRouteSettings']).toMatchObject({
      ThrottlingRateLimit: 100,
      ThrottlingBurstLimit: 200,
    })
  })

  test('closes its execute-api address where the deployment has a domain of its own', () => {
    expect(
      all('AWS::ApiGatewayV2::Api').find(({ id }) => !isOfMachines(id))?.properties['DisableExecuteApiEndpoint'],
    ).toBe(false)
    const deployment = deploymentOf('eu-central-1')
    const certificateArn = `arn:aws:acm:eu-central-1:${ACCOUNT}:certificate/1`
    const cells = deployment.cells.map((cell) => ({
      ...cell,
      customDomain: { domainName: 'a.example.org', certificateArn },
    }))
    const withDomain = templatesOf(appOf({ ...deployment, cells }))
    const api = resourcesOf(withDomain, 'AWS::ApiGatewayV2::Api').find(({ id }) => !isOfMachines(id))
    expect(api?.properties['DisableExecuteApiEndpoint']).toBe(true)
  })
})

test('every alarm wakes somebody, and a missing sweep is one', () => {
  const alarms = all('AWS::CloudWatch::Alarm')
  for (const { properties } of alarms) expect((properties['AlarmActions'] as unknown[]).length).toBe(1)
  const sweep = alarms.find(({ properties }) => String(properties['AlarmName']).endsWith('sweep-missing'))
  expect(sweep?.properties).toMatchObject({ TreatMissingData: 'breaching', ComparisonOperator: 'LessThanThreshold' })
})

test('no resource is written raw, where no check of types would see it', () => {
  const raw = own.app.node
    .findAll()
    .filter((construct) => construct instanceof CfnInclude || construct.constructor === CfnResource)
  expect(raw.map(({ node }) => node.path)).toEqual([])
})

test('nothing in a name, a tag or a log group could be a patient', () => {
  const names = templates.flatMap(({ template }) =>
    Object.values(template.Resources).flatMap(({ Properties = {} }) =>
      Object.entries(Properties)
        .filter(([key]) => /Name$|^Tags$/.test(key))
        .map(([, value]) => text(value)),
    ),
  )
  expect(names.filter((name) => /patient|mrn|accession|study-?instance/i.test(name))).toEqual([])
})
