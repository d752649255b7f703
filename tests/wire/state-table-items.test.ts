import { DynamoDBClient, ScanCommand, type AttributeValue } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { gunzipSync } from 'node:zlib';
import { createDynamoArrivalLog } from '../../src/aws/state-table/arrival-log.ts';
import { createDynamoCanaryLog } from '../../src/aws/state-table/canary-log.ts';
import { createDynamoCopyLease, createDynamoCopyLedger } from '../../src/aws/state-table/copy-ledger.ts';
import { createDynamoDeliveryState } from '../../src/aws/state-table/delivery-state.ts';
import { createDynamoHeartbeatStore } from '../../src/aws/state-table/heartbeat-store.ts';
import { createDynamoInstanceLog } from '../../src/aws/state-table/instance-log.ts';
import { itemKinds } from '../../src/aws/state-table/keys.ts';
import { createDynamoNotifiedOnce } from '../../src/aws/state-table/notified-once.ts';
import { createDynamoSightingStore } from '../../src/aws/state-table/sighting-store.ts';
import { createDynamoTallies } from '../../src/aws/state-table/tally-store.ts';
import { createDynamoTrialLog } from '../../src/aws/state-table/trial-log.ts';
import { createDynamoWindowStore } from '../../src/aws/state-table/window-store.ts';
import { memberOf } from '../../src/notify/delivery/group-members.ts';
import { initialGroupState } from '../../src/notify/delivery/state/group-store.ts';
import { defaultPolicy } from '../../src/notify/routing/policy.ts';
import { expectGolden } from '../support/golden.ts';
import { startLocalStateTable, type LocalStateTable } from '../support/local-state-table.ts';
import { recordOf } from '../unit/detect/fixtures.ts';
import { rootLogin, sshRootLogin } from '../unit/notify/specimens.ts';
import { local } from './notification.ts';

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

const noon = new Date('2026-03-14T12:00:00Z');
const later = new Date('2026-03-14T12:10:00Z');
const minute = 60_000;

