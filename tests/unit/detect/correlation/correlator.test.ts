import { describe, expect, test } from '@jest/globals';
import { createMemorySightingStore } from '../../../support/memory-sighting-store.ts';
import * as fc from 'fast-check';
import { createBatchCorrelator } from '../../../../src/detect/correlation/batch-correlator.ts';
import { createCorrelator, type Correlator } from '../../../../src/detect/correlation/correlator.ts';
import { crossingsOf } from '../../../../src/detect/correlation/crossings.ts';
import type { RuleMatch } from '../../../../src/detect/detector.ts';
import { createMemoryWindowStore } from '../../../support/memory-window-store.ts';
import { inOrder, WindowStoreError, type WindowStore } from '../../../../src/detect/correlation/window-store.ts';
import type { Finding } from '../../../../src/model/finding.ts';
import type { LoweredCorrelation } from '../../../../src/sigma/match.ts';
import { correlationOf, matchOf, metaOf, minute, noon, recordOf, ruleMatchOf, ruleOf, ruleSetOf } from '../fixtures.ts';

const login = ruleOf('login', { generate: false });
const start = ruleOf('start', { generate: false });
const three = correlationOf('three');

const logins = (user: string, ...minutes: readonly number[]): readonly RuleMatch[] =>
  minutes.map((at) => ruleMatchOf(login, recordOf(`${user}-${at}`, at, { user })));

const batch = async (correlations: readonly LoweredCorrelation[], matches: readonly RuleMatch[]) => {
  const correlator = createBatchCorrelator(ruleSetOf([login, start], correlations));
  await correlator.add(matches);
  return correlator.end();
};

/** Hands over the matches one by one, as a stream that is read at once would. */
const stream = async (correlator: Correlator, matches: readonly RuleMatch[]): Promise<readonly Finding[]> => {
  const findings: Finding[] = [];
  for (const match of matches) findings.push(...(await correlator.add([match])));
  return findings;
};
const streaming = (correlations: readonly LoweredCorrelation[], store: WindowStore = createMemoryWindowStore()) =>
  createCorrelator(ruleSetOf([login, start], correlations), store, createMemorySightingStore());

const idsOf = (findings: readonly Finding[]): readonly string[] => [...new Set(findings.map(({ id }) => id))];
const minutesOf = (findings: readonly Finding[]) => findings.map(({ time }) => (Date.parse(time) - noon) / minute);

describe('a finding of a correlation', () => {
  test('carries the events that made it, in order of time, and is about the one that crossed', async () => {
    const [finding, ...others] = await batch([three], logins('ann', 2, 0, 1));
    expect(others).toEqual([]);
    expect(finding?.event.id).toBe('ann-2');
    expect(finding?.correlated.map(({ id }) => id)).toEqual(['ann-0', 'ann-1', 'ann-2']);
    expect(finding?.time).toBe('2026-03-01T12:02:00.000Z');
    expect(finding?.rule).toMatchObject({ id: 'three', level: 'high' });
    expect(finding?.labels).toMatchObject({ level: 'high', rule: 'three', source: 'cloudtrail' });
    expect(finding?.evidence).toEqual([
      { field: 'event_count', value: '3', wanted: '≥ 3 within 10m' },
      { field: 'events', value: '3', wanted: 'that matched "Title of login"' },
      { field: 'user', value: 'ann', wanted: 'the same in all 3 matches' },
    ]);
  });

  test('carries a hundred events at most, the last ones, and says of how many', async () => {
    const many = correlationOf('many', { condition: { bounds: [{ op: 'gte', value: 150 }] } });
    const [finding] = await batch([many], logins('ann', ...Array.from({ length: 150 }, (_, index) => index / 100)));
    expect(finding?.correlated).toHaveLength(100);
    expect(finding?.correlated.at(-1)?.id).toBe('ann-1.49');
    expect(finding?.evidence[1]).toEqual({
      field: 'events',
      value: '150',
      wanted: 'that matched "Title of login"; the last 100 of 150 are shown',
    });
  });

  test('is the same news for the same group, whenever it fires', async () => {
    const findings = await batch([three], [...logins('ann', 0, 1, 2, 60, 61, 62), ...logins('bob', 0, 1, 2)]);
    const fingerprints = findings.map(({ fingerprint }) => fingerprint);
    expect(minutesOf(findings)).toEqual([2, 2, 62]);
    expect(new Set(fingerprints).size).toBe(2);
    expect(new Set(idsOf(findings)).size).toBe(3);
  });

  test("is the same news for what the rule's own groupby lists", async () => {
    const own = { ...three, meta: metaOf({ title: 'Three', custom: { groupby: ['account'] } }) };
    const findings = await batch([own], [...logins('ann', 0, 1, 2), ...logins('bob', 0, 1, 2)]);
    expect(new Set(findings.map(({ fingerprint }) => fingerprint)).size).toBe(1);
    expect(findings[0]?.rule.level).toBe('medium');
  });
});

