import {
  type Event,
  type FilterRule,
  GetBucketNotificationConfigurationCommand,
  type NotificationConfiguration,
  type NotificationConfigurationFilter,
  PutBucketNotificationConfigurationCommand,
} from '@aws-sdk/client-s3'
import * as z from 'zod'
import { property } from './property.ts'

const target = {
  Event: z.string(),
  Filter: z
    .strictObject({
      S3Key: z.strictObject({ Rules: z.array(z.strictObject({ Name: z.string(), Value: z.string() })) }),
    })
    .optional(),
}

const Notification = z.strictObject({
  QueueConfigurations: z.array(z.strictObject({ ...target, Queue: z.string() })).default([]),
  LambdaConfigurations: z.array(z.strictObject({ ...target, Function: z.string() })).default([]),
  EventBridgeConfiguration: z.strictObject({ EventBridgeEnabled: z.boolean() }).optional(),
})

function common(entry: {
  Event: string
  Filter?: { S3Key: { Rules: { Name: string; Value: string }[] } } | undefined
}): {
  Events: Event[]
  Filter: NotificationConfigurationFilter | undefined
} {
  const rules = entry.Filter?.S3Key.Rules as FilterRule[] | undefined
  return { Events: [entry.Event as Event], Filter: rules && { Key: { FilterRules: rules } } }
}

function toApi(value: z.infer<typeof Notification>): NotificationConfiguration {
  return {
    QueueConfigurations: value.QueueConfigurations.map((entry) => ({ QueueArn: entry.Queue, ...common(entry) })),
    LambdaFunctionConfigurations: value.LambdaConfigurations.map((entry) => ({
      LambdaFunctionArn: entry.Function,
      ...common(entry),
    })),
    ...(value.EventBridgeConfiguration?.EventBridgeEnabled === true ? { EventBridgeConfiguration: {} } : {}),
  }
}

/** `NotificationConfiguration` of the L1 bucket (the L2's custom resource does not deploy on the emulator). */
export const notification = property({
  type: 'AWS::S3::Bucket',
  name: 'NotificationConfiguration',
  desired: (value) => {
    const { QueueConfigurations, LambdaFunctionConfigurations, ...rest } = toApi(Notification.parse(value))
    return {
      ...rest,
      ...(QueueConfigurations?.length ? { QueueConfigurations } : {}),
      ...(LambdaFunctionConfigurations?.length ? { LambdaFunctionConfigurations } : {}),
    }
  },
  read: ({ s3, physicalId: Bucket }) => s3.send(new GetBucketNotificationConfigurationCommand({ Bucket })),
  apply: ({ s3, physicalId: Bucket }, configuration) =>
    s3.send(new PutBucketNotificationConfigurationCommand({ Bucket, NotificationConfiguration: configuration })),
})
