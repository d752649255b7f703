import { GetItemCommand, PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { CanaryLog } from '../../health/canary.ts';
import { inTable, whetherWritten } from './health-state.ts';
import { expiresAt, type StateTable, type Item } from './table.ts';

/** Longer than dead letters wait to be sent again: a canary that comes back so late is late, and not unknown. */
const keepMs = 16 * 86_400_000;
/** What is no id of ours may be of any length; a key may not. */
const maxIdChars = 100;

/** createDynamoCanaryLog keeps one item a canary, `canary#<id>` / `canary`. */
export function createDynamoCanaryLog(place: StateTable): CanaryLog {
  const { client, table } = place;
  return {
    sent: (canary, at) =>
      inTable(`the canary ${canary} could not be noted`, place, async () => {
        // Of a run that is tried again, the first time is when it flew.
        await whetherWritten(() =>
          client.send(
            new PutItemCommand({
              TableName: table,
              Item: { ...keyOf(canary), sentAt: { S: at.toISOString() }, expires: expiresAt(at.getTime() + keepMs) },
              ConditionExpression: 'attribute_not_exists(pk)',
            }),
          ),
        );
      }),

    async returned(canary, at) {
      if (canary === '' || canary.length > maxIdChars) return { kind: 'unknown' };
      return inTable(`the return of a canary could not be noted`, place, async () => {
        const first = await whetherWritten(() =>
          client.send(
            new UpdateItemCommand({
              TableName: table,
              Key: keyOf(canary),
              UpdateExpression: 'SET returnedAt = :at',
              ConditionExpression: 'attribute_exists(pk) AND attribute_not_exists(returnedAt)',
              ExpressionAttributeValues: { ':at': { S: at.toISOString() } },
            }),
          ),
        );
        const { Item } = await client.send(
          new GetItemCommand({ TableName: table, Key: keyOf(canary), ConsistentRead: true }),
        );
        const sent = Item?.['sentAt']?.S;
        if (sent === undefined) return { kind: 'unknown' };
        return first ? { kind: 'returned', sent: new Date(sent) } : { kind: 'again' };
      });
    },
  };
}

function keyOf(canary: string): Item {
  return { pk: { S: `canary#${canary}` }, sk: { S: 'canary' } };
}
