import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { randomBytes, randomUUID } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import { createDynamoDeliveryState } from '../../src/aws/state-table/delivery-state.ts';
import { createDynamoTallies } from '../../src/aws/state-table/tally-store.ts';
import { packGroup, unpackGroup } from '../../src/aws/state-table/packed-group.ts';
import type { Finding } from '../../src/model/finding.ts';
import { closedCircuit } from '../../src/notify/delivery/state/circuit-store.ts';
import { createMemoryDeliveryState, type DeliveryState } from '../../src/notify/delivery/state/delivery-state.ts';
import { memberOf } from '../../src/notify/delivery/group-members.ts';
import { initialGroupState, type FindingGroup } from '../../src/notify/delivery/state/group-store.ts';
import { defaultPolicy } from '../../src/notify/routing/policy.ts';
import type { TallyStore } from '../../src/notify/delivery/state/tally-store.ts';
import { deliveryStage, forever, heard, refusal, said } from '../support/delivery-stage.ts';
import { startLocalStateTable, type LocalStateTable } from '../support/local-state-table.ts';
import { completion, instanceStopped, rootLogin, sshRootLogin } from '../unit/notify/specimens.ts';
import { local } from './notification.ts';
import { createMemoryTallies } from '../support/memory-health-stores.ts';

const start = Date.parse('2026-03-14T12:00:00Z');
const at = (ms: number): Date => new Date(start + ms);
const minute = 60_000;
const range = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index);

let table: LocalStateTable;
let client: DynamoDBClient;

beforeAll(async () => {
  table = await startLocalStateTable();
  client = new DynamoDBClient({ endpoint: table.url, ...local });
});

afterAll(async () => {
  client.destroy();
  await table.close();
});

const inTable = (now: () => Date = () => at(0)): DeliveryState =>
  createDynamoDeliveryState({ client, table: table.name, newToken: randomUUID, now });
const states: readonly (readonly [string, () => DeliveryState])[] = [
  ['memory', createMemoryDeliveryState],
  ['DynamoDB', () => inTable()],
];

const name = (): string => randomUUID();
const groupOf = (changes: Partial<FindingGroup> = {}): FindingGroup => ({
  key: name(),
  openedMs: start,
  closesMs: start + 60 * minute,
  lead: rootLogin.id,
  receiver: 'mail',
  finding: rootLogin,
  policy: defaultPolicy,
  groupReason: 'the same alert',
  alone: false,
  allReceivers: ['mail'],
  ...changes,
});

