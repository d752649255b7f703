import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { createBatchCorrelator } from '../../../../src/detect/correlation/batch-correlator.ts';
import { createCorrelator } from '../../../../src/detect/correlation/correlator.ts';
import { createSightingCache, type RememberedStretch } from '../../../../src/detect/correlation/sighting-cache.ts';
import type { RuleMatch } from '../../../../src/detect/detector.ts';
import type { Finding } from '../../../../src/model/finding.ts';
import { parseRuleFile, type Problem } from '../../../../src/sigma/index.ts';
import type { LoweredCorrelation } from '../../../../src/sigma/match.ts';
import { createMemorySightingStore } from '../../../support/memory-sighting-store.ts';
import { createMemoryWindowStore } from '../../../support/memory-window-store.ts';
import { correlationOf, recordOf, ruleMatchOf, ruleOf, ruleSetOf } from '../fixtures.ts';

const call = ruleOf('call', { generate: false });
const day = 24 * 60;
const dayMs = 86_400_000;
const firstRegion = correlationOf('first-region', {
  type: 'first_seen',
  rules: ['call'],
  groupBy: ['user'],
  timespanMs: 30 * dayMs,
  learningMs: 7 * dayMs,
  condition: { bounds: [], fields: ['region'] },
});

/** A call by a user, in a region, on a day. */
type Row = readonly [user: string, region: string | null, day: number];
const matchOf = ([user, region, at]: Row): RuleMatch =>
  ruleMatchOf(call, recordOf(`${user} ${region} ${at}`, at * day, { user, ...(region !== null && { region }) }));

const said = (findings: readonly Finding[]): readonly string[] =>
  [...new Map(findings.map((finding) => [finding.id, finding.event.id])).values()].toSorted();

async function batch(rows: readonly Row[], correlation: LoweredCorrelation = firstRegion): Promise<readonly Finding[]> {
  const correlator = createBatchCorrelator(ruleSetOf([call], [correlation]));
  for (const row of rows) await correlator.add([matchOf(row)]);
  return correlator.end();
}

async function stream(
  rows: readonly Row[],
  store = createMemorySightingStore(),
  size = 1,
): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (let at = 0; at < rows.length; at += size) {
    const correlator = createCorrelator(ruleSetOf([call], [firstRegion]), createMemoryWindowStore(), store);
    findings.push(...(await correlator.add(rows.slice(at, at + size).map(matchOf))));
  }
  return findings;
}

const stories: readonly (readonly [string, readonly Row[], readonly string[]])[] = [
  [
    'the group is watched for a week first',
    [
      ['ann', 'eu', 0],
      ['ann', 'us', 6],
    ],
    [],
  ],
  [
    'then what it never showed is news',
    [
      ['ann', 'eu', 0],
      ['ann', 'eu', 8],
      ['ann', 'us', 9],
    ],
    ['ann us 9'],
  ],
  [
    'what it showed before is none',
    [
      ['ann', 'eu', 0],
      ['ann', 'us', 1],
      ['ann', 'us', 9],
    ],
    [],
  ],
  [
    'news is said once',
    [
      ['ann', 'eu', 0],
      ['ann', 'us', 9],
      ['ann', 'us', 10],
      ['ann', 'us', 11],
    ],
    ['ann us 9'],
  ],
  [
    "another group's values count for that one alone",
    [
      ['ann', 'eu', 0],
      ['bob', 'us', 0],
      ['ann', 'us', 9],
      ['bob', 'us', 9],
    ],
    ['ann us 9'],
  ],
  [
    'after the timespan it is news again',
    [
      ['ann', 'eu', 0],
      ['ann', 'us', 1],
      ['ann', 'eu', 20],
      ['ann', 'us', 33],
    ],
    ['ann us 33'],
  ],
  [
    'within the timespan it is not',
    [
      ['ann', 'eu', 0],
      ['ann', 'us', 1],
      ['ann', 'eu', 20],
      ['ann', 'us', 31],
    ],
    [],
  ],
  [
    'a group that was away for the timespan is watched anew',
    [
      ['ann', 'eu', 0],
      ['ann', 'us', 40],
      ['ann', 'ap', 41],
    ],
    [],
  ],
  [
    'without the value there is nothing to look at',
    [
      ['ann', 'eu', 0],
      ['ann', null, 9],
    ],
    [],
  ],
];

test.each(stories)('%s, read as a whole', async (_name, rows, news) => {
  expect(said(await batch(rows))).toEqual(news);
});

test.each(stories)('%s, read as it comes', async (_name, rows, news) => {
  expect(said(await stream(rows))).toEqual(news);
});

test('a group without a value to group by is not looked at', async () => {
  const correlator = createBatchCorrelator(ruleSetOf([call], [firstRegion]));
  await correlator.add([0, 9].map((at) => ruleMatchOf(call, recordOf(`x${at}`, at * day, { region: `r${at}` }))));
  expect(await correlator.end()).toEqual([]);
});

test('the finding says what is new, to whom', async () => {
  const [finding] = await batch([
    ['ann', 'eu', 0],
    ['ann', 'us', 9],
  ]);
  expect(finding?.evidence).toEqual([
    { field: 'region', value: 'us', wanted: 'not seen in the 30d before' },
    { field: 'user', value: 'ann', wanted: 'the one that shows it' },
  ]);
});

const row = fc.tuple(fc.constantFrom('ann', 'bob'), fc.constantFrom('eu', 'us', 'ap'), fc.integer({ min: 0, max: 80 }));

