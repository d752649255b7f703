import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';
import { createDynamoInstanceLog } from '../../src/aws/state-table/instance-log.ts';
import { instanceCallsOf } from '../../src/describe/instance/call.ts';
import {
  factsRead,
  InstanceLogError,
  type CallFact,
  type ChangeFact,
  type InstanceLog,
} from '../../src/detect/instance-story/instance-log.ts';
import { createMemoryInstanceLog } from '../../src/detect/instance-story/memory-instance-log.ts';
import { startLocalStateTable, type LocalStateTable } from '../support/local-state-table.ts';
import { at, callRecord, changeRecord } from '../unit/detect/instance-story/instance-records.ts';

let table: LocalStateTable;
let client: DynamoDBClient;

const clientOf = (endpoint: string, maxAttempts = 3) =>
  new DynamoDBClient({
    endpoint,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts,
  });

beforeAll(async () => {
  table = await startLocalStateTable();
  client = clientOf(table.url);
});
afterAll(async () => {
  client.destroy();
  await table.close();
});

const now = () => new Date(at(3600));
const dynamo = (options: { readonly now?: () => Date } = {}) =>
  createDynamoInstanceLog({ client, table: table.name, now, ...options });

const logs: readonly (readonly [string, () => InstanceLog])[] = [
  ['memory', () => createMemoryInstanceLog()],
  ['DynamoDB', () => dynamo()],
];

// Each test has an instance of its own, since all share one table.
let instances = 0;
const freshInstance = (): string => `i-${(instances += 1).toString(16).padStart(17, '0')}`;
const callOf = (instance: string, seconds: number, id = `call-${seconds}`): CallFact => {
  const [call] = instanceCallsOf(callRecord('StopInstances', seconds, { eventID: id }, [instance]));
  if (call === undefined) throw new Error('no call');
  return { kind: 'call', ...call };
};
const changeOf = (instance: string, seconds: number, id = `change-${seconds}`): ChangeFact => {
  const record = changeRecord('stopped', seconds, id, instance);
  return { kind: 'change', eventId: id, time: record.time, instance, state: 'stopped', record };
};
const ever = Date.parse(at(86_400));

describe.each(logs)('an instance log in %s', (_name, create) => {
  test('gives what was added, as it was, in order of time', async () => {
    const [log, instance] = [create(), freshInstance()];
    const facts = [callOf(instance, 10), changeOf(instance, 12), callOf(instance, 20), changeOf(instance, 30)];
    for (const fact of facts.toReversed()) await log.add(fact);
    expect(await log.read(instance, ever)).toEqual(facts);
  });

  test('knows nothing of an instance that it never heard of', async () => {
    expect(await create().read(freshInstance(), ever)).toEqual([]);
  });

  test('changes nothing when a fact is added again', async () => {
    const [log, instance] = [create(), freshInstance()];
    const fact = callOf(instance, 10);
    await log.add(fact);
    await log.add({ ...fact, actor: { kind: 'root', name: 'somebody else', chain: [] } });
    expect(await log.read(instance, ever)).toEqual([fact]);
  });

  test('keeps facts of one moment apart, a call from a change, and instances', async () => {
    const [log, instance, another] = [create(), freshInstance(), freshInstance()];
    const facts = [callOf(instance, 10, 'a'), callOf(instance, 10, 'b'), changeOf(instance, 10, 'a')];
    for (const fact of [...facts, callOf(another, 10, 'a')]) await log.add(fact);
    expect(await log.read(instance, ever)).toEqual(facts);
  });

  test('reads up to a time, with it', async () => {
    const [log, instance] = [create(), freshInstance()];
    for (const seconds of [10, 20, 30]) await log.add(callOf(instance, seconds));
    const until = (seconds: number) => log.read(instance, Date.parse(at(seconds))).then((facts) => facts.length);
    expect([await until(9), await until(10), await until(29), await until(30)]).toEqual([0, 1, 2, 3]);
  });

  test('reads the latest ones of a great many', async () => {
    const [log, instance] = [create(), freshInstance()];
    const many = Array.from({ length: factsRead + 20 }, (_, index) => changeOf(instance, index));
    await Promise.all(many.map(log.add));
    expect(await log.read(instance, ever)).toEqual(many.slice(20));
  });

  test('takes ids of any length and with any characters', async () => {
    const [log, instance] = [create(), freshInstance()];
    for (const id of ['a#b', 'é\u2028', 'z'.repeat(2000), '__proto__']) await log.add(callOf(instance, 1, id));
    expect(await log.read(instance, ever)).toHaveLength(4);
  });

  test('gives at least one of two writers what the other wrote', async () => {
    for (let round = 0; round < 10; round += 1) {
      const [log, instance] = [create(), freshInstance()];
      const write = async (fact: CallFact | ChangeFact) => {
        await log.add(fact);
        return log.read(instance, ever);
      };
      const seen = await Promise.all([write(callOf(instance, 1)), write(changeOf(instance, 2))]);
      expect(Math.max(...seen.map((facts) => facts.length))).toBe(2);
    }
  });
});