test('an event that two accounts were told of counts once, in whatever order the records come', async () => {
  const told = (id: string, at: number, fact: string) =>
    ruleMatchOf(login, { ...recordOf(id, at, { user: 'ann' }), fact });
  const twice = [told('a1', 0, 'a'), told('a2', 0, 'a'), told('b1', 1, 'b'), told('b2', 1, 'b')];
  expect(await batch([three], twice)).toEqual([]);
  const thrice = [...twice, told('c2', 2, 'c'), told('c1', 2, 'c')];
  const findings = await batch([three], thrice);
  expect(findings.map(({ event, correlated }) => [event.id, correlated.map(({ id }) => id)])).toEqual([
    ['c1', ['a1', 'b1', 'c1']],
  ]);
  expect(await batch([three], thrice.toReversed())).toEqual(findings);
});

describe('matches are grouped', () => {
  const fired = async (correlation: LoweredCorrelation, fields: readonly Readonly<Record<string, unknown>>[]) => {
    const matches = fields.map((each, index) => ruleMatchOf(login, recordOf(`e${index}`, index, each)));
    return (await batch([correlation], matches)).map(({ evidence }) => evidence.slice(2).map(({ value }) => value));
  };

  test.each<[string, LoweredCorrelation, readonly Readonly<Record<string, unknown>>[], readonly (readonly string[])[]]>(
    [
      ['by value', three, [{ user: 'a' }, { user: 'b' }, { user: 'a' }, { user: 'a' }], [['a']]],
      [
        'with those that have no value as a group of their own',
        three,
        [{}, { user: null }, { user: 'a' }, {}],
        [['(none)']],
      ],
      ['apart where the value is empty', three, [{}, { user: '' }, {}, { user: '' }], []],
      ['by exact text', three, [{ user: 'a' }, { user: 'A' }, { user: 'a' }], []],
      ['with a number as its text', three, [{ user: 7 }, { user: '7' }, { user: 7 }], [['7']]],
      [
        'by every field',
        correlationOf('c', { groupBy: ['user', 'ip'] }),
        [
          { user: 'a', ip: 1 },
          { user: 'a', ip: 2 },
          { user: 'a', ip: 1 },
          { user: 'a', ip: 1 },
        ],
        [['a', '1']],
      ],
      [
        'all together without a group-by',
        correlationOf('c', { groupBy: [] }),
        [{ user: 'a' }, {}, { user: 'b' }],
        [[]],
      ],
      [
        'by nested fields',
        correlationOf('c', { groupBy: ['who.name'] }),
        [{ who: { name: 'a' } }, { 'who.name': 'a' }, { who: { name: 'a' } }],
        [['a']],
      ],
      [
        'by fields named as what every object has',
        correlationOf('c', { groupBy: ['constructor', '__proto__'] }),
        [{}, {}, {}],
        [['(none)', '(none)']],
      ],
    ],
  )('%s', async (_name, correlation, fields, expected) => {
    expect(await fired(correlation, fields)).toEqual(expected);
  });

  test('by an alias, which is another field for each rule', async () => {
    const both = correlationOf('both', {
      type: 'temporal',
      rules: ['login', 'start'],
      groupBy: ['who'],
      condition: { bounds: [] },
      aliases: { who: { login: 'user', start: 'owner' } },
    });
    const matches = [
      ruleMatchOf(login, recordOf('1', 0, { user: 'ann', owner: 'x' })),
      ruleMatchOf(start, recordOf('2', 1, { user: 'y', owner: 'ann' })),
      ruleMatchOf(start, recordOf('3', 2, { user: 'z', owner: 'bob' })),
    ];
    const findings = await batch([both], matches);
    expect(findings.map(({ event }) => event.id)).toEqual(['2']);
  });
});

