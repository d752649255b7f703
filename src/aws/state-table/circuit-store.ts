import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { closedCircuit } from '../../notify/delivery/circuit.ts';
import type { CircuitStore } from '../../notify/delivery/state/circuit-store.ts';
import { expiresAt, numberOf, unlessRefused, type StateTable } from './table.ts';

const keepMs = 7 * 86_400_000;

/** createDynamoCircuits keeps an item a receiver, `circuit#<receiver>` / `circuit`, written when something changes. */
export function createDynamoCircuits({ client, table, now }: StateTable & { readonly now: () => Date }): CircuitStore {
  const keyOf = (receiver: string) => ({ pk: { S: `circuit#${receiver}` }, sk: { S: 'circuit' } });
  return {
    read: async (receiver) => {
      const { Item } = await client.send(
        new GetItemCommand({ TableName: table, Key: keyOf(receiver), ConsistentRead: true }),
      );
      if (Item === undefined) return closedCircuit;
      return {
        failures: numberOf(Item['failures']),
        openUntilMs: numberOf(Item['openUntil']),
        version: numberOf(Item['version']),
      };
    },
    replace: async (receiver, { version }, { failures, openUntilMs }) => {
      const written = await unlessRefused(
        client.send(
          new PutItemCommand({
            TableName: table,
            Item: {
              ...keyOf(receiver),
              failures: { N: String(failures) },
              openUntil: { N: String(openUntilMs) },
              version: { N: String(version + 1) },
              expires: expiresAt(now().getTime() + keepMs),
            },
            ConditionExpression: version === 0 ? 'attribute_not_exists(pk)' : 'version = :version',
            ...(version > 0 && { ExpressionAttributeValues: { ':version': { N: String(version) } } }),
          }),
        ),
      );
      return written !== undefined;
    },
  };
}
