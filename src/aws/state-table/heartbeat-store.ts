import { createHash } from 'node:crypto';
import { GetItemCommand, PutItemCommand, QueryCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { beat, rememberMs, type Heartbeat, type HeartbeatStore } from '../../health/heartbeat.ts';
import { sourceKey, type Source } from '../../health/source.ts';
import { inTable, whetherWritten } from './health-state.ts';
import { expiresAt, type StateTable, type Item } from './table.ts';

/** So many partitions, so that no number of sources makes one of them hot. */
const shards = 8;

/** More sources than this are not looked at: each has some 500 bytes. */
const mostPerShard = 2_000;

/**
 * createDynamoHeartbeatStore keeps one item a source, `heartbeat#<shard>` / `<digest of the source>`, in which the last
 * records' time is also the version: of two writers at the same time one is heard, and both say the same. The attribute `told` is
 * what code calls `notified`.
 */
export function createDynamoHeartbeatStore(place: StateTable): HeartbeatStore {
  const { client, table } = place;
  const read = async (source: Source): Promise<Heartbeat | undefined> => {
    const { Item } = await client.send(new GetItemCommand({ TableName: table, Key: keyOf(source) }));
    return Item === undefined ? undefined : heartbeatOf(Item);
  };

  const shard = async (index: number): Promise<readonly Heartbeat[]> => {
    const found: Heartbeat[] = [];
    let start: Item | undefined;
    do {
      const page = await client.send(
        new QueryCommand({
          TableName: table,
          KeyConditionExpression: 'pk = :pk',
          ExpressionAttributeValues: { ':pk': { S: partitionOf(index) } },
          ...(start === undefined ? {} : { ExclusiveStartKey: start }),
        }),
      );
      found.push(...(page.Items ?? []).map(heartbeatOf).filter((each) => each !== undefined));
      start = page.LastEvaluatedKey;
    } while (start !== undefined && found.length < mostPerShard);
    return found;
  };

  return {
    note: (source, at) =>
      inTable('the heartbeat of a source could not be noted', place, async () => {
        const known = await read(source);
        const next = beat(known, source, at.getTime());
        if (next === undefined) return;
        // Somebody else may be faster: what he wrote says it as well.
        await whetherWritten(() =>
          client.send(
            new PutItemCommand({
              TableName: table,
              Item: { ...keyOf(source), ...itemOf(next) },
              ...(known === undefined
                ? { ConditionExpression: 'attribute_not_exists(pk)' }
                : {
                    ConditionExpression: 'lastAt = :last',
                    ExpressionAttributeValues: { ':last': { N: String(known.last) } },
                  }),
            }),
          ),
        );
      }),

    all: () =>
      inTable('heartbeats could not be read', place, async () =>
        (await Promise.all(Array.from({ length: shards }, (_, index) => shard(index)))).flat(),
      ),

    markNotified: ({ last, source }) =>
      inTable('a silence could not be noted', place, async () => {
        await whetherWritten(() =>
          client.send(
            new UpdateItemCommand({
              TableName: table,
              Key: keyOf(source),
              UpdateExpression: 'SET told = :last',
              ConditionExpression: 'lastAt = :last',
              ExpressionAttributeValues: { ':last': { N: String(last) } },
            }),
          ),
        );
      }),
  };
}

function itemOf({ first, last, longest, source, times, notified }: Heartbeat): Item {
  return {
    source: { S: JSON.stringify(source) },
    firstAt: { N: String(first) },
    lastAt: { N: String(last) },
    times: { N: String(times) },
    longest: { S: JSON.stringify(longest) },
    ...(notified !== undefined && { told: { N: String(notified) } }),
    expires: expiresAt(last + rememberMs),
  };
}

function heartbeatOf(item: Item): Heartbeat | undefined {
  const { firstAt, lastAt, longest, source, times, told } = item;
  if (source?.S === undefined) return undefined;
  return {
    source: JSON.parse(source.S) as Source,
    first: Number(firstAt?.N),
    last: Number(lastAt?.N),
    times: Number(times?.N),
    longest: JSON.parse(longest?.S ?? '{}') as Heartbeat['longest'],
    ...(told?.N !== undefined && { notified: Number(told.N) }),
  };
}

// The names of sources may hold anything; a digest may not, and spreads them evenly.
function keyOf(source: Source): Item {
  const digest = createHash('sha256').update(sourceKey(source)).digest('hex').slice(0, 32);
  return { pk: { S: partitionOf(parseInt(digest.slice(0, 2), 16) % shards) }, sk: { S: digest } };
}

function partitionOf(shard: number): string {
  return `heartbeat#${shard}`;
}
