import { RemovalPolicy } from 'aws-cdk-lib'
import { AttributeType, BillingMode, StreamViewType, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb'
import type { IKey } from 'aws-cdk-lib/aws-kms'
import { Construct } from 'constructs'

/**
 * The records of a cell, in one table of one region: the older construct, since the newer one makes a global table, which is a
 * replica away from another country.
 */
export class CellTable extends Construct {
  readonly table: Table
  readonly streamArn: string

  constructor(scope: Construct, id: string, key: IKey) {
    super(scope, id)
    this.table = new Table(this, 'Records', {
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      sortKey: { name: 'sk', type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      encryption: TableEncryption.CUSTOMER_MANAGED,
      encryptionKey: key,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true, recoveryPeriodInDays: 35 },
      timeToLiveAttribute: 'ttl',
      stream: StreamViewType.NEW_IMAGE,
      deletionProtection: true,
      removalPolicy: RemovalPolicy.RETAIN,
    })
    const { tableStreamArn } = this.table
    if (tableStreamArn === undefined) throw new Error('the table has no stream')
    this.streamArn = tableStreamArn
  }
}