describe('over generated streams', () => {
  test('order and repetition change nothing of what is read as a whole', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc
          .array(row, { maxLength: 25 })
          .chain((rows) =>
            fc.tuple(fc.constant(rows), fc.shuffledSubarray([...rows, ...rows], { minLength: 2 * rows.length })),
          ),
        async ([rows, shuffled]) => {
          const idsOf = (findings: readonly Finding[]): readonly string[] => findings.map(({ id }) => id).toSorted();
          expect(idsOf(await batch(shuffled))).toEqual(idsOf(await batch(rows)));
        },
      ),
    );
  });

  test('in order, repeated, and in pieces of any size, a stream gives what the whole gives', async () => {
    // A day is held back at the end of a timespan, since a last sighting is noted once a day at most.
    const inTime = fc
      .array(row, { maxLength: 25 })
      .filter((rows) =>
        rows.every(([, , one]) =>
          rows.every(([, , other]) => Math.abs(one - other) < 30 || Math.abs(one - other) > 33),
        ),
      )
      .map((rows) => rows.toSorted((a, b) => a[2] - b[2] || (a < b ? -1 : 1)));
    await fc.assert(
      fc.asyncProperty(inTime, fc.integer({ min: 1, max: 7 }), async (rows, size) => {
        const idsOf = (findings: readonly Finding[]): readonly string[] =>
          [...new Set(findings.map(({ id }) => id))].toSorted();
        const twice = rows.flatMap((each) => [each, each]);
        expect(idsOf(await stream(twice, createMemorySightingStore(), size))).toEqual(idsOf(await batch(rows)));
      }),
    );
  });

  test('in any order a learned group says each of its values once at most', async () => {
    const learned = fc.array(
      fc.tuple(fc.constant('ann'), fc.constantFrom('eu', 'us', 'ap'), fc.integer({ min: 8, max: 25 })),
      { maxLength: 20 },
    );
    await fc.assert(
      fc.asyncProperty(learned, async (rows) => {
        const findings = await stream([['ann', 'home', 0], ...rows, ...rows.toReversed()]);
        const values = new Map(findings.map(({ id, evidence }) => [id, evidence[0]?.value]));
        expect(values.size).toBe(new Set(values.values()).size);
        expect(new Set(values.values())).toEqual(new Set(rows.map(([, region]) => region)));
      }),
    );
  });
});

test('what made news makes the same news when it is delivered again', async () => {
  const store = createMemorySightingStore();
  const before = await stream(
    [
      ['ann', 'eu', 0],
      ['ann', 'us', 9],
    ],
    store,
  );
  const again = await stream([['ann', 'us', 9]], store);
  expect(again.map(({ id }) => id)).toEqual(before.map(({ id }) => id));
});

test('a million principals are held up to the limit, and the rest is said', async () => {
  const correlator = createBatchCorrelator(ruleSetOf([call], [firstRegion]), { perGroup: 100, perCorrelation: 1_000 });
  const record = recordOf('same', 0);
  for (let at = 0; at < 1_000_000; at += 1) {
    await correlator.add([ruleMatchOf(call, { ...record, fields: { user: `user-${at}`, region: 'eu' } })]);
  }
  await correlator.end();
  expect(correlator.overflow()).toEqual([{ correlation: 'first-region', group: {}, held: 1_000 }]);
});

test('who shows the same each minute costs the store two requests a day', async () => {
  const asked: string[] = [];
  const inner = createMemorySightingStore();
  const cache = createSightingCache({
    sight: async (key, sighting, timespanMs) => {
      asked.push(key.value ?? 'group');
      return (await inner.sight(key, sighting, timespanMs)) as RememberedStretch;
    },
  });
  const rows = Array.from({ length: 3 * 24 * 60 }, (_, minute): Row => ['ann', 'eu', minute / (24 * 60)]);
  const correlator = createCorrelator(ruleSetOf([call], [firstRegion]), createMemoryWindowStore(), cache);
  await correlator.add(rows.map(matchOf));
  expect(asked.length).toBeLessThanOrEqual(2 * 3);
});

const ruleText = (correlation: string): string => `title: First region
id: 5c0e8f0c-0000-4000-8000-000000000001
correlation:
  type: first_seen
  rules: [call]
  group-by: [user]
  timespan: 30d
${correlation}`;
const problemsOf = (text: string): readonly Pick<Problem, 'code' | 'severity'>[] =>
  parseRuleFile(text, 'rules/first.yml').problems.filter(({ severity }) => severity === 'error');

test.each([
  ['a field', '  condition: { field: region }', []],
  ['several fields', '  condition: { field: [region, service] }\n  learning: 14d', []],
  ['no condition', '', [/no condition, e\.g\. `field: awsRegion`/]],
  ['a bound', '  condition: { field: region, gte: 3 }', [/compares nothing/]],
  ['no field', '  condition: {}', [/needs `field`/]],
  [
    'a learning time that cannot be read',
    '  condition: { field: region }\n  learning: soon',
    [/learning: expected 0s, or a number/],
  ],
])('a first-seen correlation is read with %s', (_name, correlation, messages) => {
  const errors = problemsOf(ruleText(correlation)) as readonly Problem[];
  expect(errors.map(({ message }) => message)).toEqual(messages.map((message) => expect.stringMatching(message)));
});

test('a learning time belongs to first-seen correlations alone', () => {
  const text = ruleText('  condition: { gte: 3 }\n  learning: 7d').replace('first_seen', 'event_count');
  expect(problemsOf(text)).toEqual([expect.objectContaining({ code: 'learning' })]);
});
