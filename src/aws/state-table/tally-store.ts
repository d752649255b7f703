import { QueryCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { largestFirst, type Tally, type TallyKind, type TallyStore } from '../../notify/delivery/tally-store.ts';
import { expiresAt, numberOf, type Item, type StateTable } from './table.ts';

export interface DynamoTalliesOptions extends StateTable {
  /** Gives a number from 0 up to, not including, 1: which shard is written. */
  readonly random: () => number;
}

const shards = 4;
const keepMs = 100 * 86_400_000;
const maxNameChars = 300;

/**
 * createDynamoTallies keeps an item for each kind and name of a day, `tally#<day>#<shard>` / `<kind>#<name>`, in several partitions: in
 * a burst every copy of the function counts the same names.
 */
export function createDynamoTallies({ client, table, random }: DynamoTalliesOptions): TallyStore {
  const readShard = async (pk: string): Promise<readonly Item[]> => {
    const items: Item[] = [];
    let start: Item | undefined;
    do {
      const page = await client.send(
        new QueryCommand({
          TableName: table,
          KeyConditionExpression: 'pk = :pk',
          ExpressionAttributeValues: { ':pk': { S: pk } },
          ...(start && { ExclusiveStartKey: start }),
        }),
      );
      items.push(...(page.Items ?? []));
      start = page.LastEvaluatedKey;
    } while (start !== undefined);
    return items;
  };

  return {
    add: async (at, entries) => {
      const pk = `tally#${at.toISOString().slice(0, 10)}#${Math.floor(random() * shards)}`;
      await Promise.all(
        entries.map(({ kind, name, by }) =>
          client.send(
            new UpdateItemCommand({
              TableName: table,
              Key: { pk: { S: pk }, sk: { S: `${kind}#${name.slice(0, maxNameChars)}` } },
              UpdateExpression: 'SET expires = :expires ADD #count :by',
              ExpressionAttributeNames: { '#count': 'count' },
              ExpressionAttributeValues: { ':by': { N: String(by) }, ':expires': expiresAt(at.getTime() + keepMs) },
            }),
          ),
        ),
      );
    },
    of: async (day) => {
      const all = await Promise.all(Array.from({ length: shards }, (_, shard) => readShard(`tally#${day}#${shard}`)));
      const sums = new Map<string, number>();
      for (const { sk, count } of all.flat()) {
        sums.set(sk?.S ?? '', (sums.get(sk?.S ?? '') ?? 0) + numberOf(count));
      }
      return largestFirst([...sums].map(([sk, count]) => tallyOf(sk, count)));
    },
  };
}

function tallyOf(sk: string, count: number): Tally {
  const end = sk.indexOf('#');
  return { kind: sk.slice(0, end) as TallyKind, name: sk.slice(end + 1), count };
}
