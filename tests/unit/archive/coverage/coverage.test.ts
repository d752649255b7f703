import { expect, test } from '@jest/globals';
import {
  coverageCounts,
  coverageOf,
  type CellState,
  type CoverageCell,
} from '../../../../src/archive/coverage/coverage.ts';

const account = '111122223333';
const ireland = { account, region: 'eu-west-1' };
const virginia = { account, region: 'us-east-1' };
const cells = (place: typeof ireland, states: Readonly<Record<string, CellState>>): readonly CoverageCell[] =>
  Object.entries(states).map(([day, state]) => ({ ...place, day: `2026-03-${day}`, state }));

test('days in a row in one state are one stretch, and what is not known is absent', () => {
  const known = [
    ...cells(ireland, { '01': 'proven', '02': 'proven', '03': 'present', '05': 'altered' }),
    ...cells(virginia, { '02': 'proven' }),
  ];
  const asked = { places: [virginia, ireland, ireland], from: '2026-03-01', to: '2026-03-05' };
  const coverage = coverageOf(asked, known, { read: 9, setAside: 1, duplicates: 2 });
  expect(coverage.stretches.map(({ region, from, to, state }) => `${region} ${from} ${to} ${state}`)).toEqual([
    'eu-west-1 2026-03-01 2026-03-02 proven',
    'eu-west-1 2026-03-03 2026-03-03 present',
    'eu-west-1 2026-03-04 2026-03-04 absent',
    'eu-west-1 2026-03-05 2026-03-05 altered',
    'us-east-1 2026-03-01 2026-03-01 absent',
    'us-east-1 2026-03-02 2026-03-02 proven',
    'us-east-1 2026-03-03 2026-03-05 absent',
  ]);
  expect(coverageCounts(coverage)).toEqual({
    accounts: 1,
    regions: 2,
    days: 5,
    asked: 10,
    cells: { proven: 3, present: 1, altered: 1, absent: 5 },
    provenDays: 1,
    coveredDays: 1,
  });
  expect(coverage.records).toEqual({ read: 9, setAside: 1, duplicates: 2 });
});

test.each([
  ['no place, of which nothing is known', [], { asked: 0, provenDays: 0, coveredDays: 0 }],
  ['a whole month that is proven', [ireland], { asked: 31, provenDays: 31, coveredDays: 31 }],
  ['a place without a file beside it', [ireland, virginia], { asked: 62, provenDays: 0, coveredDays: 0 }],
])('%s', (_what, places, counts) => {
  const days = Array.from({ length: 31 }, (_, day) => [String(day + 1).padStart(2, '0'), 'proven'] as const);
  const known = cells(ireland, Object.fromEntries(days));
  const coverage = coverageOf({ places, from: '2026-03-01', to: '2026-03-31' }, known);
  expect(coverageCounts(coverage)).toMatchObject({ days: 31, ...counts });
});
