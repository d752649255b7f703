import { describe, expect, test } from '@jest/globals';
import { gzipSync } from 'node:zlib';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readPaths } from '../../../../src/ingest/files/local-files.ts';
import type { Ingested } from '../../../../src/model/log-record.ts';
import { tarArchive } from '../../../support/tar-archive.ts';
import { zipArchive } from '../../../support/zip-archive.ts';
import { cloudTrailRecord, inChunks, sorted } from '../reading.ts';
import { given, written } from './reading-given.ts';

const one = JSON.stringify(cloudTrailRecord('one'));
const two = JSON.stringify(cloudTrailRecord('two'));
const trail = JSON.stringify({ Records: [cloudTrailRecord('one')] });
const trailName =
  'AWSLogs/111122223333/CloudTrail/eu-west-1/2026/04/01/111122223333_CloudTrail_eu-west-1_20260401T1005Z_x.json.gz';
const digestName = trailName.replaceAll('CloudTrail', 'CloudTrail-Digest');

const placesOf = (items: readonly Ingested[]) =>
  items.map((item) =>
    item.kind === 'record'
      ? item.record.origin.path
      : item.kind === 'failure'
        ? item.failure.origin.path
        : item.origin.path,
  );

describe('zip', () => {
  test('each file is read as if it lay in a folder of the archive; what is no log is left alone', async () => {
    const items = await given(
      zipArchive([
        { name: 'AWSLogs/', content: '' },
        { name: trailName, content: gzipSync(trail) },
        { name: digestName, content: gzipSync('{}') },
        { name: 'notes.md', content: 'nothing here\n' },
        { name: 'stored.jsonl', content: two, method: 0 },
      ]),
      'logs.zip',
    );
    expect(sorted(items)).toMatchObject({
      records: [{ id: 'one' }, { id: 'two' }],
      failures: [],
      skips: [expect.stringMatching(/digest/), expect.stringMatching(/without a log line/)],
    });
    expect(placesOf(items)[0]).toBe(`logs.zip/${trailName}`);
  });

  test.each<[string, Parameters<typeof zipArchive>[0], readonly RegExp[]]>([
    ['an encrypted file', [{ name: 'a.json', content: one, flags: 1 }], [/encrypted: unpack it with its password/]],
    ['a name that leads out', [{ name: '../../etc/a.json', content: one }], [/leads out of the archive/]],
    ['an absolute name', [{ name: '/a.json', content: one }], [/leads out of the archive/]],
    ['a name of Windows', [{ name: '..\\a.json', content: one }], [/leads out of the archive/]],
    ['a method that is unknown', [{ name: 'a.json', content: one, method: 99 }], [/unsupported compression method/]],
    [
      'a file that unpacks to more than it says',
      [{ name: 'a.json', content: one, declared: 10 }],
      [/too many bytes in the stream/],
    ],
    ['an Excel workbook', [{ name: 'xl/workbook.xml', content: '<x/>' }], [/an Excel workbook: save it as CSV/]],
    ['nothing', [], [/an archive without a file/]],
  ])('%s is a failure with its reason', async (_name, entries, reasons) => {
    const items = await given(zipArchive(entries), 'x.zip');
    expect(sorted(items).records).toEqual([]);
    expect(sorted(items).failures).toEqual(reasons.map((reason) => expect.stringMatching(reason)));
  });

  test('a bad file costs the others nothing', async () => {
    const items = await given(
      zipArchive([
        { name: 'a.json', content: one, flags: 1 },
        { name: '../b.json', content: one },
        { name: 'c.json', content: two },
      ]),
      'x.zip',
    );
    expect(sorted(items).records.map(({ id }) => id)).toEqual(['two']);
    expect(sorted(items).failures).toHaveLength(2);
  });

  test('a bomb ends at the limit of one gzip stream, and is one failure', async () => {
    const zeros = Buffer.alloc(2 * 1024 * 1024, `{"a":"${'0'.repeat(100_000)}"}\n`);
    const bomb = zipArchive(Array.from({ length: 6 }, (_, index) => ({ name: `${index}.jsonl`, content: zeros })));
    const items = await given(bomb, 'x.zip', { unpackedBytes: 3 * 1024 * 1024 });
    const bombs = sorted(items).failures.filter((reason) => reason.includes('a bomb?'));
    expect(bombs).toHaveLength(1);
    expect(new Set(placesOf(items))).toEqual(new Set(['x.zip/0.jsonl', 'x.zip/1.jsonl']));
  });

  test('a link is not followed', async () => {
    const items = await given(zipArchive([{ name: 'l.json', content: '/etc/passwd', mode: 0o120777 }]), 'x.zip');
    expect(sorted(items)).toMatchObject({ records: [], skips: [expect.stringMatching(/a link within an archive/)] });
  });

  test('cut off: named, and nothing thrown', async () => {
    const whole = zipArchive([{ name: 'a.json', content: one }]);
    for (let cut = 4; cut < whole.length; cut += 7) {
      const { failures } = sorted(await given(whole.subarray(0, cut), 'x.zip'));
      expect(failures).toEqual([expect.stringMatching(/zip archive that cannot be read/)]);
    }
  });
});

