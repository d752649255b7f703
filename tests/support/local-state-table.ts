import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import {
  CreateTableCommand,
  type CreateTableCommandInput,
  DynamoDBClient,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';
import { parse } from 'yaml';
import { closeServer } from './http-server.ts';

export interface LocalStateTable {
  readonly url: string;
  readonly name: string;
  close(): Promise<void>;
}

/** startLocalStateTable makes the table that `deploy/state.yml` deploys, so that its keys are what the stores expect. */
export async function startLocalStateTable(name = 'trailwatch-dev-state'): Promise<LocalStateTable> {
  const server = dynalite({ createTableMs: 0 });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const template = parse(readFileSync(new URL('../../deploy/state.yml', import.meta.url), 'utf8')) as Template;
  const { AttributeDefinitions, KeySchema, BillingMode } = template.Resources.StateTable.Properties;
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

interface Template {
  readonly Resources: { readonly StateTable: { readonly Properties: CreateTableCommandInput } };
}
