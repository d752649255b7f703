import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import {
  CreateTableCommand,
  type CreateTableCommandInput,
  DynamoDBClient,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';
import { stateTable } from '../../deploy/resources/state-table.ts';
import { closeServer } from './http-server.ts';

export interface LocalStateTable {
  readonly url: string;
  readonly name: string;
  close(): Promise<void>;
}

/** startLocalStateTable makes the table that deploy/resources/state-table.ts deploys, so that its keys are what the stores expect. */
export async function startLocalStateTable(name = 'trailwatch-dev-state'): Promise<LocalStateTable> {
  const server = dynalite({ createTableMs: 0 });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const { StateTable } = stateTable({
    prefix: 'trailwatch-dev',
    params: { dataKeyArn: undefined, protectState: false },
  }).Resources;
  const properties = StateTable?.Properties as CreateTableCommandInput | undefined;
  if (properties === undefined) throw new Error('the stack has no StateTable');
  const { AttributeDefinitions, KeySchema, BillingMode } = properties;
  const client = new DynamoDBClient({
    endpoint: url,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  await client.send(new CreateTableCommand({ TableName: name, AttributeDefinitions, KeySchema, BillingMode }));
  await waitUntilTableExists({ client, maxWaitTime: 10, minDelay: 1, maxDelay: 1 }, { TableName: name });
  client.destroy();
  return { url, name, close: () => closeServer(server) };
}
