import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createDynamoDeliveryState } from '../../src/aws/state-table/delivery-state.ts';
import { startLocalStateTable } from '../support/local-state-table.ts';
import type { ScheduleOptions } from './schedule.ts';

/** TableState is the state in a table, at a local DynamoDB: each request of a copy is a call that can fail. */
export interface TableState {
  readonly state: NonNullable<ScheduleOptions['state']>;
  readonly close: () => Promise<void>;
}

export async function openTableState(): Promise<TableState> {
  const local = await startLocalStateTable();
  const { url, name: table } = local;
  const client = new DynamoDBClient({
    endpoint: url,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    // Faults are made before the client: what it would try again is tried again by delivery.
    maxAttempts: 1,
  });
  let tokens = 0;
  const newToken = (): string => `token-${(tokens += 1)}`;
  return {
    state: (now) => ({
      truth: createDynamoDeliveryState({ client, table, newToken, now }),
      stateOf: (through) => {
        const send = ((command: object, ...rest: readonly unknown[]) =>
          through(command.constructor.name, () =>
            (client.send as (...given: readonly unknown[]) => Promise<unknown>).call(client, command, ...rest),
          )) as DynamoDBClient['send'];
        return createDynamoDeliveryState({ client: { send }, table, newToken, now });
      },
    }),
    close: async () => {
      client.destroy();
      await local.close();
    },
  };
}