describe('the table', () => {
  const itemsOf = async (instance: string) => {
    const items = [];
    for await (const page of paginateScan({ client }, { TableName: table.name })) items.push(...(page.Items ?? []));
    return items.filter(({ pk }) => pk?.S === `instance#${instance}`);
  };

  test('holds an item a fact, under a name of its own, for two weeks', async () => {
    const instance = freshInstance();
    await dynamo().add(callOf(instance, 10));
    const items = await itemsOf(instance);
    expect(items).toHaveLength(1);
    const seconds = now().getTime() / 1000;
    expect(items[0]).toMatchObject({
      sk: { S: expect.stringMatching(/^2026-03-01T12:00:10\.000Z#call#[0-9a-f]{32}$/) },
      expires: { N: String(seconds + 14 * 86_400) },
    });
  });

  test('is written anew where an item has expired and was not deleted yet', async () => {
    const instance = freshInstance();
    await dynamo({ now: () => new Date(Date.parse(at(0)) - 30 * 86_400_000) }).add(callOf(instance, 1));
    await dynamo().add(callOf(instance, 1));
    const [item] = await itemsOf(instance);
    expect(Number(item?.['expires']?.N)).toBeGreaterThan(now().getTime() / 1000);
  });

  test('takes no record that no notification can be: too large, or nested too deep', async () => {
    const instance = freshInstance();
    const fact = changeOf(instance, 1);
    let deep: unknown = 1;
    for (let depth = 0; depth < 100_000; depth += 1) deep = [deep];
    for (const more of ['x'.repeat(500_000), deep]) {
      const fields = { ...fact.record.fields, more };
      await dynamo().add({ ...fact, record: { ...fact.record, fields } });
    }
    expect(await dynamo().read(instance, ever)).toEqual([]);
  });

  test('is read up to times beyond any calendar', async () => {
    const instance = freshInstance();
    await dynamo().add(callOf(instance, 1));
    expect(await dynamo().read(instance, 8.64e15)).toHaveLength(1);
  });

  test('that cannot be reached is named', async () => {
    const nowhere = clientOf('http://127.0.0.1:9', 1);
    const log = createDynamoInstanceLog({ client: nowhere, table: 'state', now });
    const instance = freshInstance();
    await expect(log.add(callOf(instance, 1))).rejects.toThrow(InstanceLogError);
    await expect(log.read(instance, ever)).rejects.toThrow(
      new RegExp(`^the story of instance ${instance} could not be read: state table state: `),
    );
    nowhere.destroy();
  });
});

test('memory forgets the instances that were quiet longest, and the earliest facts of one', async () => {
  const log = createMemoryInstanceLog({ perInstance: 10, instances: 2 });
  const [first, second, third] = [freshInstance(), freshInstance(), freshInstance()];
  for (const instance of [first, second, first, third]) await log.add(callOf(instance, instances));
  expect((await log.read(second, ever)).length).toBe(0);
  expect((await log.read(first, ever)).length).toBe(1);
  for (let seconds = 0; seconds < 25; seconds += 1) await log.add(callOf(third, 100 + seconds, `more-${seconds}`));
  const kept = await log.read(third, ever);
  expect(kept.length).toBeLessThanOrEqual(10);
  expect(kept.at(-1)?.eventId).toBe('more-24');
});
