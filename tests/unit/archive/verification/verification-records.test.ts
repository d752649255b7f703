import { expect, test } from '@jest/globals';
import { describe as describeRecord } from '../../../../src/describe/describe.ts';
import { lastDays, verificationRecords } from '../../../../src/archive/verification/verification-records.ts';
import { verifyTrail } from '../../../../src/archive/verification/verify.ts';
import { bucketSource, deliver, logKey, signingKey } from '../signed-trail.ts';

const key = signingKey();
const days = { from: '2026-03-10', to: '2026-03-11' };

test('what was tampered with becomes a record that rules judge: with the same id each day that it is found', async () => {
  const trail = deliver([{ files: 2, key }]);
  trail.delete(logKey(0, 1));
  const found = await verifyTrail(bucketSource(trail));
  const [first] = verificationRecords(found, '2026-03-12T04:20:00Z', days);
  const [again] = verificationRecords(found, '2026-03-13T04:20:00Z', days);
  expect(first).toMatchObject({
    source: { product: 'trailwatch', services: ['verify'] },
    account: '111122223333',
    region: 'eu-west-1',
    fields: { problem: 'file-missing', key: logKey(0, 1), day: '2026-03-11' },
  });
  expect(again?.id).toBe(first?.id);
  expect(first && describeRecord(first)).toMatchObject({
    action: 'log file gone',
    targets: [{ kind: 'log-file', id: logKey(0, 1) }],
    outcome: { kind: 'failure', code: 'file-missing', message: 'is missing' },
  });
});

test('an intact trail makes no record', async () => {
  expect(verificationRecords(await verifyTrail(bucketSource(deliver([{ files: 1, key }]))), 'now', days)).toEqual([]);
});

test('a trail without any digest is a gap: a chain that is gone whole breaks nowhere', async () => {
  const records = verificationRecords(await verifyTrail(bucketSource(new Map())), '2026-03-12T04:20:00Z', days);
  expect(records.map(({ fields }) => fields)).toEqual([
    expect.objectContaining({ problem: 'gap', day: '2026-03-11', reason: expect.stringContaining('has no digests') }),
  ]);
});

test.each([
  ['2026-03-12T04:20:00Z', { from: '2026-03-10', to: '2026-03-11' }],
  ['2026-01-01T00:00:00Z', { from: '2025-12-30', to: '2025-12-31' }],
])('the last two whole days before %s', (time, expected) => {
  expect(lastDays(time, 2)).toEqual(expected);
});
