import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readPaths } from '../../../../src/ingest/files/local-files.ts';
import type { FileSummary, ReadPathsOptions } from '../../../../src/ingest/files/local-files.ts';
import type { Ingested } from '../../../../src/model/log-record.ts';
import { cloudTrailRecord, gzip, inChunks, sorted } from '../reading.ts';
import type { Read } from '../reading.ts';

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'ingest-'));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const trail = (...ids: readonly string[]) => JSON.stringify({ Records: ids.map((id) => cloudTrailRecord(id)) });
const nothing = { stdin: inChunks(Buffer.alloc(0)), now: '2026-03-02T00:00:00.000Z' };

/** folder makes a fresh folder with these files in it. */
function folder(name: string, files: Readonly<Record<string, string | Buffer>>): string {
  const path = join(root, name);
  mkdirSync(path, { recursive: true });
  for (const [file, content] of Object.entries(files)) {
    mkdirSync(join(path, file, '..'), { recursive: true });
    writeFileSync(join(path, file), content);
  }
  return path;
}

interface Result extends Read {
  readonly all: readonly Ingested[];
  readonly summary: FileSummary;
}

async function readAll(paths: readonly string[], options: Partial<ReadPathsOptions> = {}): Promise<Result> {
  const found = await readPaths(paths, { ...nothing, ...options });
  const all: Ingested[] = [];
  for await (const item of found.ingested) all.push(item);
  return { ...sorted(all), all, summary: found.summary() };
}

const failuresOf = ({ all }: Result) =>
  all.flatMap((item) =>
    item.kind === 'failure' ? [`${item.failure.origin.path.slice(root.length + 1)}: ${item.failure.reason}`] : [],
  );
const skipsOf = ({ all }: Result) =>
  all.flatMap((item) =>
    item.kind === 'skipped' ? [`${item.origin.path.slice(root.length + 1)}: ${item.reason}`] : [],
  );

test('a trail bucket is read in order of time, over accounts and regions', async () => {
  const name = (account: string, region: string, time: string) =>
    `AWSLogs/${account}/CloudTrail/${region}/2026/03/01/${account}_CloudTrail_${region}_${time}_abc.json.gz`;
  const path = folder('bucket', {
    [name('111111111111', 'us-east-1', '20260301T1010Z')]: gzip(trail('third')),
    [name('222222222222', 'eu-west-1', '20260301T1000Z')]: gzip(trail('first')),
    [name('111111111111', 'eu-west-1', '20260301T1005Z')]: gzip(trail('second')),
    'AWSLogs/111111111111/CloudTrail-Digest/us-east-1/2026/03/01/111111111111_CloudTrail-Digest_us-east-1_t_us-east-1_20260301T100131Z.json.gz':
      gzip('{}'),
  });
  const result = await readAll([path]);
  expect(result.records.map(({ id }) => id)).toEqual(['first', 'second', 'third']);
  expect(result.summary).toMatchObject({ read: 3, skipped: 1, failed: 0, invalidText: 0 });
  expect(result.skips).toEqual([expect.stringMatching(/digest/)]);
});

test('what is no log is skipped by name, logs beside it are read', async () => {
  const path = folder('mixed', {
    'README.md': '# About\n\nThese are logs.\n',
    'picture.json.bak': Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a]),
    'a.sqlite': Buffer.from('SQLite format 3\0 and more'),
    'noise.bin': Buffer.from(Array.from({ length: 4096 }, (_, i) => (i * 37) % 32)),
    'digest.json': JSON.stringify({ digestS3Object: 'x', digestStartTime: '2026-03-01T00:00:00Z', logFiles: [] }),
    'auth.log': 'Mar  1 10:00:01 web-1 sshd[42]: Invalid user x from 192.0.2.1\n',
    'app.log': 'no time here\n',
    'events.json': trail('a'),
  });
  const result = await readAll([path]);
  expect(result.records.map(({ source }) => source.services[0])).toEqual(['plain', 'sshd', 'cloudtrail']);
  expect(skipsOf(result)).toEqual([
    'mixed/README.md: not a log: text without a log line',
    'mixed/a.sqlite: not a log: SQLite database',
    'mixed/digest.json: CloudTrail digest file: proves log files intact, contains no records',
    'mixed/noise.bin: not a log: binary data',
    'mixed/picture.json.bak: not a log: PNG image',
  ]);
  expect(result.summary).toMatchObject({ read: 3, skipped: 5, failed: 0 });
});

test('what is named as a log and is none has failed: somebody may have overwritten it', async () => {
  const noise = Buffer.from(Array.from({ length: 4096 }, (_, i) => (i * 37) % 32));
  const zstd = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x04, 0x00]);
  const path = folder('overwritten', {
    '111111111111_CloudTrail_us-east-1_20260301T1010Z_abc.json.gz': noise,
    'auth.log': noise,
    'auth.log.2.zst': zstd,
    'backup.zst': zstd,
    'events.json': trail('a'),
    'records.jsonl.zst': zstd,
    'trail.json.gz': gzip(noise),
  });
  const result = await readAll([path]);
  expect(failuresOf(result)).toEqual([
    'overwritten/auth.log: not a log: binary data',
    'overwritten/auth.log.2.zst: zstd archive: unpack it first',
    'overwritten/records.jsonl.zst: zstd archive: unpack it first',
    'overwritten/trail.json.gz: not a log: binary data',
    'overwritten/111111111111_CloudTrail_us-east-1_20260301T1010Z_abc.json.gz: not a log: binary data',
  ]);
  expect(skipsOf(result)).toEqual(['overwritten/backup.zst: not a log: zstd archive']);
});