describe('a correlation of correlations', () => {
  const burst = correlationOf('burst', { generate: false });
  const bursts = correlationOf('bursts', {
    rules: ['burst'],
    timespanMs: 120 * minute,
    condition: { bounds: [{ op: 'gte', value: 2 }] },
  });

  test('counts firings as its events', async () => {
    const matches = logins('ann', 0, 1, 2, 60, 61, 62);
    const findings = await batch([burst, bursts], matches);
    expect(findings.map(({ rule, event, time }) => [rule.id, event.id, time])).toEqual([
      ['bursts', 'ann-62', '2026-03-01T13:02:00.000Z'],
    ]);
    // The events behind the inner firings, not only those at which these fired.
    const behind = ['ann-0', 'ann-1', 'ann-2', 'ann-60', 'ann-61', 'ann-62'];
    expect(findings[0]?.correlated.map(({ id }) => id)).toEqual(behind);
    expect(idsOf(await stream(streaming([burst, bursts]), matches))).toEqual(idsOf(findings));
  });

  test('raises the inner findings too where they are wanted', async () => {
    const findings = await batch([{ ...burst, generate: true }, bursts], logins('ann', 0, 1, 2, 60, 61, 62));
    expect(findings.map(({ rule }) => rule.id)).toEqual(['burst', 'burst', 'bursts']);
  });

  test('groups by what the inner one grouped by, aliases among it', async () => {
    const inner = correlationOf('inner', {
      groupBy: ['who'],
      aliases: { who: { login: 'user' } },
      generate: false,
    });
    const outer = correlationOf('outer', {
      rules: ['inner'],
      groupBy: ['who'],
      condition: { bounds: [{ op: 'gte', value: 1 }] },
    });
    const findings = await batch([inner, outer], [...logins('ann', 0, 1, 2), ...logins('bob', 5, 6, 7)]);
    expect(findings.map(({ evidence }) => evidence[2]?.value)).toEqual(['ann', 'bob']);
  });
});

const randomLogins = fc
  .uniqueArray(fc.record({ at: fc.integer({ min: 0, max: 60 }), user: fc.constantFrom('ann', 'bob') }), {
    maxLength: 25,
    selector: ({ at, user }) => `${user}-${at}`,
  })
  .map((rows) => rows.flatMap(({ at, user }) => logins(user, at)));
const withRepeats = (matches: readonly RuleMatch[]) =>
  fc
    .tuple(fc.shuffledSubarray([...matches], { minLength: matches.length }), fc.subarray([...matches]))
    .map(([all, again]) => [...all, ...again]);
const byTime = (matches: readonly RuleMatch[]) => matches.toSorted((a, b) => (a.record.time < b.record.time ? -1 : 1));

const everyType: readonly LoweredCorrelation[] = [
  three,
  correlationOf('sum', { type: 'value_sum', condition: { bounds: [{ op: 'gt', value: 2 }], fields: ['n'] } }),
  correlationOf('few', { condition: { bounds: [{ op: 'lt', value: 2 }] } }),
  correlationOf('chain', { rules: ['three'], groupBy: [], condition: { bounds: [{ op: 'gte', value: 2 }] } }),
];

describe('order and repetition', () => {
  test('of a batch change nothing at all', async () => {
    await fc.assert(
      fc.asyncProperty(
        randomLogins.chain((matches) => fc.tuple(fc.constant(matches), withRepeats(matches))),
        async ([matches, shuffled]) => {
          expect(await batch(everyType, shuffled)).toEqual(await batch(everyType, byTime(matches)));
        },
      ),
      { numRuns: 100 },
    );
  });

  test('repetition of a stream in order of time gives the findings of the batch, by id', async () => {
    await fc.assert(
      fc.asyncProperty(randomLogins, fc.integer({ min: 1, max: 4 }), async (matches, times) => {
        const repeated = byTime(matches).flatMap((match) => Array<RuleMatch>(times).fill(match));
        const correlator = streaming(everyType);
        const findings = [...(await stream(correlator, repeated)), ...(await correlator.add(matches))];
        const expected = idsOf(await batch(everyType.slice(0, 3), matches));
        expect(new Set(idsOf(findings).filter((id) => !isChain(findings, id)))).toEqual(new Set(expected));
      }),
      { numRuns: 100 },
    );
  });

  test('a stream in any order tells each stretch that is true at the end, and nothing else', async () => {
    await fc.assert(
      fc.asyncProperty(
        randomLogins.chain((matches) =>
          fc.tuple(fc.constant(matches), withRepeats(matches), fc.integer({ min: 1, max: 5 })),
        ),
        async ([matches, shuffled, size]) => {
          const correlator = streaming([three]);
          const findings: Finding[] = [];
          for (let index = 0; index < shuffled.length; index += size) {
            findings.push(...(await correlator.add(shuffled.slice(index, index + size))));
          }
          const told = new Map(findings.map((finding) => [finding.id, finding]));
          let matched = 0;
          for (const user of ['ann', 'bob']) {
            const own = inOrder(
              matches
                .filter(({ record }) => record.fields['user'] === user)
                .map(({ record }) => matchOf('login', record)),
            );
            for (const { time, until } of crossingsOf(three, own)) {
              const within = [...told.values()].filter(
                (finding) =>
                  finding.evidence[2]?.value === user &&
                  Date.parse(finding.time) >= time &&
                  Date.parse(finding.time) <= until,
              );
              expect(within.length).toBeGreaterThanOrEqual(1);
              matched += within.length;
            }
          }
          expect(matched).toBe(told.size);
        },
      ),
      { numRuns: 300 },
    );
  });

  test('a match that comes late and moves a crossing does not raise it again', async () => {
    const correlator = streaming([three]);
    expect(minutesOf(await stream(correlator, logins('ann', 4, 6, 8)))).toEqual([8]);
    expect(await stream(correlator, logins('ann', 3, 2, 1, 0))).toEqual([]);
    // Even where, step by step, the crossing moved further than a window.
    expect(await stream(correlator, logins('ann', -3, -6, -9, -12, -15, -18, -21, -24))).toEqual([]);
    expect(minutesOf(await stream(correlator, logins('ann', 60, 61, 62)))).toEqual([62]);
  });
});

