import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { gzipSync } from 'node:zlib';
import { createStageOpener, openValue, standardOpener } from '../../../../src/ingest/open.ts';
import { isCloudTrailRecord } from '../../../../src/ingest/shapes/cloudtrail.ts';
import { unwrap } from '../../../../src/ingest/unwrap/unwrap.ts';
import { fixture } from '../fixture.ts';
import { cloudTrailRecord, sorted } from '../reading.ts';

const origin = { path: 'x.json', index: 0, time: '2026-03-02T00:00:00.000Z', written: true } as const;
const open = (value: unknown) => sorted(openValue(value, origin));
const text = JSON.stringify;
const line = 'Mar  1 10:00:01 web-1 sshd[42]: Failed password for root from 192.0.2.1 port 9 ssh2';

/** What is known by itself, with what it is known by afterwards. */
const known: readonly { readonly value: unknown; readonly key: string }[] = [
  { value: cloudTrailRecord('ct-1'), key: 'ct-1' },
  { value: fixture('eventbridge-ec2-state'), key: '7bf73129-1428-4cd3-a780-95db273d1602' },
  { value: fixture('eventbridge-api-call'), key: '0b3f6a51-6c44-4a3e-9a41-5f3f0c9f3a01' },
  { value: line, key: 'login failed' },
  { value: { ...cloudTrailRecord('ct-2'), userIdentity: { type: 'Root' } }, key: 'ct-2' },
  { value: '192.0.2.1 - - [01/Mar/2026:10:00:01 +0000] "GET /.env HTTP/1.1" 404 153 "-" "curl/8"', key: 'GET' },
];

type Wrap = (value: unknown) => unknown;

/** One wrapping round anything: a list, a column, a name, a text, packed data. */
const asText = (value: unknown): string => (typeof value === 'string' ? value : text(value));
const plainWrappings: readonly Wrap[] = [
  (value) => [value],
  (value) => [value, 1, null],
  (value) => text(value),
  (value) => Buffer.from(asText(value)).toString('base64'),
  (value) => gzipSync(asText(value)).toString('base64'),
  (value) => [
    { field: '@ptr', value: 'x' },
    { field: 'it', value: asText(value) },
  ],
  (value) => ({ columns: [{ name: 'n' }, { name: 'it' }], rows: [[1, value]] }),
  (value) => ({ fields: ['n', 'it'], columns: [[1], [value]] }),
];
const name = fc.string({ minLength: 1, maxLength: 12 }).filter((one) => one !== '__proto__');
const filler = fc.oneof(fc.integer({ max: 1000 }), fc.boolean(), fc.constant(null));
const wrapping: fc.Arbitrary<Wrap> = fc.oneof(
  fc.nat(plainWrappings.length - 1).map((index): Wrap => plainWrappings[index] ?? ((value) => value)),
  fc
    .tuple(name, fc.dictionary(name, filler, { maxKeys: 3 }))
    .map(([key, others]): Wrap => (value) => ({ ...others, [key]: value })),
);

test('any known record in any containers, up to two levels deep, comes back', () => {
  fc.assert(
    fc.property(fc.constantFrom(...known), fc.array(wrapping, { minLength: 0, maxLength: 2 }), (one, wrappings) => {
      const value = wrappings.reduce<unknown>((inner, wrap) => wrap(inner), one.value);
      const items = typeof value === 'string' ? standardOpener.text(value, origin) : openValue(value, origin);
      const { records } = sorted(items);
      const keys = records.flatMap(({ id, fields }) => [id, fields['action'], fields['cs-method']]);
      expect(keys).toContain(one.key);
    }),
    { numRuns: 1500 },
  );
});

test('no value makes records vanish: what stands beside a known one in a list is read or named', () => {
  const element = fc.oneof(
    fc.integer({ min: 1, max: 30 }).map((n) => cloudTrailRecord(`ct-${n}`)),
    fc.constant(text(cloudTrailRecord('ct-text'))),
    fc.constant({ a: 1 }),
    fc.constant({ message: 'all is well', timestamp: 1_772_359_201_000 }),
    fc.constant('{"eventVersion":"1.08", cut'),
  );
  fc.assert(
    fc.property(fc.array(element, { minLength: 1, maxLength: 8 }), fc.boolean(), (list, inside) => {
      const { records, failures } = open(inside ? { answer: { items: list } } : list);
      const isKnown =
        list.some((one) => typeof one === 'object' && 'eventVersion' in one) ||
        list.includes(text(cloudTrailRecord('ct-text')));
      // Where nothing in it is known, the answer itself is named.
      expect(records.length + failures.length).toBe(inside && !isKnown ? 1 : list.length);
    }),
    { numRuns: 500 },
  );
});

