import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createFindingsBus, type FindingsBus } from '../../src/aws/findings-bus.ts';
import { createFindingsPublisher } from '../../src/aws/findings-publisher.ts';
import type { Finding } from '../../src/model/finding.ts';
import { openFindingEvent } from '../../src/contract/open.ts';
import { createFindingsBus as createReceiver } from '../../src/notify/receivers/findings-bus.ts';
import { startHttpServer, type Answer } from '../support/http-server.ts';
import type { PutEntry } from '../support/local-event-bridge.ts';
import { hostile, rootLogin } from '../unit/notify/specimens.ts';
import { local, never, notificationOf } from './notification.ts';

/** What EventBridge answers to one entry: an error code, or nothing when it takes it. */
type Judge = (finding: Finding, request: number) => string | undefined;

let requests: (readonly PutEntry[])[];
let taken: PutEntry[];
let judge: Judge;
let answerAll: ((request: number) => Answer | undefined) | undefined;
let slept: number[];
let client: EventBridgeClient;
let close: () => Promise<void>;

beforeEach(async () => {
  [requests, taken, slept] = [[], [], []];
  judge = () => undefined;
  answerAll = undefined;
  const server = await startHttpServer(({ headers, body }) => {
    expect(headers['x-amz-target']).toBe('AWSEvents.PutEvents');
    const { Entries: entries } = JSON.parse(body) as { Entries: PutEntry[] };
    requests.push(entries);
    const answered = answerAll?.(requests.length);
    if (answered) return answered;
    const results = entries.map((entry) => {
      const code = judge(JSON.parse(entry.Detail) as Finding, requests.length);
      if (code !== undefined) return { ErrorCode: code, ErrorMessage: 'no' };
      taken.push(entry);
      return { EventId: `event-${taken.length}` };
    });
    return json({ FailedEntryCount: results.filter((result) => 'ErrorCode' in result).length, Entries: results });
  });
  close = server.close;
  client = new EventBridgeClient({ endpoint: server.url, ...local, maxAttempts: 1 });
});

afterEach(async () => {
  client.destroy();
  await close();
});

function bus(): FindingsBus {
  return createFindingsBus({
    client,
    bus: 'trailwatch-dev-findings',
    sleep: async (ms) => void slept.push(ms),
    random: () => 0.5,
  });
}

test('an entry is a finding in the published contract, and reads back as it was', async () => {
  expect(await bus().publish([rootLogin])).toEqual([]);
  expect(taken[0]).toMatchObject({
    EventBusName: 'trailwatch-dev-findings',
    Source: 'trailwatch',
    DetailType: 'Trailwatch Finding',
  });
  const { Source: source, DetailType, Detail } = taken[0] as PutEntry;
  const body = JSON.stringify({ source, 'detail-type': DetailType, detail: JSON.parse(Detail) as unknown });
  expect(openFindingEvent(body)).toEqual(rootLogin);
});

describe('a request', () => {
  test('has ten entries at most, in the findings’ order', async () => {
    await bus().publish(numbered(23));
    expect(requests.map(({ length }) => length)).toEqual([10, 10, 3]);
    expect(idsOf(taken)).toEqual(numbered(23).map(({ id }) => id));
  });

  test('has 256 KiB at most, counted as EventBridge counts', async () => {
    const large = numbered(9).map((finding): Finding => padded(finding, 100_000));
    expect(await bus().publish(large)).toEqual([]);
    expect(requests.map(({ length }) => length)).toEqual([2, 2, 2, 2, 1]);
    for (const entries of requests) expect(bytesOf(entries)).toBeLessThanOrEqual(262_144);
  });

  test('holds two findings that fill it to the byte, and not one byte more', async () => {
    const half = 131_072 - bytesOf(await sent([padded(rootLogin, 0)]));
    const exact = [padded(rootLogin, half), padded(rootLogin, half)];
    expect((await sent(exact)).length).toBe(2);
    expect(bytesOf(requests.at(-1) ?? [])).toBe(262_144);
    expect((await sent([padded(rootLogin, half), padded(rootLogin, half + 1)])).length).toBe(1);
  });

  test('is not made for nothing', async () => {
    expect(await bus().publish([])).toEqual([]);
    expect(requests).toEqual([]);
  });
});

test('a finding that is too large travels shortened, and says so', async () => {
  expect(await bus().publish([hostile])).toEqual([]);
  expect(bytesOf(taken)).toBeLessThanOrEqual(240_000);
  expect(JSON.parse(taken[0]?.Detail ?? '')).toMatchObject({
    id: hostile.id,
    omitted: expect.arrayContaining(['the raw record']),
    event: { raw: {}, action: 'CreateUser' },
  });
});

