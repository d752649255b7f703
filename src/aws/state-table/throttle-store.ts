import { GetItemCommand, PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { ThrottleStore } from '../../notify/delivery/state/throttle-store.ts';
import { expiresAt, numberOf, unlessRefused, type Item, type StateTable } from './table.ts';

/**
 * createDynamoThrottle keeps an item a name, `throttle#<scope>` / `now`, with the set of groups that have a place until its end; it
 * is written when a group opens, and no more once it is full.
 */
export function createDynamoThrottle({ client, table }: StateTable): ThrottleStore {
  return {
    take: async (scope, group, { most, forMs }, now) => {
      const Key: Item = { pk: { S: `throttle#${scope}` }, sk: { S: 'now' } };
      const nowMs = now.getTime();
      const untilMs = nowMs + forMs;
      const names = { '#groups': 'groups', '#until': 'until' };
      for (;;) {
        const taken = await unlessRefused(
          client.send(
            new UpdateItemCommand({
              TableName: table,
              Key,
              UpdateExpression: 'ADD #groups :one',
              ConditionExpression: '#until > :now AND (contains(#groups, :group) OR size(#groups) < :most)',
              ExpressionAttributeNames: names,
              ExpressionAttributeValues: {
                ':one': { SS: [group] },
                ':group': { S: group },
                ':now': { N: String(nowMs) },
                ':most': { N: String(most) },
              },
            }),
          ),
        );
        if (taken !== undefined) return { kind: 'taken' };
        const Item = { ...Key, groups: { SS: [group] }, until: { N: String(untilMs) }, expires: expiresAt(untilMs) };
        const begun = await unlessRefused(
          client.send(
            new PutItemCommand({
              TableName: table,
              Item,
              ConditionExpression: 'attribute_not_exists(pk) OR #until <= :now',
              ExpressionAttributeNames: { '#until': 'until' },
              ExpressionAttributeValues: { ':now': { N: String(nowMs) } },
            }),
          ),
        );
        if (begun !== undefined) return { kind: 'taken' };
        // Somebody else began it, or it is full.
        const { Item: there } = await client.send(new GetItemCommand({ TableName: table, Key, ConsistentRead: true }));
        const groups = there?.['groups']?.SS ?? [];
        if (groups.length >= most && !groups.includes(group)) {
          return { kind: 'full', untilMs: numberOf(there?.['until']) };
        }
      }
    },
  };
}
