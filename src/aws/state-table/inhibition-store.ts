import { GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { InhibitionStore } from '../../notify/delivery/state/inhibition-store.ts';
import { expiresAt, numberOf, unlessRefused, type Item, type StateTable } from './table.ts';

/** createDynamoInhibitions keeps an item a key, `inhibit#<key>` / `active`, with its end. */
export function createDynamoInhibitions({ client, table }: StateTable): InhibitionStore {
  const keyOf = (key: string): Item => ({ pk: { S: `inhibit#${key}` }, sk: { S: 'active' } });
  return {
    start: async (key, untilMs) => {
      await unlessRefused(
        client.send(
          new UpdateItemCommand({
            TableName: table,
            Key: keyOf(key),
            UpdateExpression: 'SET #until = :until, expires = :expires',
            ConditionExpression: 'attribute_not_exists(#until) OR #until < :until',
            ExpressionAttributeNames: { '#until': 'until' },
            ExpressionAttributeValues: { ':until': { N: String(untilMs) }, ':expires': expiresAt(untilMs) },
          }),
        ),
      );
    },
    active: async (keys, now) => {
      const ends = await Promise.all(
        keys.map(async (key) => {
          const { Item } = await client.send(
            new GetItemCommand({ TableName: table, Key: keyOf(key), ConsistentRead: true }),
          );
          return numberOf(Item?.['until']);
        }),
      );
      return new Set(keys.filter((_key, index) => now.getTime() < (ends[index] ?? 0)));
    },
  };
}