describe('what is taken out of a wrapping', () => {
  const a = cloudTrailRecord('a');
  const b = cloudTrailRecord('b', { eventTime: '2026-03-01T11:00:00Z' });

  test.each<[string, unknown, readonly string[]]>([
    ['a map of records by their id, as `jq INDEX` makes it', { a, b }, ['a', 'b']],
    [
      'the same record twice in one wrapping is one',
      { event: { original: text(a) }, message: text(a), copy: a },
      ['a'],
    ],
    ['two lists in one answer', { first: [a], second: [b] }, ['a', 'b']],
    ['the same record twice in a list stays two', { list: [a, a] }, ['a', 'a']],
    ['a JSON string within a JSON string', text(text({ list: [text(a)] })), ['a']],
    ['values behind each other in one text', { body: `${text(a)}\n${text(b)}` }, ['a', 'b']],
    [
      'a row of CloudTrail Lake',
      {
        QueryResultRows: [
          [{ eventID: 'a' }, { eventName: 'X' }, { eventSource: 'y' }, { eventTime: '2026-03-01 10:00:00.000' }],
        ],
      },
      ['a'],
    ],
    [
      'a table whose first row names the columns',
      {
        Rows: [
          ['eventid', 'eventname', 'eventsource', 'eventtime'],
          ['a', 'X', 'y', '2026-03-01 10:00:00.000 UTC'],
        ].map((cells) => ({ Data: cells.map((VarCharValue) => ({ VarCharValue })) })),
      },
      ['a'],
    ],
  ])('%s', (_name, value, ids) => {
    const result = open(value);
    expect([result.records.map(({ id }) => id), result.failures]).toEqual([ids, []]);
  });

  test('equal lines of a list are different records, each with the time beside it', () => {
    const bare = 'h sshd[1]: Failed password for root from 192.0.2.1 port 9 ssh2';
    const entries = ['01', '02', '02'].map((second) => ({
      ts: `2026-03-01T10:00:${second}Z`,
      msg: `2026-03-01T10:00:${second}Z ${bare}`,
    }));
    const { records } = open({ data: { entries } });
    expect(records.map(({ time }) => time.slice(17, 19))).toEqual(['01', '02', '02']);
    expect(new Set(records.map(({ id }) => id)).size).toBe(3);
  });

  test('a list of objects with the same single key is a list, not a row', () => {
    expect(open([{ log: `${line} ` }, { log: line }]).records).toHaveLength(2);
  });

  test('a record in what somebody else says stays what they say', () => {
    const { records } = sorted(
      standardOpener.text(`Mar  1 10:00:01 h sshd[1]: Invalid user ${text(a)} from 192.0.2.1 port 1`, origin),
    );
    expect(records.map(({ source }) => source.services[0])).toEqual(['sshd']);
  });
});

describe('what stands beside events in an answer', () => {
  test.each<[string, unknown, RegExp]>([
    ['no event was found', { events: [], searchedLogStreams: [{ logStreamName: 's' }] }, /list of events is empty/],
    ['a search without a hit', { took: 1, hits: { total: { value: 0 }, hits: [] } }, /list of events is empty/],
    [
      'Loki found nothing',
      { status: 'success', data: { resultType: 'streams', result: [] } },
      /list of events is empty/,
    ],
    ['the keys that verify takes', { PublicKeyList: [{ Fingerprint: 'f', Value: 'v' }] }, /verify --public-keys/],
    ["a bulk file's action", { index: { _index: 'x', _id: '1' } }, /bulk format/],
  ])('%s: skipped by name', (_name, value, reason) => {
    expect(open(value)).toMatchObject({ records: [], failures: [], skips: [expect.stringMatching(reason)] });
  });

  test('an empty list beside the list of events is no empty answer', () => {
    const value = { messages: [], fields: [{ name: '_raw' }], results: [{ _raw: text(cloudTrailRecord('a')) }] };
    expect(open(value)).toMatchObject({ records: [{ id: 'a' }], failures: [], skips: [] });
  });

  test('what LookupEvents says of a record, without the record, is refused by name', () => {
    const value = [{ EventId: 'e1', EventName: 'StopLogging', EventSource: 'x', EventTime: 1, Username: 'eve' }];
    expect(open(value).failures).toEqual([expect.stringMatching(/^e1: .* without its CloudTrailEvent/)]);
  });

  test.each<[string, (content: string) => string, string]>([
    ["Loki's labels", (content) => `2026-03-01T10:00:01+00:00 {job="x", host="h"} ${content}`, 'sshd'],
    ['a quote on either side', () => `'${text(cloudTrailRecord('a'))}'`, 'cloudtrail'],
    ['a logger', () => `INFO:root:${text(cloudTrailRecord('a'))}.`, 'cloudtrail'],
    [
      'a header of somebody who passes it on',
      () => `Mar  1 10:00:01 relay trail: ${text(cloudTrailRecord('a'))}`,
      'cloudtrail',
    ],
  ])('a line with %s', (_name, make, service) => {
    expect(sorted(standardOpener.text(make(line), origin)).records.map(({ source }) => source.services[0])).toEqual([
      service,
    ]);
  });
});