describe.each(states)('groups in %s', (_name, create) => {
  test('of many that open one at the same time, one does, and all learn of it', async () => {
    const [{ groups }, base] = [create(), name()];
    const opened = await Promise.all(
      range(20).map((index) => groups.open(base, groupOf({ lead: `lead-${index}` }), at(0))),
    );
    expect(new Set(opened.map(({ key }) => key)).size).toBe(1);
    expect(await groups.latest(base)).toEqual(opened[0]);
  });

  test('is found whole, as it was opened', async () => {
    const { groups } = create();
    const group = groupOf({ parent: 'another', queuedMs: start - 5 });
    await groups.open(name(), group, at(0));
    expect(await groups.find(group.key)).toEqual(group);
    expect(await groups.find(name())).toBeUndefined();
  });

  test('ends with its generation: the next finding opens another', async () => {
    const [{ groups }, base] = [create(), name()];
    const [first, second, third] = [groupOf(), groupOf(), groupOf()];
    await groups.open(base, first, at(0));
    expect((await groups.open(base, second, at(60 * minute - 1))).key).toBe(first.key);
    expect((await groups.open(base, third, at(60 * minute))).key).toBe(third.key);
  });

  test('counts each finding once, however often it joins, and lists the latest', async () => {
    const [{ groups }, group] = [create(), groupOf()];
    const members = range(30).map((index) => later(index));
    await Promise.all([...members, ...members].map((finding) => groups.join(group, memberOf(finding))));
    const roll = await groups.members(group.key);
    expect(roll).toMatchObject({ count: 30, since: later(0).time, until: later(29).time, mixed: false });
    expect(roll.latest.map(({ time }) => time)).toEqual(range(20).map((index) => later(index + 10).time));
    expect(await groups.has(group, later(7).id)).toBe(true);
    expect(await groups.has(group, later(31).id)).toBe(false);
  });

  test('says when its findings have different fingerprints', async () => {
    const [{ groups }, group] = [create(), groupOf()];
    await groups.join(group, memberOf(rootLogin));
    await groups.join(group, memberOf(sshRootLogin));
    expect(await groups.members(group.key)).toMatchObject({ count: 2, mixed: true });
  });

  test('has one lease holder at a time; a lease ends by itself', async () => {
    const [{ groups }, group] = [create(), groupOf()];
    const leases = await Promise.all(range(20).map(() => groups.lease(group, at(0))));
    expect(leases.filter((lease) => lease !== undefined)).toHaveLength(1);
    expect(await groups.lease(group, at(59_999))).toBeUndefined();
    expect(await groups.lease(group, at(60_000))).toMatchObject({ state: initialGroupState });
  });

  test('remembers its notifications, and forgets waits that are over', async () => {
    const [{ groups }, group] = [create(), groupOf()];
    const failing = { ...initialGroupState, failures: 2, failingSinceMs: start, notBeforeMs: start + 5 };
    await groups.record(group, await leased(groups, group, 0), failing);
    expect(await groups.state(group.key)).toEqual(failing);
    const notified = {
      ...initialGroupState,
      notified: 3,
      settled: 3,
      notifiedMs: start,
      receipt: { ts: '1.2' },
      closed: true,
    };
    await groups.record(group, await leased(groups, group, 1), notified);
    expect(await groups.state(group.key)).toEqual(notified);
    expect((await leased(groups, group, 2)).state).toEqual(notified);
  });

  test('a former lease holder records its notification, and changes nothing else', async () => {
    const [{ groups }, group] = [create(), groupOf()];
    const late = await leased(groups, group, 0);
    const held = await leased(groups, group, 60_000);
    expect(await groups.record(group, late, { ...initialGroupState, notified: 2, settled: 2 })).toBe(false);
    expect(await groups.state(group.key)).toMatchObject({ notified: 2, settled: 2 });
    expect(await groups.lease(group, at(60_001))).toBeUndefined();
    expect(await groups.record(group, held, { ...initialGroupState, notified: 3, settled: 3 })).toBe(true);
    await groups.record(group, late, { ...initialGroupState, notified: 2, settled: 2 });
    expect(await groups.state(group.key)).toMatchObject({ notified: 3, settled: 3 });
  });

  test('that is revived is pending again, also against a step that was writing its dead letter', async () => {
    const [{ groups }, group] = [create(), groupOf()];
    await groups.record(group, await leased(groups, group, 0), {
      ...initialGroupState,
      notified: 1,
      settled: 5,
      failures: 3,
    });
    const burying = await leased(groups, group, 1);
    await groups.revive(group);
    expect(await groups.record(group, burying, { ...initialGroupState, notified: 1, settled: 6 })).toBe(false);
    expect(await groups.state(group.key)).toEqual({ ...initialGroupState, notified: 1, settled: 1 });
    expect(await groups.lease(group, at(2))).toMatchObject({ state: { notified: 1, settled: 1 } });
  });
});

describe.each(states)('the outbox in %s', (_name, create) => {
  test('gives what is due, the oldest first, of one receiver', async () => {
    const [{ outbox }, mail, chat] = [create(), `mail-${name()}`, `chat-${name()}`];
    for (const ms of [5, 3, 9, 1]) await outbox.put(mail, `group-${ms}`, start + ms);
    await outbox.put(chat, 'group', start);
    expect((await outbox.list(mail, at(5), 10)).map(({ atMs }) => atMs - start)).toEqual([1, 3, 5]);
    expect((await outbox.list(mail, at(9), 2)).map(({ key }) => key)).toEqual(['group-1', 'group-3']);
    expect(await outbox.receivers()).toEqual(expect.arrayContaining([mail, chat]));
  });

  test('removes what was found, not what was added meanwhile', async () => {
    const [{ outbox }, mail] = [create(), `mail-${name()}`];
    const found = await outbox.put(mail, 'group', start);
    const added = await outbox.put(mail, 'group', start);
    await outbox.remove([found]);
    await outbox.remove([found]);
    expect(await outbox.list(mail, at(0), 10)).toEqual([added]);
  });
});

