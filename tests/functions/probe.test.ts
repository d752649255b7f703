import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, expect, jest, test } from '@jest/globals';
import type { ProbeSettings } from '../../src/probe/settings.ts';
import { captureOutput, type CapturedOutput } from '../support/captured-output.ts';
import { startLocalLambda, type LocalLambda } from './local-lambda.ts';

const event = {
  version: '0',
  id: '53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa',
  'detail-type': 'Scheduled Event',
  source: 'aws.events',
  account: '111122223333',
  time: '2026-03-11T09:00:00Z',
  region: 'eu-west-1',
  resources: ['arn:aws:events:eu-west-1:111122223333:rule/trailwatch-dev-probe'],
  detail: {},
};

let status = 200;
const site = createServer((_request, response) => response.writeHead(status).end('fine'));
let lambda: LocalLambda;
let handler: (event: unknown) => Promise<unknown>;
let output: CapturedOutput;

beforeAll(async () => {
  site.listen(0, '127.0.0.1');
  await once(site, 'listening');
  const { port } = site.address() as AddressInfo;
  const limits = { slowMs: 3_000, timeoutMs: 5_000, redirects: 5, links: 'none' } as const;
  const probes: ProbeSettings = {
    allow: ['127.0.0.1'],
    endpoints: [
      { ...limits, name: 'shop', url: `http://127.0.0.1:${port}/` },
      { ...limits, name: 'metadata', url: 'http://169.254.169.254/latest/meta-data/' },
    ],
  };
  jest.unstable_mockModule('#compiled-config', () => ({ default: { accounts: {}, logs: [], probes } }));
  lambda = await startLocalLambda();
  handler = await lambda.load('probe');
});
beforeEach(() => {
  output = captureOutput();
});
afterEach(() => {
  output.restore();
  lambda.bus.clear();
});
afterAll(async () => {
  site.close();
  await lambda.close();
});

let first: string | undefined;
const findings = (): { id: string; rule: { title: string }; event: { account: string; targets: { id: string }[] } }[] =>
  lambda.bus.entries.map(({ Detail }) => JSON.parse(Detail) as ReturnType<typeof findings>[number]);

test('an endpoint that must not be reached alerts, in the account that the probe runs in', async () => {
  await handler(event);
  expect(findings().map(({ rule, event: { account, targets } }) => [rule.title, account, targets[0]?.id])).toEqual([
    ['Endpoint down', '111122223333', 'metadata'],
  ]);
  expect(output.text()).toMatch(/"RecordsRead":2/);
  first = findings()[0]?.id;
});

test('a run that is tried again raises the same finding, and the next run none', async () => {
  await handler(event);
  const [again] = findings();
  expect(again?.id).toBe(first);
  lambda.bus.clear();
  await handler({ ...event, id: '7d2a0a43-7c0a-4f0c-b1fb-8a3f3e6c2a10', time: '2026-03-11T09:05:00Z' });
  expect(findings()).toEqual([]);
});

test('an endpoint that goes down alerts, and one that stays down does not alert again', async () => {
  status = 503;
  await handler({ ...event, id: '0f7d1c3e-7c0a-4f0c-b1fb-8a3f3e6c2a11', time: '2026-03-11T09:10:00Z' });
  expect(findings().map(({ rule, event: { targets } }) => [rule.title, targets[0]?.id])).toEqual([
    ['Endpoint down', 'shop'],
  ]);
});

test('an event that is no run is a failure, not a run without endpoints', async () => {
  await expect(handler({})).rejects.toThrow(/expected the event of an EventBridge schedule/);
});