describe('an answer with failed entries', () => {
  test('only those are sent again, after a growing pause', async () => {
    judge = ({ id }, request) => {
      if (request === 1 && ['finding-2', 'finding-5'].includes(id)) return 'InternalFailure';
      return request === 2 && id === 'finding-5' ? 'ThrottlingException' : undefined;
    };
    expect(await bus().publish(numbered(8))).toEqual([]);
    expect(requests.map(idsOf)).toEqual([numbered(8).map(({ id }) => id), ['finding-2', 'finding-5'], ['finding-5']]);
    expect(slept).toEqual([100, 200]);
    expect(new Set(idsOf(taken)).size).toBe(8);
    expect(taken).toHaveLength(8);
  });

  test('tries are bounded; what is left is reported, the others are on the bus', async () => {
    judge = ({ id }) => (id === 'finding-1' ? 'InternalFailure' : undefined);
    const unpublished = await bus().publish(numbered(12));
    expect(unpublished.map(({ finding, error }) => [finding.id, error.reason, error.retryable])).toEqual([
      ['finding-1', 'unavailable', true],
    ]);
    expect(requests.map(({ length }) => length)).toEqual([10, 1, 1, 1, 1, 2]);
    expect(taken).toHaveLength(11);
  });

  test('an entry that is refused for good is not tried again', async () => {
    judge = ({ id }) => (id === 'finding-0' ? 'MalformedDetail' : undefined);
    const unpublished = await bus().publish(numbered(2));
    expect(unpublished.map(({ error }) => [error.reason, error.retryable])).toEqual([['rejected', false]]);
    expect(requests).toHaveLength(1);
  });

  test('an answer that leaves out entries took only those that it names', async () => {
    answerAll = (request) => (request === 1 ? json({ FailedEntryCount: 0, Entries: [{ EventId: 'a' }] }) : undefined);
    expect(await bus().publish(numbered(3))).toEqual([]);
    expect(requests.map(idsOf)).toEqual([
      ['finding-0', 'finding-1', 'finding-2'],
      ['finding-1', 'finding-2'],
    ]);
  });
});

describe('a request that fails', () => {
  test('is tried again when that can help', async () => {
    answerAll = (request) => (request < 3 ? error(500, 'InternalException') : undefined);
    expect(await bus().publish(numbered(2))).toEqual([]);
    expect(requests).toHaveLength(3);
  });

  test('is given up when it can’t', async () => {
    answerAll = () => error(400, 'AccessDeniedException');
    const unpublished = await bus().publish(numbered(2));
    expect(unpublished.map(({ error }) => error.reason)).toEqual(['unauthorized', 'unauthorized']);
    expect(requests).toHaveLength(1);
  });

  test('does not keep the other requests back', async () => {
    answerAll = (request) => (request === 1 ? error(400, 'ValidationException') : undefined);
    expect(await bus().publish(numbered(15))).toHaveLength(10);
    expect(taken).toHaveLength(5);
  });
});

test('as a receiver it throws what went wrong', async () => {
  judge = () => 'MalformedDetail';
  const receiver = createReceiver({ name: 'central', publish: bus().publish });
  await expect(receiver.send(notificationOf(rootLogin), never)).rejects.toMatchObject({
    name: 'DeliveryError',
    message: 'central: MalformedDetail: no',
    reason: 'rejected',
    retryable: false,
  });
});

test('as a publisher it throws unless the bus has everything', async () => {
  const publisher = createFindingsPublisher({ client, bus: 'findings', sleep: async () => {}, maxTries: 2 });
  await publisher.publish(numbered(3));
  judge = ({ id }) => (id === 'finding-1' ? 'InternalFailure' : undefined);
  await expect(publisher.publish(numbered(3))).rejects.toMatchObject({
    name: 'PublishError',
    message: '1 of 3 findings are not on the bus, the first (finding-1) because: InternalFailure: no',
    reason: 'unavailable',
    retryable: true,
  });
});

async function sent(findings: readonly Finding[]): Promise<readonly PutEntry[]> {
  const before = requests.length;
  await bus().publish(findings);
  return requests[before] ?? [];
}

function numbered(count: number): readonly Finding[] {
  return Array.from({ length: count }, (_, index) => ({ ...rootLogin, id: `finding-${index}` }));
}

function padded(finding: Finding, bytes: number): Finding {
  return { ...finding, event: { ...finding.event, raw: { padding: 'x'.repeat(bytes) } } };
}

function idsOf(entries: readonly PutEntry[]): readonly string[] {
  return entries.map(({ Detail }) => (JSON.parse(Detail) as Finding).id);
}

function bytesOf(entries: readonly PutEntry[]): number {
  return entries.reduce(
    (sum, { Source, DetailType, Detail }) =>
      sum + Buffer.byteLength(Source) + Buffer.byteLength(DetailType) + Buffer.byteLength(Detail),
    0,
  );
}

function json(body: unknown, status = 200): Answer {
  return { status, body: JSON.stringify(body), headers: { 'content-type': 'application/x-amz-json-1.1' } };
}

function error(status: number, type: string): Answer {
  return json({ __type: type, message: 'no' }, status);
}