/** Deployed stages hold such items: what is written to a table has to be read by the next version, and by the one before. */
test('items are written as they always were', async () => {
  const place = { client, table: table.name };
  let tokens = 0;
  const newToken = (): string => `token-${(tokens += 1)}`;
  const state = createDynamoDeliveryState({ ...place, newToken, now: () => noon });

  const [delivered, leased, parked] = ['mail', 'chat', 'pager'].map((receiver) => ({ findingId: 'f00d', receiver }));
  const claim = await state.seen.claim(delivered!, noon);
  if (claim.kind === 'granted') await state.seen.record(claim.lease, later, 'group-1');
  await state.seen.claim(leased!, noon);
  await state.seen.park(parked!, 'group-1', noon);

  const group = {
    key: 'group-1',
    openedMs: noon.getTime(),
    closesMs: noon.getTime() + 60 * minute,
    lead: rootLogin.id,
    receiver: 'mail',
    finding: rootLogin,
    policy: defaultPolicy,
    groupReason: 'the same news',
    alone: false,
    allReceivers: ['mail'],
  };
  await state.groups.open('base-1', group, noon);
  await state.groups.join(group, memberOf(rootLogin));
  await state.groups.join(group, memberOf(sshRootLogin));
  const lease = await state.groups.lease(group, noon);
  const receipt = { ts: '1710417600.000100' };
  const recorded = { ...initialGroupState, notified: 2, settled: 2, notifiedMs: later.getTime(), failures: 1, receipt };
  await state.groups.record(group, lease!, { ...recorded, failingSinceMs: noon.getTime(), notBeforeMs: 1 });
  await state.groups.revive(group);
  await state.groups.lease(group, noon);
  await state.groups.record({ ...group, key: 'group-2' }, lease!, recorded);

  await state.outbox.put('mail', 'group-1', noon.getTime());
  await state.throttle.take('mail', 'group-1', { most: 2, forMs: minute }, noon);
  await state.throttle.take('mail', 'group-2', { most: 2, forMs: minute }, noon);
  const closed = { failures: 0, openUntilMs: 0, version: 0 };
  await state.circuits.replace('mail', closed, { failures: 3, openUntilMs: 7 });
  await state.inhibitions.start('inhibition-1', later.getTime());
  await state.fallbacks.fail('f00d', 'mail', noon);
  await state.fallbacks.fail('f00d', 'chat', noon);
  await createDynamoTallies({ ...place, random: () => 0.3 }).add(noon, [{ kind: 'joined', name: 'Root #1', by: 3 }]);

  const login = recordOf('e-1', 0, { user: 'ann' });
  const match = { id: 'e-1', time: noon.getTime(), rule: 'login', record: login };
  const windows = createDynamoWindowStore({ ...place, now: () => noon });
  const window = { correlation: 'three', group: '["ann"]' };
  const more = { ...match, id: 'e-2', through: [login], group: { user: 'ann', host: null } };
  await windows.add(window, [match, more], { from: noon.getTime() - minute, to: noon.getTime() });
  await windows.mark(window, [{ time: noon.getTime(), by: ['e-1'] }], 0);

  const sighting = { correlation: 'new-country', group: '["ann"]', value: 'NZ' };
  const sight = { id: 'e-1', timeMs: noon.getTime() };
  await createDynamoSightingStore(place).sight(sighting, sight, 30 * 24 * 60 * minute);

  await createDynamoInstanceLog({ ...place, now: () => noon }).add({
    kind: 'call',
    eventId: 'call-1',
    instance: 'i-0123456789abcdef0',
    time: noon.toISOString(),
    record: login,
  } as never);

  const heartbeats = createDynamoHeartbeatStore(place);
  const source = { path: 'logs', name: '/hosts/auth', account: '111122223333', region: 'eu-west-1' } as const;
  await heartbeats.note(source, noon);
  await heartbeats.note(source, later);
  for (const heartbeat of await heartbeats.all()) await heartbeats.markNotified(heartbeat);
  await createDynamoArrivalLog(place).add('f00d', 'logs', noon);
  await createDynamoArrivalLog(place).add('f00d', 's3', later);
  await createDynamoCanaryLog(place).sent('canary-1', noon);
  await createDynamoCanaryLog(place).returned('canary-1', later);
  await createDynamoNotifiedOnce(place).set('digest 2026-03-14', noon);
  const note = { trial: 'new-rule', finding: 'f00d', receivers: ['mail', 'chat'], title: 'Root login' };
  await createDynamoTrialLog(place).note(note, noon);
  await createDynamoCopyLedger(place, 's3://archive/cloudtrail_columnar/').record({ day: '2026/03/14' } as never);
  await createDynamoCopyLease(place).take('run-1', noon, later);

  const { Items = [] } = await client.send(new ScanCommand({ TableName: table.name }));
  const lines = Items.map((item) => {
    const names = Object.keys(item).toSorted();
    return JSON.stringify(Object.fromEntries(names.map((name) => [name, readable(item[name])])));
  }).toSorted();
  expectGolden('state-table/items.ndjson', `${lines.join('\n')}\n`);

  const written = Object.entries(itemKinds).filter(([, { pk, sk }]) =>
    Items.some((item) => fits(pk, item['pk']?.S) && fits(sk, item['sk']?.S)),
  );
  expect(written.map(([name]) => name)).toEqual(Object.keys(itemKinds));
});

function fits(layout: string, key = ''): boolean {
  return new RegExp(`^${layout.replaceAll(/\{\w+\}/g, '.+')}$`).test(key);
}

/** What is packed depends on the version of zlib; what is in it doesn't. */
function readable(value: AttributeValue | undefined): unknown {
  if (value?.B !== undefined) return { packed: JSON.parse(gunzipSync(value.B).toString()) as unknown };
  return value?.SS === undefined ? value : { SS: value.SS.toSorted() };
}
