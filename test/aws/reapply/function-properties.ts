import {
  type EventSourceMappingConfiguration,
  GetEventSourceMappingCommand,
  GetFunctionConcurrencyCommand,
  GetFunctionConfigurationCommand,
  PutFunctionConcurrencyCommand,
  UpdateEventSourceMappingCommand,
  UpdateFunctionConfigurationCommand,
  type UpdateFunctionConfigurationCommandInput,
} from '@aws-sdk/client-lambda'
import { property, type Property } from './property.ts'

const reservedConcurrency = property({
  type: 'AWS::Lambda::Function',
  name: 'ReservedConcurrentExecutions',
  desired: Number,
  read: async ({ lambda, physicalId: FunctionName }) =>
    (await lambda.send(new GetFunctionConcurrencyCommand({ FunctionName }))).ReservedConcurrentExecutions,
  apply: ({ lambda, physicalId: FunctionName }, ReservedConcurrentExecutions) =>
    lambda.send(new PutFunctionConcurrencyCommand({ FunctionName, ReservedConcurrentExecutions })),
})

/** Parts of a function's configuration that the template and the API write alike. */
const configuration = [
  'Environment',
  'MemorySize',
  'Timeout',
  'TracingConfig',
  'KMSKeyArn',
  'DeadLetterConfig',
] as const

const functionConfiguration = (name: (typeof configuration)[number]): Property =>
  property<UpdateFunctionConfigurationCommandInput[typeof name]>({
    type: 'AWS::Lambda::Function',
    // The template alone spells it KmsKeyArn.
    name: name === 'KMSKeyArn' ? 'KmsKeyArn' : name,
    desired: (value) => value as UpdateFunctionConfigurationCommandInput[typeof name],
    read: async ({ lambda, physicalId: FunctionName }) =>
      (await lambda.send(new GetFunctionConfigurationCommand({ FunctionName })))[name],
    apply: ({ lambda, physicalId: FunctionName }, value) =>
      lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, [name]: value })),
  })

const mapping = [
  'BatchSize',
  'BisectBatchOnFunctionError',
  'DestinationConfig',
  'FilterCriteria',
  'FunctionResponseTypes',
  'MaximumBatchingWindowInSeconds',
  'MaximumRecordAgeInSeconds',
  'MaximumRetryAttempts',
  'ParallelizationFactor',
  'ScalingConfig',
  'StartingPosition',
] as const satisfies readonly (keyof EventSourceMappingConfiguration)[]

const sourceMapping = (name: (typeof mapping)[number]): Property =>
  property({
    type: 'AWS::Lambda::EventSourceMapping',
    name,
    desired: (value) => value,
    read: async ({ lambda, physicalId: UUID }) => (await lambda.send(new GetEventSourceMappingCommand({ UUID })))[name],
    apply: ({ lambda, physicalId: UUID }, value) =>
      lambda.send(new UpdateEventSourceMappingCommand({ UUID, [name]: value })),
  })

/** Functions and what feeds them. */
export const functionProperties: readonly Property[] = [
  reservedConcurrency,
  ...configuration.map(functionConfiguration),
  ...mapping.map(sourceMapping),
]