const isChain = (findings: readonly Finding[], id: string): boolean =>
  findings.some((finding) => finding.id === id && finding.rule.id === 'chain');

describe('a crash between firing and delivery', () => {
  test('loses nothing: the match that made it fire gives the same finding when it comes again', async () => {
    const store = createMemoryWindowStore();
    const first = await stream(streaming([three], store), logins('ann', 0, 1, 2));
    const again = await stream(streaming([three], store), logins('ann', 2));
    expect(again).toEqual(first);
    expect(await stream(streaming([three], store), logins('ann', 0, 1, 3))).toEqual([]);
  });

  test('loses nothing either when a late match moved the crossing in between', async () => {
    const store = createMemoryWindowStore();
    const first = await stream(streaming([three], store), logins('ann', 4, 6, 8));
    await stream(streaming([three], store), logins('ann', 3));
    expect(idsOf(await stream(streaming([three], store), logins('ann', 8)))).toEqual(idsOf(first));
  });

  test('a store that fails is said to, so that the caller tries again', async () => {
    const failing: WindowStore = {
      add: () => Promise.reject(new WindowStoreError('table x could not be written')),
      mark: () => Promise.resolve(true),
    };
    await expect(streaming([three], failing).add(logins('ann', 0))).rejects.toThrow('table x could not be written');
    const contended: WindowStore = { ...createMemoryWindowStore(), mark: () => Promise.resolve(false) };
    await expect(streaming([three], contended).add(logins('ann', 0, 1, 2))).rejects.toThrow(WindowStoreError);
  });
});

describe('what can not be held', () => {
  test('of a batch is counted by group, and the earliest matches are kept whatever the order', async () => {
    const matches = logins('ann', 0, 1, 2, 30, 31, 32);
    const limits = { perGroup: 4, perCorrelation: 100 };
    for (const order of [matches, matches.toReversed()]) {
      const correlator = createBatchCorrelator(ruleSetOf([login], [three]), limits);
      await correlator.add(order);
      expect(minutesOf(await correlator.end())).toEqual([2]);
      expect(correlator.overflow()).toEqual([{ correlation: 'three', group: { user: 'ann' }, held: 4 }]);
    }
  });

  test('of a correlation altogether is said too', async () => {
    const correlator = createBatchCorrelator(ruleSetOf([login], [three]), { perGroup: 100, perCorrelation: 5 });
    await correlator.add(logins('ann', ...Array.from({ length: 40 }, (_, index) => index)));
    expect(minutesOf(await correlator.end())).toEqual([2]);
    expect(correlator.overflow()).toEqual([{ correlation: 'three', group: {}, held: 5 }]);
  });

  test('of a stream is said, and what depends on it does not fire falsely', async () => {
    const correlator = streaming([three], createMemoryWindowStore({ perGroup: 4, groups: 10 }));
    const findings = await stream(correlator, logins('ann', 0, 1, 2, 3, 4, 5, 6, 7, 60, 61, 62));
    expect(minutesOf(findings)).toEqual([2, 62]);
    expect(correlator.overflow()).toMatchObject([{ correlation: 'three', group: { user: 'ann' } }]);
  });
});

test('a correlator wants only the matches that some correlation uses', () => {
  const other = ruleMatchOf(ruleOf('other'), recordOf('1', 0));
  const [used] = logins('ann', 0);
  for (const correlator of [streaming([three]), createBatchCorrelator(ruleSetOf([login], [three]))]) {
    expect(correlator.wants(other)).toBe(false);
    expect(used !== undefined && correlator.wants(used)).toBe(true);
  }
});