describe.each(states)('the throttle in %s', (_name, create) => {
  test('gives so many places, each once, until its interval ends', async () => {
    const [{ throttle }, scope] = [create(), name()];
    const take = (group: string, ms: number) => throttle.take(scope, group, { most: 2, forMs: minute }, at(ms));
    expect(await take('a', 0)).toEqual({ kind: 'taken' });
    expect(await take('a', 1)).toEqual({ kind: 'taken' });
    expect(await take('b', 2)).toEqual({ kind: 'taken' });
    expect(await take('c', 3)).toEqual({ kind: 'full', untilMs: start + minute });
    expect(await take('a', 4)).toEqual({ kind: 'taken' });
    expect(await take('c', minute)).toEqual({ kind: 'taken' });
  });

  test('gives no more to many at the same time', async () => {
    const [{ throttle }, scope] = [create(), name()];
    const places = await Promise.all(
      range(30).map((index) => throttle.take(scope, `group-${index}`, { most: 10, forMs: minute }, at(0))),
    );
    expect(places.filter(({ kind }) => kind === 'taken')).toHaveLength(10);
  });
});

describe.each(states)('what else is remembered in %s', (_name, create) => {
  test('a circuit is replaced by who read it last', async () => {
    const [{ circuits }, receiver] = [create(), name()];
    expect(await circuits.read(receiver)).toEqual(closedCircuit);
    const after = { failures: 1, openUntilMs: 0 };
    const replaced = await Promise.all(range(5).map(() => circuits.replace(receiver, closedCircuit, after)));
    expect(replaced.filter((mine) => mine)).toHaveLength(1);
    const known = await circuits.read(receiver);
    expect(known).toEqual({ ...after, version: 1 });
    expect(await circuits.replace(receiver, known, { failures: 2, openUntilMs: 7 })).toBe(true);
    expect(await circuits.read(receiver)).toEqual({ failures: 2, openUntilMs: 7, version: 2 });
  });

  test('an inhibition works until the later of its ends', async () => {
    const [{ inhibitions }, key] = [create(), name()];
    await inhibitions.start(key, start + 10);
    await inhibitions.start(key, start + 5);
    expect([...(await inhibitions.active([key, name()], at(9)))]).toEqual([key]);
    expect((await inhibitions.active([key], at(10))).size).toBe(0);
  });

  test('where a finding failed adds up', async () => {
    const [{ fallbacks }, finding] = [create(), name()];
    await fallbacks.fail(finding, 'slack', at(0));
    expect([...(await fallbacks.fail(finding, 'teams', at(1)))].toSorted()).toEqual(['slack', 'teams']);
    expect((await fallbacks.fail(finding, 'teams', at(2))).size).toBe(2);
  });
});

describe.each<[string, () => TallyStore]>([
  ['memory', createMemoryTallies],
  ['DynamoDB', () => createDynamoTallies({ client, table: table.name, random: Math.random })],
])('tallies in %s', (_name, create) => {
  test('add up by day, kind and name, the largest first', async () => {
    const tallies = create();
    const day = new Date('2026-05-02T23:59:59Z');
    for (const by of [1, 2, 3]) {
      await tallies.add(day, [
        { kind: 'told', name: 'mail', by },
        { kind: 'unrouted', name: 'A rule: with # in it', by: 10 * by },
      ]);
    }
    await tallies.add(new Date('2026-05-03T00:00:00Z'), [{ kind: 'told', name: 'mail', by: 100 }]);
    const expected = [
      { kind: 'unrouted', name: 'A rule: with # in it', count: 60 },
      { kind: 'told', name: 'mail', count: 6 },
    ];
    expect(await tallies.of('2026-05-02')).toEqual(expected);
    expect(await tallies.of('2026-05-02')).toEqual(expected);
    expect(await tallies.of('2026-05-04')).toEqual([]);
  });
});

