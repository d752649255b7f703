import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { AttributeValue, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { seenStoreTimes } from '../notify/seen-store.ts';
import type { Claim, DeliveryKey, SeenStore, SeenStoreTimes } from '../notify/seen-store.ts';

export interface DynamoSeenStoreOptions extends Partial<SeenStoreTimes> {
  readonly client: Pick<DynamoDBClient, 'send'>;
  /** A table with the keys `pk` and `sk`, and `expires` (epoch seconds) as its time to live. */
  readonly table: string;
  /** Gives each lease a name of its own. */
  readonly newToken: () => string;
}

type Item = Record<string, AttributeValue>;

/**
 * createDynamoSeenStore keeps one item for each finding and receiver: first a lease (`lease`, `leaseUntil`), then the
 * delivery (`deliveredAt`). Every change is one conditional write, so of two functions that claim at the same time one
 * is told to wait. The partition is the finding's, so that a burst of findings spreads over the table.
 */
export function createDynamoSeenStore(options: DynamoSeenStoreOptions): SeenStore {
  const { client, table, newToken, leaseMs, rememberMs } = { ...seenStoreTimes, ...options };
  const expires = (fromMs: number): AttributeValue => ({ N: String(Math.ceil((fromMs + rememberMs) / 1000)) });

  return {
    claim: async (key, now) => {
      const nowMs = now.getTime();
      const token = newToken();
      // A second round only when the item went between the refused write and the look at it.
      for (let round = 1; ; round += 1) {
        try {
          await client.send(
            new PutItemCommand({
              TableName: table,
              Item: {
                ...keyOf(key),
                lease: { S: token },
                leaseUntil: { N: String(nowMs + leaseMs) },
                expires: expires(nowMs),
              },
              // The time to live deletes late, so what has expired counts as gone by the clock. A delivered item has
              // no lease that could end.
              ConditionExpression: 'attribute_not_exists(pk) OR expires <= :seconds OR leaseUntil <= :now',
              ExpressionAttributeValues: {
                ':now': { N: String(nowMs) },
                ':seconds': { N: String(Math.floor(nowMs / 1000)) },
              },
            }),
          );
          return { kind: 'granted', lease: { key, token } };
        } catch (error) {
          if (!(error instanceof ConditionalCheckFailedException)) throw error;
        }
        const { Item } = await client.send(
          new GetItemCommand({ TableName: table, Key: keyOf(key), ConsistentRead: true }),
        );
        if (Item !== undefined) return claimOf(Item);
        if (round === 2) return { kind: 'held', until: new Date(nowMs + leaseMs).toISOString() };
      }
    },

    // No condition: it was delivered, whoever holds the lease by now.
    record: async ({ key }, now) => {
      await client.send(
        new PutItemCommand({
          TableName: table,
          Item: { ...keyOf(key), deliveredAt: { S: now.toISOString() }, expires: expires(now.getTime()) },
        }),
      );
    },

    release: async ({ key, token }) => {
      try {
        await client.send(
          new DeleteItemCommand({
            TableName: table,
            Key: keyOf(key),
            ConditionExpression: 'lease = :token',
            ExpressionAttributeValues: { ':token': { S: token } },
          }),
        );
      } catch (error) {
        // The lease ended and is another's by now, or the delivery is recorded.
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
      }
    },
  };
}

function keyOf({ findingId, receiver }: DeliveryKey): Item {
  return { pk: { S: `seen#${findingId}` }, sk: { S: receiver } };
}

function claimOf({ deliveredAt, leaseUntil }: Item): Claim {
  if (deliveredAt?.S !== undefined) return { kind: 'delivered', at: deliveredAt.S };
  return { kind: 'held', until: new Date(Number(leaseUntil?.N ?? 0)).toISOString() };
}
