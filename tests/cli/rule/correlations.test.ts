import { describe, expect, test } from '@jest/globals';
import { folderOf, runRule } from './captured.ts';

/** Two rules to count, and a correlation over them; `also` are more documents. */
function rulesOf(correlation: string, also = ''): string {
  const rule = (name: string) =>
    `title: ${name}\nname: ${name}\nlogsource: { product: any }\ndetection: { s: { kind: ${name} }, condition: s }\n`;
  return [rule('in'), rule('out'), also, `title: C\nname: c\ncorrelation:\n${correlation.replaceAll(/^/gm, '  ')}\n`]
    .filter((text) => text !== '')
    .join('---\n');
}

type Event = readonly [kind: string, minute: number, fields?: Readonly<Record<string, unknown>>];

const line = ([kind, minute, fields]: Event): string =>
  JSON.stringify({
    kind,
    eventTime: new Date(Date.parse('2026-03-02T10:00:00Z') + minute * 60_000).toISOString(),
    ...fields,
  });

/** What fired: the rule, the minute, the records and the group's values. */
async function firedBy(rules: string, events: readonly Event[]): Promise<readonly string[]> {
  const ran = await runRule(
    ['eval', 'r.yml', '--events', '-'],
    folderOf({ 'r.yml': rules }),
    events.map(line).join('\n'),
  );
  expect(ran.code).toBe(0);
  return ran.out
    .split('\n')
    .filter((each) => each.includes('"fired":true'))
    .map((each) => JSON.parse(each) as { rule: string; time: string; records: number[]; group: object })
    .map(({ rule, time, records, group }) =>
      [rule, time.slice(11, 16), records.join(), ...Object.values(group)].join(' '),
    );
}

const by = (user: string, more = {}) => ({ user, ...more });

