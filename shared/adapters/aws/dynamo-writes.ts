import type { TransactWriteCommandInput } from '@aws-sdk/lib-dynamodb'
import type { RecordWrite } from '../../ports/record-store.ts'

export type TransactItem = NonNullable<TransactWriteCommandInput['TransactItems']>[number]

/** DynamoDB deletes an expired item within days, not at once: until then it stands there and must count as gone. */
const goneOr = 'attribute_not_exists(pk) OR expiresAt <= :now'
const alive = '(attribute_not_exists(expiresAt) OR expiresAt > :now)'

const lifetime = (expiresAt: string | undefined) =>
  expiresAt === undefined ? {} : { expiresAt, ttl: Math.ceil(Date.parse(expiresAt) / 1000) }

type Guard = 'absent' | { readonly version: number }

const guardedBy = (when: Guard, now: string) =>
  when === 'absent'
    ? { ConditionExpression: goneOr, ExpressionAttributeValues: { ':now': now } }
    : {
        ConditionExpression: `#version = :version AND ${alive}`,
        ExpressionAttributeNames: { '#version': 'version' },
        ExpressionAttributeValues: { ':version': when.version, ':now': now },
      }

type Write<Kind extends RecordWrite['write']> = Extract<RecordWrite, { write: Kind }>

/** An unconditional put still counts the version up, so a reader that held the old one learns of it. */
const putAlways = (table: string, write: Write<'put'>): TransactItem => {
  const life = Object.entries(lifetime(write.expiresAt))
  const sets = ['body = :body', '#version = if_not_exists(#version, :zero) + :one']
  return {
    Update: {
      TableName: table,
      Key: { pk: write.partition, sk: write.sort },
      UpdateExpression:
        life.length === 0
          ? `SET ${sets.join(', ')} REMOVE expiresAt, #ttl`
          : `SET ${sets.join(', ')}, expiresAt = :expiresAt, #ttl = :ttl`,
      ExpressionAttributeNames: { '#version': 'version', '#ttl': 'ttl' },
      ExpressionAttributeValues: {
        ':body': write.body,
        ':zero': 0,
        ':one': 1,
        ...Object.fromEntries(life.map(([name, value]) => [`:${name}`, value])),
      },
    },
  }
}

const put = (table: string, write: Write<'put'>, now: string): TransactItem => {
  if (write.when === 'always') return putAlways(table, write)
  return {
    Put: {
      TableName: table,
      Item: {
        pk: write.partition,
        sk: write.sort,
        body: write.body,
        version: write.when === 'absent' ? 1 : write.when.version + 1,
        ...lifetime(write.expiresAt),
      },
      ...guardedBy(write.when, now),
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    },
  }
}

/** Counts on a record that exists. Nested, so its parent must be there: `addFirst` is the other half. */
const addMore = (table: string, write: Write<'add'>, now: string): TransactItem => {
  const counts = Object.entries(write.counts)
  const names = counts.map(([field], at) => [`#c${at}`, field] as const)
  return {
    Update: {
      TableName: table,
      Key: { pk: write.partition, sk: write.sort },
      UpdateExpression: `SET #version = #version + :one${names
        .map(([name], at) => `, body.${name} = if_not_exists(body.${name}, :zero) + :c${at}`)
        .join('')}`,
      ConditionExpression: `attribute_exists(pk) AND ${alive}`,
      ExpressionAttributeNames: { '#version': 'version', ...Object.fromEntries(names) },
      ExpressionAttributeValues: {
        ':now': now,
        ':one': 1,
        ...(counts.length === 0 ? {} : { ':zero': 0 }),
        ...Object.fromEntries(counts.map(([, count], at) => [`:c${at}`, count])),
      },
    },
  }
}

const addFirst = (table: string, write: Write<'add'>, now: string): TransactItem =>
  put(table, { ...write, write: 'put', when: 'absent', body: write.counts }, now)

/** `firstAdds`: positions of adds that were found to have no record to count on. */
export const transactItems = (
  table: string,
  writes: readonly RecordWrite[],
  now: string,
  firstAdds: ReadonlySet<number>,
): TransactItem[] =>
  writes.map((write, at): TransactItem => {
    const Key = { pk: write.partition, sk: write.sort }
    switch (write.write) {
      case 'put':
        return put(table, write, now)
      case 'add':
        return firstAdds.has(at) ? addFirst(table, write, now) : addMore(table, write, now)
      case 'remove':
        return {
          Delete: {
            TableName: table,
            Key,
            ...(write.when === 'always' ? {} : guardedBy(write.when, now)),
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          },
        }
      case 'check':
        return {
          ConditionCheck: {
            TableName: table,
            Key,
            ...guardedBy(write.when, now),
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          },
        }
    }
  })
