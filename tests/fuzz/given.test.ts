import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { gzipSync } from 'node:zlib';
import { readGiven } from '../../src/ingest/containers/read-given.ts';
import { createStageOpener } from '../../src/ingest/open.ts';
import { readLogBytes } from '../../src/ingest/files/read-log-stream.ts';
import type { Ingested } from '../../src/model/log-record.ts';
import { zipArchive } from '../support/zip-archive.ts';

const written = '2026-05-01T00:00:00.000Z';
const record = (id: number) => ({
  eventVersion: '1.11',
  eventTime: '2026-03-01T10:00:00Z',
  eventSource: 'iam.amazonaws.com',
  eventName: 'ListUsers',
  eventID: `id-${id}`,
});
const text = JSON.stringify;

async function* pieces(bytes: Uint8Array, size: number): AsyncIterable<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function given(bytes: Buffer, path: string, size = 1 << 16): Promise<readonly Ingested[]> {
  const all: Ingested[] = [];
  for await (const batch of readGiven(pieces(bytes, size), path, { time: written })) all.push(...batch);
  return all;
}

/** Files of every kind that a command opens: what is cut, changed and blown up below. */
const seeds: Readonly<Record<string, Buffer>> = {
  'x.json': Buffer.from(
    text({ events: [1, 2].map((id) => ({ timestamp: 1, ingestionTime: 1, message: text(record(id)) })) }),
  ),
  'lines.jsonl': Buffer.from([1, 2, 3].map((id) => text(record(id))).join('\n')),
  'x.csv': Buffer.from(`@timestamp,@message\n2026-03-01,"${text(record(1)).replaceAll('"', '""')}"\n`),
  'x.yaml': Buffer.from(`Events:\n- CloudTrailEvent: '${text(record(1))}'\n  EventId: a\n`),
  'x.txt': Buffer.from(
    `EVENTS\t1\t${text(record(1))}\t1772359201000\n2026-03-01T10:00:00+00:00 s \n${text(record(2), undefined)}\n`,
  ),
  'tail.txt': Buffer.from(`2026-03-01T10:00:00+00:00 s \n${JSON.stringify(record(2), undefined, 2)}\n`),
  'x.zip': zipArchive([
    { name: 'a.jsonl', content: text(record(1)) },
    { name: 'b.log', content: 'Mar  1 10:00:00 h sshd[1]: x\n' },
  ]),
  'x.gz': gzipSync(text({ Records: [record(1)] })),
};

describe('nothing throws, and nothing is nothing', () => {
  test.each(Object.entries(seeds))('%s, cut anywhere, in pieces of any size', async (path, seed) => {
    for (let cut = 1; cut <= seed.length; cut += 1 + Math.floor(seed.length / 150)) {
      const items = await given(seed.subarray(0, cut), path, 1 + (cut % 97));
      expect(items.length).toBeGreaterThan(0);
    }
  });

  test.each(Object.entries(seeds))('%s with bytes changed', async (path, seed) => {
    const change = fc.tuple(fc.nat(seed.length - 1), fc.integer({ min: 0, max: 255 }));
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 6 }), async (changes) => {
        const bytes = Buffer.from(seed);
        for (const [at, byte] of changes) bytes[at] = byte;
        expect((await given(bytes, path)).length).toBeGreaterThan(0);
      }),
      { numRuns: 150 },
    );
  });
});

/** Lines of a file, each with what must come of it: a record, or something that says why not. */
const line = fc.oneof(
  fc.nat(99).map((id) => text(record(id))),
  fc.nat(99).map((id) => text({ a: { b: [record(id)] } })),
  fc.nat(99).map((id) => text(text(record(id)))),
  fc.constantFrom(
    '{"eventVersion":',
    '{"a":1}',
    'words',
    'Mar  1 10:00:01 h sshd[1]: x',
    '[1]',
    '"x"',
    '{}',
    '{ {',
    '[',
    'x {',
  ),
  fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 40 }).filter((one) => one.trim() !== ''),
);

test('each line of a file comes out as something, in a stage and in the hands of a person', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(line, { minLength: 1, maxLength: 12 }), async (lines) => {
      // A first line that says that this is a log of lines.
      const bytes = Buffer.from(`2026-03-01 10:00:00 INFO start\n${lines.join('\n')}\n`);
      const records = lines.filter((one) => one.includes('eventSource')).length;
      const known = (items: readonly Ingested[]) =>
        items.filter((item) => item.kind === 'record' && item.record.source.services[0] === 'cloudtrail').length;
      const items = await given(bytes, 'x.log');
      expect(known(items)).toBe(records);
      const staged = readLogBytes(bytes, 'x.log', { opener: createStageOpener([]), time: written });
      expect(known(staged)).toBe(0);
      expect(staged.length).toBeGreaterThanOrEqual(lines.length + 1);
    }),
    { numRuns: 400 },
  );
});