test.each<readonly [string, string, readonly Event[], readonly string[]]>([
  [
    'event_count counts the matches of any of its rules',
    'type: event_count\nrules: [in, out]\ngroup-by: [user]\ntimespan: 5m\ncondition: { gte: 3 }',
    [
      ['in', 0, by('a')],
      ['out', 1, by('a')],
      ['in', 2, by('b')],
      ['other', 2, by('a')],
      ['in', 3, by('a')],
    ],
    ['c 10:03 0,1,4 a'],
  ],
  [
    'value_count counts different values',
    'type: value_count\nrules: [in]\ngroup-by: [user]\ntimespan: 5m\ncondition: { gte: 2, field: host }',
    [
      ['in', 0, by('a', { host: 'x' })],
      ['in', 1, by('a', { host: 'x' })],
      ['in', 2, by('a', { host: 'y' })],
    ],
    ['c 10:02 0,1,2 a'],
  ],
  [
    'temporal wants each of its rules, in any order',
    'type: temporal\nrules: [in, out]\ngroup-by: [user]\ntimespan: 5m',
    [
      ['out', 0, by('a')],
      ['in', 4, by('a')],
      ['in', 0, by('b')],
      ['out', 6, by('b')],
    ],
    ['c 10:04 0,1 a'],
  ],
  [
    'temporal_ordered wants them in their order',
    'type: temporal_ordered\nrules: [in, out]\ngroup-by: [user]\ntimespan: 5m',
    [
      ['out', 0, by('a')],
      ['in', 1, by('a')],
      ['in', 0, by('b')],
      ['out', 1, by('b')],
    ],
    ['c 10:01 2,3 b'],
  ],
  [
    'value_sum adds numbers, also those that are text',
    'type: value_sum\nrules: [in]\ngroup-by: [user]\ntimespan: 5m\ncondition: { gt: 10, field: bytes }',
    [
      ['in', 0, by('a', { bytes: 6 })],
      ['in', 1, by('a', { bytes: '4.5' })],
      ['in', 2, by('b', { bytes: 10 })],
    ],
    ['c 10:01 0,1 a'],
  ],
  [
    'value_avg is their mean',
    'type: value_avg\nrules: [in]\ngroup-by: [user]\ntimespan: 5m\ncondition: { gte: 5, field: bytes }',
    [
      ['in', 0, by('a', { bytes: 2 })],
      ['in', 1, by('a', { bytes: 8 })],
      ['in', 2, by('a', { bytes: 'many' })],
    ],
    ['c 10:01 0,1 a'],
  ],
  [
    'value_percentile lies between neighbours',
    'type: value_percentile\nrules: [in]\ntimespan: 5m\ncondition: { gte: 9, field: bytes, percentile: 90 }',
    [
      ['in', 0, { bytes: 1 }],
      ['in', 1, { bytes: 5 }],
      ['in', 2, { bytes: 10 }],
    ],
    ['c 10:02 0,1,2'],
  ],
  [
    'an alias is a field that each rule calls differently',
    'type: temporal\nrules: [in, out]\ngroup-by: [who]\ntimespan: 5m\naliases: { who: { in: user, out: actor } }',
    [
      ['in', 0, { user: 'a' }],
      ['out', 1, { actor: 'a' }],
      ['out', 1, { actor: 'b', user: 'a' }],
    ],
    ['c 10:01 0,1 a'],
  ],
  [
    'reading 8: both ends of a window belong to it',
    'type: event_count\nrules: [in]\ntimespan: 5m\ncondition: { gte: 2 }',
    [
      ['in', 0],
      ['in', 5],
      ['in', 20],
      ['in', 25.01],
    ],
    ['c 10:05 0,1'],
  ],
  [
    'reading 8: without the group-by field, a match is in a group of its own',
    'type: event_count\nrules: [in]\ngroup-by: [user]\ntimespan: 5m\ncondition: { gte: 2 }',
    [
      ['in', 0],
      ['in', 1, by('a')],
      ['in', 2, { user: null }],
      ['in', 3, by('')],
    ],
    ['c 10:02 0,2 '],
  ],
  [
    'reading 9: it fires once a crossing, and again only after it fell below',
    'type: event_count\nrules: [in]\ntimespan: 5m\ncondition: { gte: 2 }',
    [
      ['in', 0],
      ['in', 1],
      ['in', 2],
      ['in', 3],
      ['in', 10],
      ['in', 11],
    ],
    ['c 10:01 0,1', 'c 10:11 4,5'],
  ],
  [
    'reading 11: several bounds must all hold',
    'type: event_count\nrules: [in]\ntimespan: 5m\ncondition: { gte: 2, lt: 3, neq: 5 }',
    [
      ['in', 0],
      ['in', 1],
      ['in', 1.5],
    ],
    ['c 10:01 0,1'],
  ],
  [
    'nothing matched, nothing fires',
    'type: event_count\nrules: [in]\ntimespan: 5m\ncondition: { lt: 3 }',
    [['other', 0]],
    [],
  ],
])('%s', async (_, correlation, events, fired) => {
  expect(await firedBy(rulesOf(correlation), events)).toEqual(fired);
});

describe('whatever the order records come in, and however often', () => {
  const burst =
    'title: burst\nname: burst\ncorrelation:\n  type: event_count\n  rules: [in]\n  group-by: [user]\n  timespan: 2m\n  condition: { gte: 2 }\n';
  const chained = rulesOf('type: temporal_ordered\nrules: [burst, out]\ngroup-by: [user]\ntimespan: 10m', burst);
  const events: readonly Event[] = [
    ['in', 0, by('a')],
    ['in', 1, by('a')],
    ['in', 1, by('b')],
    ['out', 5, by('a')],
    ['out', 5, by('b')],
    ['in', 6, by('b')],
  ];
  const kinds = async (order: readonly Event[]) =>
    (await firedBy(chained, order)).map((each) => each.replace(/ [\d,]+ (?=\w$)/, ' '));

  test('a chain fires for what its inner correlation fired for', async () => {
    expect(await firedBy(chained, events)).toEqual(['burst 10:01 0,1 a', 'c 10:05 0,1,3 a']);
  });

  test.each([
    ['backwards', events.toReversed()],
    ['the last first', [...events.slice(3), ...events.slice(0, 3)]],
    ['the odd ones late', [...events.filter((_, index) => index % 2 === 0), ...events.filter((_, index) => index % 2)]],
  ])('%s', async (_, order) => {
    expect(await kinds(order)).toEqual(['burst 10:01 a', 'c 10:05 a']);
  });
});
