import { createHash } from 'node:crypto';
import { QueryCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { mostExamples, receiversOf, type TrialLog, type TrialNote } from '../../health/trial-log.ts';
import { inTable } from './health-state.ts';
import { expiresAt, type StateTable, type Item } from './table.ts';

/** A trial lasts days or weeks; after its last finding, its count stays long enough to be asked for. */
const keepMs = 100 * 86_400_000;
/** So many partitions of one trial, so that a rule that fires all the time makes none of them hot. */
const shards = 8;
const maxExampleChars = 300;

/** createDynamoTrialLog keeps a few items a trial, `trial#<digest>#<shard>` / `count`: a count, one each receiver, an example. */
export function createDynamoTrialLog(place: StateTable): TrialLog {
  const { client, table } = place;
  return {
    note: (note, at) =>
      inTable(`what trial ${note.trial} kept back could not be counted`, place, async () => {
        const receivers = receiversOf(note);
        await client.send(
          new UpdateItemCommand({
            TableName: table,
            Key: { pk: { S: partitionOf(note.trial, shardOf(note)) }, sk: { S: 'count' } },
            UpdateExpression: `SET expires = :expires, #example = if_not_exists(#example, :example) ADD ${[
              'findings :one',
              ...receivers.map((_, index) => `#r${index} :one`),
            ].join(', ')}`,
            ExpressionAttributeNames: {
              '#example': 'example',
              ...Object.fromEntries(receivers.map((name, index) => [`#r${index}`, `to:${name}`])),
            },
            ExpressionAttributeValues: {
              ':one': { N: '1' },
              ':example': { S: note.title.slice(0, maxExampleChars) },
              ':expires': expiresAt(at.getTime() + keepMs),
            },
          }),
        );
      }),

    of: (trial) =>
      inTable(`the count of trial ${trial} could not be read`, place, async () => {
        const read = async (shard: number): Promise<readonly Item[]> => {
          const { Items = [] } = await client.send(
            new QueryCommand({
              TableName: table,
              KeyConditionExpression: 'pk = :pk',
              ExpressionAttributeValues: { ':pk': { S: partitionOf(trial, shard) } },
              ConsistentRead: true,
            }),
          );
          return Items;
        };
        const items = (await Promise.all(Array.from({ length: shards }, (_, shard) => read(shard)))).flat();
        const receivers = new Map<string, number>();
        for (const [name, value] of items.flatMap((item) => Object.entries(item))) {
          if (!name.startsWith('to:')) continue;
          receivers.set(name.slice(3), (receivers.get(name.slice(3)) ?? 0) + Number(value.N));
        }
        return {
          findings: items.reduce((sum, { findings }) => sum + Number(findings?.N ?? 0), 0),
          receivers: Object.fromEntries(receivers),
          examples: items.flatMap(({ example }) => example?.S ?? []).slice(0, mostExamples),
        };
      }),
  };
}

function shardOf({ finding }: TrialNote): number {
  return parseInt(finding.slice(0, 2), 16) % shards || 0;
}

function partitionOf(trial: string, shard: number): string {
  return `trial#${createHash('sha256').update(trial).digest('hex').slice(0, 32)}#${shard}`;
}
