import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { NotifiedOnce } from '../../health/notified-once.ts';
import { inTable } from './health-state.ts';
import { expiresAt, type StateTable, type Item } from './table.ts';

/** A trial that ended is reported once, for as long as it stands in the configuration: for some years. */
const keepMs = 1_000 * 86_400_000;

/** createDynamoNotifiedOnce keeps one item for each thing, `told#<what>` / `told`. */
export function createDynamoNotifiedOnce(place: StateTable): NotifiedOnce {
  const { client, table } = place;
  return {
    has: (what) =>
      inTable(`whether ${what} was told could not be read`, place, async () => {
        const { Item } = await client.send(
          new GetItemCommand({ TableName: table, Key: keyOf(what), ConsistentRead: true }),
        );
        return Item !== undefined;
      }),
    set: (what, at) =>
      inTable(`that ${what} was told could not be noted`, place, async () => {
        await client.send(
          new PutItemCommand({
            TableName: table,
            Item: { ...keyOf(what), at: { S: at.toISOString() }, expires: expiresAt(at.getTime() + keepMs) },
          }),
        );
      }),
  };
}

function keyOf(what: string): Item {
  return { pk: { S: `told#${what}` }, sk: { S: 'told' } };
}