describe('tar', () => {
  test('packed or not, with files of every kind', async () => {
    const archive = await tarArchive([
      { header: { name: './logs/', type: 'directory' } },
      { header: { name: `./logs/${trailName}` }, content: gzipSync(trail) },
      { header: { name: './logs/link.json', type: 'symlink', linkname: '/etc/passwd' } },
      { header: { name: `logs/${'d'.repeat(120)}/two.jsonl` }, content: two },
    ]);
    for (const [path, bytes] of [
      ['x.tar', archive],
      ['x.tar.gz', gzipSync(archive)],
      ['download', gzipSync(archive)],
    ] as const) {
      const { records, failures, skips } = sorted(await given(bytes, path, {}, 700));
      expect([records.map(({ id }) => id), failures]).toEqual([['one', 'two'], []]);
      expect(records[0]?.origin.path).toBe(`${path}/logs/${trailName}`);
      expect(skips).toEqual(['a symlink within an archive']);
    }
  });

  test('cut off: what came before is read, the cut is one failure', async () => {
    const archive = await tarArchive([
      { header: { name: 'one.jsonl' }, content: one },
      { header: { name: 'two.jsonl' }, content: `${two}\n`.repeat(2_000) },
    ]);
    const { records, failures } = sorted(await given(archive.subarray(0, 20_000), 'x.tar'));
    expect(records[0]?.id).toBe('one');
    expect(failures.length).toBeGreaterThan(0);
    expect(sorted(await given(gzipSync(archive).subarray(0, -40), 'x.tgz')).records[0]?.id).toBe('one');
  });

  test('a name that leads out is a failure', async () => {
    const archive = await tarArchive([{ header: { name: '../../a.jsonl' }, content: one }]);
    expect(sorted(await given(archive, 'x.tar'))).toMatchObject({
      records: [],
      failures: [expect.stringMatching(/leads out/)],
    });
  });
});

test('an archive in an archive is read, a third is not', async () => {
  const nest = (inner: Buffer, name: string) => zipArchive([{ name, content: inner }]);
  const first = zipArchive([{ name: 'one.jsonl', content: one }]);
  const second = nest(first, 'first.zip');
  const third = nest(second, 'second.zip');
  expect(sorted(await given(second, 'x.zip'))).toMatchObject({ records: [{ id: 'one' }], failures: [] });
  expect(sorted(await given(third, 'x.zip'))).toMatchObject({
    records: [],
    failures: [expect.stringMatching(/2 deep: unpack/)],
  });
});

test('a zip archive on disk is read where it lies, and counts as one file', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'trailwatch-'));
  try {
    const path = join(folder, 'logs.zip');
    await writeFile(
      path,
      zipArchive([
        { name: 'one.jsonl', content: one },
        { name: 'two.jsonl', content: two },
      ]),
    );
    const files = await readPaths([folder], { stdin: inChunks(Buffer.alloc(0)), now: written });
    const all: Ingested[] = [];
    for await (const item of files.ingested) all.push(item);
    expect(sorted(all).records.map(({ id }) => id)).toEqual(['one', 'two']);
    expect(files.summary()).toMatchObject({ read: 1, failed: 0, skipped: 0 });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
