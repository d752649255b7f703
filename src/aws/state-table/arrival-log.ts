import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { ArrivalLog } from '../../health/arrivals.ts';
import type { Path } from '../../health/source.ts';
import { inTable, whetherWritten } from './health-state.ts';
import { expiresAt, type StateTable, type Item } from './table.ts';

/** Longer than the slowest path, and than dead letters wait to be sent again. */
const keepMs = 16 * 86_400_000;

/**
 * createDynamoArrivalLog keeps one item a finding, `arrival#<finding>` / `arrival`: the first path, and all of them. An
 * arrival is one conditional write, so of two copies at the same time one is first.
 */
export function createDynamoArrivalLog(place: StateTable): ArrivalLog {
  const { client, table } = place;
  return {
    add: (finding, path, at) =>
      inTable('by which path a finding came could not be noted', place, async () => {
        let item: Item | undefined;
        const isNew = await whetherWritten(async () => {
          const { Attributes } = await client.send(
            new UpdateItemCommand({
              TableName: table,
              Key: { pk: { S: `arrival#${finding}` }, sk: { S: 'arrival' } },
              UpdateExpression:
                'SET firstPath = if_not_exists(firstPath, :path), firstAt = if_not_exists(firstAt, :at), expires = :expires ADD paths :paths',
              ConditionExpression: 'attribute_not_exists(paths) OR NOT contains(paths, :path)',
              ExpressionAttributeValues: {
                ':path': { S: path },
                ':paths': { SS: [path] },
                ':at': { S: at.toISOString() },
                ':expires': expiresAt(at.getTime() + keepMs),
              },
              ReturnValues: 'ALL_NEW',
            }),
          );
          item = Attributes;
        });
        if (!isNew) return undefined;
        return { path: (item?.['firstPath']?.S ?? path) as Path, at: new Date(item?.['firstAt']?.S ?? at) };
      }),
  };
}