describe('delivery on DynamoDB', () => {
  test('ten copies of the functions that get 30 findings of one group notify once, and then once with the count', async () => {
    const mail = heard(`mail-${name()}`);
    const stage = deliveryStage({ receivers: [mail], state: inTable(), start: at(0).toISOString() });
    const copies = range(10).map(() => stage.another());
    await Promise.all(
      range(30).map(async (index) => {
        const copy = copies[index % copies.length] ?? stage.pipeline;
        await copy.notify((await copy.accept({ finding: later(index) })).due, forever);
      }),
    );
    const [first] = mail.notifications;
    expect(mail.notifications).toHaveLength(1);
    expect(first?.group?.kind).toBe('first');
    stage.skip(6 * minute);
    await Promise.all(copies.map((copy) => copy.flush(forever)));
    expect(mail.notifications.map(({ group }) => group?.count).at(-1)).toBe(30);
    expect(mail.notifications.length).toBeLessThanOrEqual(2);
  });

  test('many that flush at the same time send once', async () => {
    const mail = heard(`mail-${name()}`);
    const stage = deliveryStage({ receivers: [mail], state: inTable(), start: at(0).toISOString() });
    for (const index of range(3)) await stage.pipeline.accept({ finding: anotherGroup(index) });
    stage.skip(minute);
    await Promise.all(range(10).map(() => stage.another().flush(forever)));
    expect(mail.notifications).toHaveLength(3);
  });

  test('carries a burst by many people, a dead letter, its replay, and what completes an alert', async () => {
    const mail = heard(`mail-${name()}`);
    const stage = deliveryStage({
      receivers: [mail],
      state: inTable(),
      start: at(0).toISOString(),
      policy: { most: 3 },
    });
    await stage.deliver(...range(20).map(anotherGroup));
    await stage.pass(6 * minute);
    expect(said(mail)).toEqual(['first 1', 'first 1', 'first 1', 'first 17']);

    mail.behave = refusal('unauthorized', false);
    await stage.deliver(instanceStopped);
    expect(stage.letters).toHaveLength(1);
    mail.behave = () => ({ ts: '1' });
    await stage.deliver(instanceStopped);
    await stage.deliver(instanceStopped);
    await stage.deliver(completion);
    await stage.pass(2 * minute);
    expect(said(mail).slice(4)).toEqual(['first 1', 'completion']);
    expect(mail.notifications.at(-1)?.group?.receipt).toEqual({ ts: '1' });
  });

  test.each([
    ['that compresses well', (bytes: number) => 'a'.repeat(bytes), true],
    ['that does not', (bytes: number) => randomBytes(bytes).toString('base64').slice(0, bytes), false],
  ])('keeps a finding of a megabyte %s', async (_rule, noise, whole) => {
    const finding: Finding = {
      ...rootLogin,
      id: name(),
      fingerprint: name(),
      event: { ...rootLogin.event, raw: { requestParameters: { noise: noise(1_000_000) } } },
    };
    const mail = heard(`mail-${name()}`);
    const stage = deliveryStage({ receivers: [mail], state: inTable(), start: at(0).toISOString() });
    await stage.deliver(finding);
    expect(mail.notifications).toHaveLength(1);
    const notified = mail.notifications[0]?.finding;
    expect(notified?.omitted?.includes('the raw record') ?? false).toBe(!whole);
    expect(notified?.event.actor).toEqual(finding.event.actor);
  });
});

test('a group is packed and read again as it was', () => {
  const group = groupOf({ parent: 'p', queuedMs: 1 });
  expect(unpackGroup(packGroup(group))).toEqual(group);
});

test('a group is read that an earlier version stored, and stored so that an earlier version can read it', () => {
  const group = groupOf();
  const { groupReason, allReceivers, ...rest } = group;
  const stored = { ...rest, together: groupReason, beside: allReceivers };
  expect(unpackGroup(gzipSync(JSON.stringify(stored)))).toEqual(group);
  const written: unknown = JSON.parse(gunzipSync(packGroup(group)).toString());
  expect(written).toMatchObject({ together: groupReason, beside: allReceivers });
});

test('the state of a group keeps the attributes that an earlier version knows', async () => {
  const group = groupOf();
  const { groups } = inTable();
  const notified = { ...initialGroupState, notified: 3, settled: 3, notifiedMs: start };
  await groups.record(group, await leased(groups, group, 0), notified);
  const Key = { pk: { S: `group#${group.key}` }, sk: { S: 'state' } };
  const { Item } = await client.send(new GetItemCommand({ TableName: table.name, Key }));
  expect(Item).toMatchObject({ told: { N: '3' }, settled: { N: '3' }, toldAt: { N: String(start) } });
});

function later(index: number): Finding {
  return { ...rootLogin, id: `later-${index}`, time: at(index * 1000).toISOString() };
}

function anotherGroup(index: number): Finding {
  return { ...sshRootLogin, id: `other-${index}-${runId}`, fingerprint: `news-${index}-${runId}` };
}

const runId = name();

async function leased(groups: DeliveryState['groups'], group: FindingGroup, ms: number) {
  const lease = await groups.lease(group, at(ms));
  if (lease === undefined) throw new Error('not leased');
  return lease;
}