describe('nothing known', () => {
  test.each<[string, unknown, RegExp]>([
    ['an answer of another API', { Reservations: [{ Instances: [{ InstanceId: 'i-1' }] }] }, /keys "Reservations"/],
    ['many keys', Object.fromEntries(Array.from({ length: 9 }, (_, i) => [`k${i}`, i])), /"k5", and 3 more/],
    ['an empty object', {}, /an empty object/],
  ])('%s is named, with what was seen and what to do', (_name, value, reason) => {
    const { records, failures } = open(value);
    expect(records).toEqual([]);
    expect(failures).toEqual([expect.stringMatching(reason)]);
    expect(failures[0]).toMatch(/give their path a row in `logs:`/);
  });

  test("an application's event with a time of its own is a record of its own", () => {
    expect(open({ time: '2026-03-01T10:00:00Z', event: { name: 'signed-up' } }).records).toMatchObject([
      { source: { product: 'unknown', services: ['json'] }, time: '2026-03-01T10:00:00.000Z' },
    ]);
  });
});

describe('hostile values cost steps in proportion to their size', () => {
  const nest = (depth: number, leaf: unknown, wrap: (value: unknown) => unknown): unknown =>
    Array.from({ length: depth }).reduce<unknown>((inner) => wrap(inner), leaf);
  const wide = (count: number, make: (index: number) => unknown) =>
    Array.from({ length: count }, (_, index) => make(index));

  const cases: Readonly<Record<string, (size: number) => unknown>> = {
    'a wide list': (size) => wide(size, (index) => ({ index })),
    'a wide object': (size) =>
      Object.fromEntries(wide(size, (index) => [`k${index}`, { index }]) as [string, unknown][]),
    'lists in lists': (size) => wide(size / 8, () => nest(8, 1, (value) => [value])),
    'objects in objects': (size) => wide(size / 8, () => nest(8, 1, (value) => ({ event: value, other: 1 }))),
    'a known record at the bottom of each': (size) =>
      wide(size / 8, (index) => nest(6, cloudTrailRecord(`r${index}`), (value) => ({ a: value }))),
    'texts in texts': (size) => wide(size / 8, () => nest(3, { a: 1 }, (value) => text({ m: value }))),
    'rows of cells': (size) =>
      wide(size / 4, (index) => [
        { field: 'a', value: index },
        { field: 'b', value: 'x' },
      ]),
    'deeper than anything': (size) => wide(size / 50, () => nest(50, 1, (value) => [value, value === 1 ? 2 : 3])),
  };

  function stepsOf(value: unknown): number {
    let steps = 0;
    unwrap(value, { isKnown: isCloudTrailRecord, onStep: () => steps++ });
    return steps;
  }

  test.each(Object.entries(cases))('%s', (_name, make) => {
    const [small, large] = [400, 4_000].map((size) => stepsOf(make(size)));
    expect(large).toBeLessThanOrEqual((small ?? 0) * 11 + 50);
  });

  test('what two hundred wrappings hold is not looked for, and costs no more than ten', () => {
    const deep = (depth: number) => stepsOf(nest(depth, cloudTrailRecord('a'), (value) => ({ event: value })));
    expect(deep(200)).toBe(deep(20));
    expect(deep(8)).toBe(9);
  });

  test('envelopes that are known, in each other, are opened once each', () => {
    let opened = 0;
    const value = nest(60, cloudTrailRecord('a'), (inner) => ({
      'detail-type': 'x',
      source: 'com.example',
      id: 'i',
      time: '2026-03-01T10:00:00Z',
      detail: inner,
      more: { none: 1 },
    }));
    const counting = {
      ...standardOpener,
      value: (...args: Parameters<typeof standardOpener.value>) => (opened++, standardOpener.value(...args)),
    };
    expect(sorted(counting.value(value, origin)).records).toHaveLength(1);
    expect(opened).toBeLessThan(200);
  });
});

test('a stage looks only into wrappings that shippers make', () => {
  const opener = createStageOpener([]);
  const at = opener.at({ kind: 'group', name: '/x' });
  const services = (value: unknown) => sorted(at.value(value, origin)).records.map(({ source }) => source.services[0]);
  expect(services({ '@timestamp': '2026-03-01T10:00:00Z', message: line })).toEqual(['sshd']);
  expect(services({ time: '2026-03-01T10:00:00Z', anything: { list: [line] } })).toEqual(['json']);
});
