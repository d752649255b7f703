import { describe, expect, test } from '@jest/globals';
import { chunksOf, lacking } from '../../../../src/archive/copy/copy-plan.ts';

const surveyed = (account: string, ...days: readonly string[]) =>
  days.map((day) => ({ account, day, records: 2, events: 2 }));

describe('chunksOf', () => {
  test.each([
    { rule: 'nothing delivered, nothing to write', given: [], most: 4, chunks: [] },
    {
      rule: 'accounts that fit go together, with all their days',
      given: [...surveyed('1', 'd1', 'd2'), ...surveyed('2', 'd2', 'd3')],
      most: 4,
      chunks: [{ accounts: ['1', '2'], days: ['d1', 'd2', 'd3'] }],
    },
    {
      rule: 'an account that does not fit begins the next statement',
      given: [...surveyed('1', 'd1', 'd2'), ...surveyed('2', 'd1', 'd2'), ...surveyed('3', 'd1')],
      most: 4,
      chunks: [
        { accounts: ['1', '2'], days: ['d1', 'd2'] },
        { accounts: ['3'], days: ['d1'] },
      ],
    },
    {
      rule: 'an account with more days than one statement may write is parted by days, and shares with none',
      given: [...surveyed('1', 'd1'), ...surveyed('2', 'd3', 'd1', 'd2'), ...surveyed('3', 'd1')],
      most: 2,
      chunks: [
        { accounts: ['1'], days: ['d1'] },
        { accounts: ['2'], days: ['d1', 'd2'] },
        { accounts: ['2'], days: ['d3'] },
        { accounts: ['3'], days: ['d1'] },
      ],
    },
  ])('$rule', ({ given, most, chunks }) => {
    expect(chunksOf(given, most)).toEqual(chunks);
  });

  test('whatever came, every account and day is in exactly one statement, and none writes to too many partitions', () => {
    const given = Array.from({ length: 300 }, (_, n) =>
      surveyed(String(n), ...Array.from({ length: 1 + ((n * 7) % 40) }, (_x, day) => `d${day}`)),
    ).flat();
    const chunks = chunksOf(given);
    for (const { account, day } of given) {
      expect(chunks.filter((one) => one.accounts.includes(account) && one.days.includes(day))).toHaveLength(1);
    }
    for (const { accounts, days } of chunks) {
      const written = given.filter((one) => accounts.includes(one.account) && days.includes(one.day));
      expect(written.length).toBeLessThanOrEqual(90);
    }
  });
});

describe('lacking', () => {
  const delivered = [{ account: '1', day: 'd', records: 3, events: 2 }];
  test.each([
    { rule: 'as much as was delivered', held: [{ account: '1', day: 'd', records: 2, events: 2 }], says: undefined },
    { rule: 'more, from other days', held: [{ account: '1', day: 'd', records: 9, events: 9 }], says: undefined },
    {
      rule: 'less',
      held: [{ account: '1', day: 'd', records: 1, events: 1 }],
      says: /expected 2 events.* got 1/,
    },
    { rule: 'nothing', held: [], says: /got 0/ },
    { rule: 'an event twice', held: [{ account: '1', day: 'd', records: 3, events: 2 }], says: /3 rows for 2 events/ },
  ])('the copy holds $rule', ({ held, says }) => {
    if (says === undefined) expect(lacking(delivered, held)).toBeUndefined();
    else expect(lacking(delivered, held)).toMatch(says);
  });
});
