import { expect, test } from '@jest/globals';
import { coverageCounts, coverageOf } from '../../../../src/archive/coverage/coverage.ts';
import { coverageCells } from '../../../../src/archive/verification/coverage-cells.ts';
import { verifyTrail } from '../../../../src/archive/verification/verify.ts';
import { cloudtrailKeys } from '../../../support/tamperings.ts';
import { bucketSource, deliver, digestKey, logKey, putLog, type Bucket } from '../signed-trail.ts';

const [ours] = cloudtrailKeys;
const keys = () => Promise.resolve([ours.publicKey]);
const days = ['2026-03-12', '2026-03-13', '2026-03-14'];

/** Four days and a few hours, a file every eighth hour. */
const trail = (): Bucket =>
  deliver(
    Array.from({ length: 99 }, (_, hour) => ({ files: hour % 8 === 0 ? 1 : 0, key: ours })),
    { minute: 10 },
  );
const at = { minute: 10 };

test.each<[string, (trail: Bucket) => void, readonly string[], readonly string[]]>([
  ['nothing happened', () => {}, ['proven', 'proven', 'proven'], ['proven', 'proven', 'proven']],
  [
    'a file was changed on the second day',
    (bucket) => putLog(bucket, logKey(48, 0, at), 'forged'),
    ['proven', 'altered', 'proven'],
    ['proven', 'altered', 'proven'],
  ],
  [
    'the digests of the second day are gone',
    (bucket) => {
      for (let hour = 47; hour < 71; hour++) bucket.delete(digestKey(hour, false, at));
    },
    // The first of them has the last hour of the first day.
    ['present', 'altered', 'proven'],
    ['present', 'altered', 'proven'],
  ],
  [
    'everything from the second day on is gone',
    (bucket) => {
      for (let hour = 47; hour < 99; hour++) {
        bucket.delete(digestKey(hour, false, at));
        bucket.delete(logKey(hour, 0, at));
      }
    },
    ['present', 'absent', 'absent'],
    ['present', 'absent', 'absent'],
  ],
])('%s', async (_what, change, bucket, copy) => {
  for (const [isCopy, states] of [
    [false, bucket],
    [true, copy],
  ] as const) {
    const tampered = trail();
    change(tampered);
    const range = { from: '2026-03-12', to: '2026-03-14' };
    const found = await verifyTrail(bucketSource(tampered, isCopy), { keys, ...range, wholePeriod: true });
    const cells = coverageCells(found);
    expect(cells.map(({ day, state }) => `${day} ${state}`)).toEqual(
      days.map((day, index) => `${day} ${states[index]}`),
    );
    const { asked } = coverageCounts(coverageOf({ places: cells, ...range }, cells));
    expect(asked).toBe(3);
  }
});

test('without public keys nothing is proven, and nothing is altered', async () => {
  const range = { from: '2026-03-12', to: '2026-03-12', wholePeriod: true };
  const found = await verifyTrail(bucketSource(trail(), true), range);
  expect(coverageCells(found).map(({ state }) => state)).toEqual(['present']);
});
