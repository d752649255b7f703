import { describe, expect, test } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { cloudTrailRecord, gzip, idsOf, read } from './reading.ts';
import { readLogStream } from '../../../src/ingest/files/read-log-stream.ts';
import type { ReadOptions } from '../../../src/ingest/files/read-log-stream.ts';

const one = JSON.stringify(cloudTrailRecord('one'));
const two = JSON.stringify(cloudTrailRecord('two'));
const three = JSON.stringify(cloudTrailRecord('three'));
const trail = (...records: readonly string[]) => `{"Records":[${records.join(',')}]}`;
const anyIds = expect.anything() as never;
const many = Array.from({ length: 2000 }, (_, i) =>
  JSON.stringify(cloudTrailRecord(`r${i}`, { note: randomBytes(40).toString('hex') })),
);

interface Row {
  readonly input: Buffer | string;
  readonly path?: string;
  readonly options?: ReadOptions;
  readonly ids: readonly string[];
  readonly failures: readonly (string | RegExp)[];
}

const rows: Readonly<Record<string, Row>> = {
  'a file that is not JSON is one failure': {
    input: 'once upon a time',
    ids: [],
    failures: [/^not JSON: it begins with "once upon a time"/],
  },
  'an empty file is a failure': { input: '', ids: [], failures: ['empty file'] },
  'a file of blanks is empty': { input: ' \n\n', ids: [], failures: ['empty file'] },
  'a gzipped nothing is empty': { input: gzip(''), ids: [], failures: ['empty file'] },
  'an empty list of records is a file without records': { input: '{"Records":[]}', ids: [], failures: [] },
  'records that are no objects fail alone': {
    input: trail('1', one, '"text, with a comma"', 'null', '[]', two, 'true'),
    ids: ['one', 'two'],
    failures: [/a number/, /a string/, /null/, /a boolean/],
  },
  'a record with neither an id nor a time fails alone': {
    input: trail(one, '{"eventVersion":"1.08","eventName":"StopLogging"}', two),
    ids: ['one', 'two'],
    failures: [/eventTime is not an ISO 8601 time: undefined/],
  },
  'an eventID that is no text fails': {
    input: trail(JSON.stringify(cloudTrailRecord('x', { eventID: 7 }))),
    ids: [],
    failures: [/eventID is a number: expected a text/],
  },
  'an eventID that is longer than any id fails alone: no store could keep it as a key': {
    input: trail(one, JSON.stringify(cloudTrailRecord('x'.repeat(500_000))), two),
    ids: ['one', 'two'],
    failures: [/eventID of 500000 characters/],
  },
  'a wrong time fails alone': {
    input: trail(one, JSON.stringify(cloudTrailRecord('x', { eventTime: 'yesterday' })), two),
    ids: ['one', 'two'],
    failures: [/"x": eventTime is not an ISO 8601 time: "yesterday"/],
  },
  'a day that does not exist is a wrong time': {
    input: trail(JSON.stringify(cloudTrailRecord('x', { eventTime: '2026-02-30T10:00:00Z' }))),
    ids: [],
    failures: [/2026-02-30/],
  },
  '10,000-deep nesting fails alone': {
    input: trail(one, `{"eventID":"deep","a":${'['.repeat(10_000)}${']'.repeat(10_000)}}`, two),
    ids: ['one', 'two'],
    failures: ['nested deeper than 100 levels'],
  },
  '10,000-deep objects as the whole file': {
    input: `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`,
    ids: [],
    failures: ['nested deeper than 100 levels'],
  },
  '10,000 open brackets that never close': { input: '['.repeat(10_000), ids: [], failures: [/^cut off/] },
  'a record beyond the size limit fails alone': {
    input: trail(one, JSON.stringify(cloudTrailRecord('big', { note: 'x'.repeat(5000) })), two),
    options: { recordBytes: 4096 },
    ids: ['one', 'two'],
    failures: ['larger than 4096 bytes'],
  },
  'invalid JSON between good records fails alone': {
    input: trail(one, '{"eventVersion": nope}', two),
    ids: ['one', 'two'],
    failures: [/^not valid JSON/],
  },
  'a missing quote costs its record only': {
    input: trail(one, two.replace('"ListUsers"', '"ListUsers'), three),
    ids: ['one', 'three'],
    failures: [/brackets or quotes/],
  },
  'a broken first key costs its record only, whatever the first key is': {
    input: trail(
      ...['a', 'b', 'c', 'd'].map((id) =>
        JSON.stringify({ awsRegion: 'x', ...cloudTrailRecord(id) }).replace(
          'awsRegion',
          id === 'b' ? 'aws"Region' : 'awsRegion',
        ),
      ),
    ),
    ids: ['a', 'c', 'd'],
    failures: [/brackets or quotes/],
  },
  'a missing brace costs its record only': {
    input: trail(one, two.slice(0, -1), three),
    ids: ['one', 'three'],
    failures: [/brackets or quotes/],
  },
  'a brace too many costs nothing else': {
    input: trail(one, `${two}}`, three),
    ids: ['one', 'two', 'three'],
    failures: [/./],
  },
  'a file cut in a record yields those before and one failure': {
    input: trail(one, two, three).slice(0, -100),
    ids: ['one', 'two'],
    failures: [/^cut off/],
  },
  'a file cut between records yields those before and one failure': {
    input: `{"Records":[${one},${two},`,
    ids: ['one', 'two'],
    failures: [/^cut off/],
  },
  'a file cut behind its records is told too': { input: `{"Records":[${one}]`, ids: ['one'], failures: [/^cut off/] },
  'a truncated gzip yields the records before the cut and one failure for each cut': {
    input: gzip(trail(...many)).subarray(0, -2000),
    ids: anyIds,
    failures: [/^cut off/, 'gzip data is cut off'],
  },
  'gzip followed by something else': {
    input: Buffer.concat([gzip(trail(one)), Buffer.from('not gzip at all')]),
    ids: ['one'],
    failures: ['gzip data is damaged (incorrect header check)'],
  },
  'zeros behind gzip are padding': {
    input: Buffer.concat([gzip(trail(one)), Buffer.alloc(2000)]),
    ids: ['one'],
    failures: [],
  },
  'a gzip bomb by ratio ends with its reason, what came before stays': {
    input: gzip(Buffer.concat([Buffer.from(`${one}\n${two}\n`), Buffer.alloc(40 * 1024 * 1024, 0x20)])),
    options: { ratioFreeBytes: 1024 * 1024 },
    ids: ['one', 'two'],
    failures: ['gzip unpacks to more than 250 times its size (gzip bomb?)'],
  },
  'a gzip bomb by size ends with its reason': {
    input: gzip(trail(...many)),
    options: { unpackedBytes: 100_000 },
    ids: anyIds,
    failures: [/cut off/, 'gzip unpacks to more than 100000 bytes (gzip bomb?)'],
  },
  'gzip in gzip is refused by name, but for the two layers of Firehose': {
    input: gzip(gzip(gzip(one))),
    ids: [],
    failures: [/gzip inside gzip/],
  },
  'half a JSON line costs that line': {
    input: `${one}\n{"eventVersion":"1.1\n${two}\n{"a":\n${three}`,
    ids: ['one', 'two', 'three'],
    failures: [/./, /./],
  },
  'the first line of a rotated JSON lines file may be a half': {
    input: `er":"x"}}\n${one}\n${two}\n`,
    path: 'events.jsonl',
    options: { time: '2026-03-01T00:00:00.000Z' },
    ids: anyIds,
    failures: [],
  },
  'UTF-16 is named': { input: Buffer.from(`\uFEFF${one}`, 'utf16le'), ids: [], failures: [/UTF-16/] },
};

