import { createHash } from 'node:crypto';
import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  paginateQuery,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { AttributeValue, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { CopiedFolder, CopyLease, CopyLedger } from '../../archive/copy/copy-ledger.ts';

export interface DynamoCopyOptions {
  readonly client: DynamoDBClient;
  /** A table with the keys `pk` and `sk`, and `expires` (epoch seconds) as its time to live. */
  readonly table: string;
}

type Item = Record<string, AttributeValue>;

/** createDynamoCopyLedger keeps an item a folder, `archive#<copy>` / `folder#2026/03/11`; they don't expire. */
export function createDynamoCopyLedger({ client, table }: DynamoCopyOptions, location: string): CopyLedger {
  const pk = { S: `archive#${createHash('sha256').update(location).digest('hex').slice(0, 32)}` };

  async function* items(before?: string): AsyncGenerator<Item> {
    const pages = paginateQuery(
      { client },
      {
        TableName: table,
        KeyConditionExpression: 'pk = :pk AND sk BETWEEN :first AND :last',
        ExpressionAttributeValues: {
          ':pk': pk,
          ':first': { S: 'folder#' },
          ':last': { S: before === undefined ? 'folder$' : `folder#${before}` },
        },
        ConsistentRead: true,
      },
    );
    for await (const { Items = [] } of pages) yield* Items;
  }

  return {
    async folders() {
      const folders: CopiedFolder[] = [];
      for await (const item of items()) folders.push(JSON.parse(item['folder']?.S ?? '') as CopiedFolder);
      return folders;
    },
    async record(folder) {
      const Item = { pk, sk: { S: `folder#${folder.day}` }, folder: { S: JSON.stringify(folder) } };
      await client.send(new PutItemCommand({ TableName: table, Item }));
    },
    async forget(before) {
      for await (const { sk } of items(before)) {
        if (sk?.S === undefined || sk.S >= `folder#${before}`) continue;
        await client.send(new DeleteItemCommand({ TableName: table, Key: { pk, sk } }));
      }
    },
  };
}

/** createDynamoCopyLease keeps one item, `archive#lease` / `copy`, which its holder may renew and others may take once it has ended. */
export function createDynamoCopyLease({ client, table }: DynamoCopyOptions): CopyLease {
  const key = { pk: { S: 'archive#lease' }, sk: { S: 'copy' } };
  return {
    async take(holder, now, until) {
      return conditional(
        table,
        client.send(
          new PutItemCommand({
            TableName: table,
            Item: {
              ...key,
              holder: { S: holder },
              until: { S: until.toISOString() },
              expires: { N: String(Math.ceil(until.getTime() / 1_000)) },
            },
            ConditionExpression: 'attribute_not_exists(pk) OR holder = :holder OR #until <= :now',
            ExpressionAttributeNames: { '#until': 'until' },
            ExpressionAttributeValues: { ':holder': { S: holder }, ':now': { S: now.toISOString() } },
          }),
        ),
      );
    },
    async release(holder) {
      await conditional(
        table,
        client.send(
          new DeleteItemCommand({
            TableName: table,
            Key: key,
            ConditionExpression: 'holder = :holder',
            ExpressionAttributeValues: { ':holder': { S: holder } },
          }),
        ),
      );
    },
  };
}

async function conditional(table: string, call: Promise<unknown>): Promise<boolean> {
  try {
    await call;
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    const { name, message } = error as Error;
    throw new Error(`state table ${table}: ${name}: ${message}`, { cause: error });
  }
}
