import { expect, test } from '@jest/globals';
import { createReadAccounts } from '../../src/cli/findings/read-accounts.ts';
import type { Ingested, LogRecord } from '../../src/model/log-record.ts';

const ours = '111122223333';
const other = '444455556666';
const stranger = '616161616161';

function record(account: string, userId: string, path = 'events.jsonl'): LogRecord {
  return {
    id: `${account}-${userId}`,
    time: '2026-03-02T10:00:00.000Z',
    source: { product: 'aws', services: ['cloudtrail'] },
    origin: { path, index: 0 },
    fields: {
      eventSource: 'ec2.amazonaws.com',
      eventName: 'ModifySnapshotAttribute',
      recipientAccountId: account,
      requestParameters: { createVolumePermission: { add: { items: [{ userId }] } } },
    },
  };
}

async function whoGains(
  records: readonly LogRecord[],
  configured: readonly string[] = [],
): Promise<Readonly<Record<string, unknown>>> {
  const { derive, known } = createReadAccounts({ accounts: configured });
  const found: Record<string, unknown> = {};
  const ingested = async function* (): AsyncIterable<Ingested> {
    for (const one of records) yield { kind: 'record', record: one };
  };
  for await (const item of known(ingested())) {
    if (item.kind !== 'record') continue;
    const { access } = derive(item.record.fields)['derived'] as { readonly access: { readonly to: unknown } };
    found[item.record.id] = access.to;
  }
  return found;
}

test.each([
  ['first', (records: readonly LogRecord[]) => records],
  ['last', (records: readonly LogRecord[]) => records.toReversed()],
])('an account whose records are read is the own one, also when they come %s', async (_name, order) => {
  const records = [record(ours, other), record(other, ours), record(ours, stranger)];
  expect(await whoGains(order(records))).toEqual({
    [`${ours}-${other}`]: 'own_account',
    [`${other}-${ours}`]: 'own_account',
    [`${ours}-${stranger}`]: 'foreign_account',
  });
});

test("an account is known by the name of its trail's file", async () => {
  const name = `AWSLogs/${other}/CloudTrail/eu-west-1/2026/03/02/${other}_CloudTrail_eu-west-1_20260302T1005Z_x.json.gz`;
  // An AWS event without an account of its own: only the file tells.
  const { fields, ...rest } = record(other, other, name);
  const { recipientAccountId: _without, ...others } = fields;
  expect(await whoGains([record(ours, other), { ...rest, fields: others }])).toMatchObject({
    [`${ours}-${other}`]: 'own_account',
  });
});

test('the accounts of the configuration are own ones', async () => {
  expect(await whoGains([record(ours, other)], [other])).toEqual({ [`${ours}-${other}`]: 'own_account' });
  expect(await whoGains([record(ours, other)])).toEqual({ [`${ours}-${other}`]: 'foreign_account' });
});