function damaged(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes);
  copy.fill(0xff, copy.length >> 1, (copy.length >> 1) + 200);
  return copy;
}

describe.each([1 << 16, 7])('in chunks of %i bytes', (size) => {
  test.each(Object.entries(rows))('%s', async (_name, row) => {
    // Byte by byte through megabytes shows nothing new.
    const step = row.input.length > 100_000 ? 1 << 16 : size;
    const result = await read(row.input, row.path, row.options, step);
    expect(idsOf(result)).toEqual(row.ids);
    expect(result.failures).toEqual(
      row.failures.map((reason) => (typeof reason === 'string' ? reason : expect.stringMatching(reason))),
    );
  });
});

test('a damaged gzip yields what came before, and its last failure says so', async () => {
  const { records, failures } = await read(damaged(gzip(trail(...many))));
  expect(records.slice(0, 800).map(({ id }) => id)).toEqual(records.slice(0, 800).map((_, i) => `r${i}`));
  expect(failures.at(-1)).toMatch(/^gzip data is damaged/);
});

test('records before a gzip cut are whole and in order', async () => {
  const { records, failures } = await read(gzip(trail(...many)).subarray(0, -2000));
  expect(records.length).toBeGreaterThan(1500);
  expect(records.map(({ id }) => id)).toEqual(records.map((_, i) => `r${i}`));
  expect(failures).toHaveLength(2);
});

