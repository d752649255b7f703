import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { FallbackStore } from '../../notify/delivery/state/fallback-store.ts';
import { expiresAt, type StateTable } from './table.ts';

const keepMs = 7 * 86_400_000;

/** createDynamoFallbacks keeps an item a finding, `failed#<finding>` / `receivers`, with the receivers that did not take it. */
export function createDynamoFallbacks({ client, table }: StateTable): FallbackStore {
  return {
    fail: async (findingId, receiver, now) => {
      const { Attributes } = await client.send(
        new UpdateItemCommand({
          TableName: table,
          Key: { pk: { S: `failed#${findingId}` }, sk: { S: 'receivers' } },
          UpdateExpression: 'SET expires = :expires ADD receivers :one',
          ExpressionAttributeValues: { ':one': { SS: [receiver] }, ':expires': expiresAt(now.getTime() + keepMs) },
          ReturnValues: 'ALL_NEW',
        }),
      );
      return new Set(Attributes?.['receivers']?.SS);
    },
  };
}
