import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { AttributeValue, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { seenStoreTimes } from '../../notify/delivery/state/seen-store.ts';
import type { Claim, DeliveryKey, Lease, SeenStore, SeenStoreTimes } from '../../notify/delivery/state/seen-store.ts';

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
 * delivery (`deliveredAt`, and its `group`), and `parked` for a group among the dead letters. Every change is one conditional
 * write, so of two functions that claim at the same time one is told to wait. The partition is the finding's, so that a
 * burst of findings spreads over the table.
 */
export function createDynamoSeenStore(options: DynamoSeenStoreOptions): SeenStore {
  const { client, table, newToken, leaseMs, rememberMs } = { ...seenStoreTimes, ...options };
  const expires = (fromMs: number): AttributeValue => ({ N: String(Math.ceil((fromMs + rememberMs) / 1000)) });
  const get = async (key: DeliveryKey): Promise<Item | undefined> => {
    const { Item } = await client.send(new GetItemCommand({ TableName: table, Key: keyOf(key), ConsistentRead: true }));
    return Item;
  };

  return {
    claim: async (key, now) => {
      const nowMs = now.getTime();
      const token = newToken();
      // A second round only when the item went between the refused write and the look at it.
      for (let round = 1; ; round += 1) {
        try {
          const { Attributes: before } = await client.send(
            new UpdateItemCommand({
              TableName: table,
              Key: keyOf(key),
              UpdateExpression:
                'SET #lease = :token, leaseUntil = :until, expires = :expires REMOVE deliveredAt, #group',
              // The time to live deletes late, so what has expired counts as gone by the clock. What was delivered has no
              // lease that could end; what was parked has none, and may be claimed.
              ConditionExpression:
                'attribute_not_exists(pk) OR expires <= :seconds OR leaseUntil <= :now OR (attribute_exists(parked) AND attribute_not_exists(#lease))',
              ExpressionAttributeNames: { '#lease': 'lease', '#group': 'group' },
              ExpressionAttributeValues: {
                ':token': { S: token },
                ':until': { N: String(nowMs + leaseMs) },
                ':expires': expires(nowMs),
                ':now': { N: String(nowMs) },
                ':seconds': { N: String(Math.floor(nowMs / 1000)) },
              },
              ReturnValues: 'ALL_OLD',
            }),
          );
          const parked = before?.['parked']?.S;
          const again = before?.['lease'] !== undefined;
          const lease = { key, token, ...(again && { again }), ...(parked !== undefined && { parked }) };
          return { kind: 'granted', lease };
        } catch (error) {
          if (!(error instanceof ConditionalCheckFailedException)) throw error;
        }
        const item = await get(key);
        if (item?.['lease']?.S === token) return { kind: 'granted', lease: ownLease(key, token, item) };
        if (item !== undefined) return claimOf(item);
        if (round === 2) return { kind: 'held', until: new Date(nowMs + leaseMs).toISOString() };
      }
    },

    // It was delivered, whoever holds the lease by now; only what was parked since is still to be claimed.
    record: async ({ key, token = '' }, now, group) => {
      try {
        await client.send(
          new PutItemCommand({
            TableName: table,
            Item: {
              ...keyOf(key),
              deliveredAt: { S: now.toISOString() },
              ...(group !== undefined && { group: { S: group } }),
              expires: expires(now.getTime()),
            },
            ConditionExpression: 'attribute_not_exists(parked) OR #lease = :token',
            ExpressionAttributeNames: { '#lease': 'lease' },
            ExpressionAttributeValues: { ':token': { S: token } },
          }),
        );
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
      }
    },

    release: async ({ key, token, parked }) => {
      const mine = {
        TableName: table,
        Key: keyOf(key),
        ConditionExpression: '#lease = :token',
        ExpressionAttributeNames: { '#lease': 'lease' },
        ExpressionAttributeValues: { ':token': { S: token } },
      };
      try {
        if (parked === undefined) await client.send(new DeleteItemCommand(mine));
        else await client.send(new UpdateItemCommand({ ...mine, UpdateExpression: 'REMOVE #lease, leaseUntil' }));
      } catch (error) {
        // The lease ended and is another's by now, or the delivery is recorded.
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
      }
    },

    park: async (key, group, now) => {
      await client.send(
        new PutItemCommand({
          TableName: table,
          Item: { ...keyOf(key), parked: { S: group }, expires: expires(now.getTime()) },
        }),
      );
    },

    find: async (key, now) => {
      const item = await get(key);
      if (item === undefined || Number(item['expires']?.N ?? 0) <= now.getTime() / 1000) return undefined;
      return item['deliveredAt']?.S;
    },
  };
}

function keyOf({ findingId, receiver }: DeliveryKey): Item {
  return { pk: { S: `seen#${findingId}` }, sk: { S: receiver } };
}

/** The lease is ours: the answer got lost, and the SDK asked once more. What was there before, nobody can say any more. */
function ownLease(key: DeliveryKey, token: string, { parked }: Item): Lease {
  return { key, token, again: true, ...(parked?.S !== undefined && { parked: parked.S }) };
}

function claimOf({ deliveredAt, group, leaseUntil }: Item): Claim {
  if (deliveredAt?.S !== undefined) {
    return { kind: 'delivered', at: deliveredAt.S, ...(group?.S !== undefined && { group: group.S }) };
  }
  return { kind: 'held', until: new Date(Number(leaseUntil?.N ?? 0)).toISOString() };
}
