import { beforeAll, describe, expect, test } from '@jest/globals';
import { runsOf, type Run } from './runs.ts';

describe('10,000 findings through 200 random schedules', () => {
  let runs: readonly Run[];
  beforeAll(async () => {
    runs = await runsOf('schedules', { to: 200, findings: 50 });
  }, 300_000);
  const sum = (of: (run: Run) => number): number => runs.reduce((total, each) => total + of(each), 0);

  test('none is lost, none is sent twice without a fault between send and record, and all are accounted for', () => {
    expect(runs).toHaveLength(200);
    expect(runs.flatMap(({ problems }) => problems)).toEqual([]);
    expect(sum(({ sent }) => sent)).toBeGreaterThan(10_000);
    expect(sum(({ into }) => into)).toBe(sum(({ notified, kept, dead }) => notified + kept + dead));
  });

  test('every kind of fault was among them, with repeats and with dead letters that are sent again', () => {
    for (const kind of ['refused', 'lost', 'crash-before', 'crash-after']) {
      expect({ kind, times: sum(({ faults }) => faults[kind] ?? 0) > 100 }).toEqual({ kind, times: true });
    }
    expect(sum(({ repeats }) => repeats)).toBeGreaterThan(0);
    expect(sum(({ dead }) => dead)).toBeGreaterThan(0);
    expect(sum(({ replayed }) => replayed)).toBeGreaterThan(0);
  });
});

test('the same seed is the same run', async () => {
  const [one, other] = await Promise.all([runsOf('schedules', { to: 1 }, 1), runsOf('schedules', { to: 1 }, 1)]);
  expect(one).toEqual(other);
});

describe('with the state in a table', () => {
  test('random schedules lose nothing', async () => {
    const runs = await runsOf('table', { to: 2, findings: 8 });
    expect(runs.flatMap(({ problems }) => problems)).toEqual([]);
  }, 120_000);

  // All requests by `npm run reliability`; here some, while the first finding is accepted.
  test('wherever a copy dies, before a request or after it, nothing is lost and at most one notification is sent twice', async () => {
    const runs = await runsOf('deaths', { from: 5, to: 10 });
    expect(runs.flatMap(({ problems }) => problems)).toEqual([]);
    expect(Math.max(...runs.map(({ repeats }) => repeats))).toBeLessThanOrEqual(1);
  }, 120_000);
});