test('a text that the user names is read, whatever it looks like', async () => {
  const path = folder('named', { notes: 'hello\n' });
  const { records } = await readAll([join(path, 'notes')]);
  expect(records).toMatchObject([{ fields: { message: 'hello' } }]);
});

test('lines without a year are dated by their file', async () => {
  const path = folder('old', { 'auth.log': 'Mar  1 10:00:01 web-1 sshd[42]: hello\n' });
  utimesSync(join(path, 'auth.log'), new Date('2019-04-01'), new Date('2019-04-01'));
  expect((await readAll([path])).records[0]?.time).toBe('2019-03-01T10:00:01.000Z');
});

describe('bad input', () => {
  test('a path that does not exist is an error before anything is read', async () => {
    await expect(
      readPaths([folder('good', { 'a.json': trail('a') }), join(root, 'missing')], nothing),
    ).rejects.toMatchObject({
      name: 'NoSuchPathError',
      message: `${join(root, 'missing')}: no such file or folder`,
    });
  });

  test('an empty file and a truncated one fail, the rest goes on', async () => {
    const path = folder('some-bad', {
      'a.json': '',
      'b.json.gz': gzip(trail('b')).subarray(0, 60),
      'c.json': trail('c'),
      'd.json': 'hello',
    });
    const result = await readAll([path]);
    expect(result.records.map(({ id }) => id)).toEqual(['c']);
    expect(failuresOf(result)).toEqual([
      'some-bad/a.json: empty file',
      expect.stringMatching(/^some-bad\/b\.json\.gz: /),
      'some-bad/b.json.gz: gzip data is cut off',
      'some-bad/d.json: not JSON: it begins with "hello"',
    ]);
    expect(result.summary).toMatchObject({ read: 1, failed: 3, skipped: 0 });
  });

  test('an empty folder is a failure; one inside an archive is only named', async () => {
    expect(failuresOf(await readAll([folder('empty', {})]))).toEqual(['empty: empty folder']);
    const path = folder('outer', { 'a.json': trail('a') });
    folder('outer/inner', {});
    const result = await readAll([path]);
    expect([failuresOf(result), skipsOf(result)]).toEqual([[], ['outer/inner: empty folder']]);
  });

  test('links: to nothing, in a circle, to a folder above, to the same file', async () => {
    const path = folder('links', { 'z.json': trail('a') });
    symlinkSync('nowhere', join(path, 'broken'));
    symlinkSync('circle', join(path, 'circle'));
    symlinkSync('.', join(path, 'self'));
    symlinkSync('z.json', join(path, 'y.json'));
    const result = await readAll([path]);
    expect(result.records).toHaveLength(1);
    expect(failuresOf(result)).toEqual([
      'links/broken: link to a file that does not exist',
      'links/circle: links that lead in a circle',
    ]);
    expect(skipsOf(result)).toEqual([
      `links/self: the same as ${path}, which is read once`,
      `links/z.json: the same as ${join(path, 'y.json')}, which is read once`,
    ]);
  });

  // The owner of all files can read them all: the memory of a process is a file that even root can't read from its start.
  test('a file that cannot be read fails with what the system says', async () => {
    const path = folder('unreadable', { 'b.json': trail('b') });
    symlinkSync('/proc/self/mem', join(path, 'a.json'));
    const result = await readAll([path]);
    expect(result.records.map(({ id }) => id)).toEqual(['b']);
    expect(failuresOf(result)).toEqual([expect.stringMatching(/^unreadable\/a\.json: cannot be read: .*EIO/)]);
  });

  test('names that are not UTF-8 are read, and shown so that two never look alike', async () => {
    const path = folder('names', {});
    for (const byte of [0xff, 0xfe]) {
      writeFileSync(
        Buffer.concat([Buffer.from(`${path}/a`), Buffer.from([byte]), Buffer.from('.json')]),
        trail(`id-${byte}`),
      );
    }
    const { records } = await readAll([path]);
    expect(records.map(({ id, origin }) => [id, origin.path])).toEqual([
      ['id-254', `${path}/a\\xfe.json`],
      ['id-255', `${path}/a\\xff.json`],
    ]);
  });

  test('what is no regular file is skipped', async () => {
    const path = folder('special', { 'a.json': trail('a') });
    symlinkSync('/dev/null', join(path, 'null'));
    expect(skipsOf(await readAll([path]))).toEqual(['special/null: not a regular file']);
  });
});

test('the same path twice is read once', async () => {
  const path = join(folder('twice', { 'a.json': trail('a') }), 'a.json');
  const result = await readAll([path, path]);
  expect(result.records).toHaveLength(1);
  expect(result.skips).toHaveLength(1);
});

test('standard input is dated by now', async () => {
  const stdin = inChunks(Buffer.from('Mar  1 10:00:01 web-1 sshd[42]: hello\n'), 3);
  const { records, summary } = await readAll(['-'], { stdin });
  expect(records).toMatchObject([{ time: '2026-03-01T10:00:01.000Z', origin: { path: '-', index: 0 } }]);
  expect(summary.read).toBe(1);
});

test('progress counts bytes on disk up to their total', async () => {
  const path = folder('progress', { 'a.json': trail('a'), 'b.json.gz': gzip(trail('b')) });
  const seen: number[] = [];
  let total = 0;
  await readAll([path], {
    onProgress: ({ bytes, totalBytes }) => {
      seen.push(bytes);
      total = totalBytes;
    },
  });
  expect(seen.at(-1)).toBe(total);
  expect(seen).toEqual([...seen].sort((a, b) => a - b));
});