test('a 200 MB file of one line streams in bounded memory', async () => {
  const record = Buffer.from(`${JSON.stringify(cloudTrailRecord('same', { note: 'y'.repeat(1800) }))},`);
  const block = Buffer.concat(Array.from({ length: 500 }, () => record));
  async function* file(): AsyncIterable<Uint8Array> {
    yield Buffer.from('{"Records":[');
    for (let size = 0; size < 200e6; size += block.length) yield block;
    yield record.subarray(0, -1);
    yield Buffer.from(']}');
  }
  let records = 0;
  // Other tests of this process have left their own behind.
  const before = process.memoryUsage().rss;
  let peak = before;
  for await (const item of readLogStream(file(), 'huge.json')) {
    if (item.kind === 'record') records++;
    if (records % 1000 === 0) peak = Math.max(peak, process.memoryUsage().rss);
  }
  expect(records).toBe(Math.ceil(200e6 / block.length) * 500 + 1);
  expect(peak - before).toBeLessThan(1e9);
}, 60_000);

test('a stream that fails in the middle is a failure behind the records it gave', async () => {
  async function* broken(): AsyncIterable<Uint8Array> {
    yield Buffer.from(`${one}\n${two}\n`);
    throw new Error('connection lost');
  }
  const all = [];
  for await (const item of readLogStream(broken(), 's3://bucket/key')) all.push(item);
  expect(all.map((item) => (item.kind === 'failure' ? item.failure : item.kind))).toEqual([
    'record',
    'record',
    { origin: { path: 's3://bucket/key', index: 2 }, reason: 'cannot be read: connection lost' },
  ]);
});

test('random bytes never throw, and every cut of a file keeps the whole records before it', async () => {
  for (let i = 0; i < 300; i++) {
    const noise = randomBytes(1 + (i % 500));
    await expect(
      read(noise, i % 2 === 0 ? 'x.json' : 'x.log', { time: '2026-01-01T00:00:00.000Z' }),
    ).resolves.toBeDefined();
    await read(Buffer.concat([Buffer.from('{"Records":['), noise]), 'x.json');
    await read(Buffer.concat([Buffer.from([0x1f, 0x8b]), noise]), 'x.json');
  }
  const file = Buffer.from(trail(one, two));
  for (let cut = 13; cut < file.length; cut += 3) {
    const { records, failures } = await read(file.subarray(0, cut), 'x.json', {}, 50);
    expect({ cut, records: records.length, failures: failures.length }).toEqual({
      cut,
      records: cut >= file.length - 2 ? 2 : cut >= 12 + one.length ? 1 : 0,
      failures: 1,
    });
  }
});
