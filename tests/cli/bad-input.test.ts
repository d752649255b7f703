import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { cloudTrailRecord } from './cloudtrail-record.ts';
import { trailwatch } from './trailwatch.ts';
import type { Ended } from './trailwatch.ts';

type Make = (path: string) => Promise<void>;

const bytes =
  (content: string | Uint8Array): Make =>
  (path) =>
    writeFile(path, content);
const trail = (...records: readonly unknown[]): Make => bytes(JSON.stringify({ Records: records }));
const good = cloudTrailRecord();
const truncated = gzipSync(JSON.stringify({ Records: [good] })).subarray(0, -20);
const bomb = gzipSync(Buffer.alloc(100 * 1024 * 1024));
const nested = `{"Records":[${JSON.stringify(good).slice(0, -1)},"deep":${'['.repeat(10_000)}${']'.repeat(10_000)}}]}`;

interface Row {
  readonly rule: string;
  readonly name: string;
  readonly make: Make;
  readonly reason: RegExp;
  readonly only?: boolean;
}

const linux = process.platform === 'linux';

const rows: readonly Row[] = [
  { rule: 'a truncated gzip', name: 'truncated.json.gz', make: bytes(truncated), reason: /gzip/ },
  { rule: 'a gzip bomb', name: 'bomb.json.gz', make: bytes(bomb), reason: /gzip|unpack/ },
  { rule: 'a file that is not JSON', name: 'words.json', make: bytes('{"Records": [oops'), reason: /JSON|brackets/ },
  { rule: 'a record that is not an object', name: 'number.json', make: trail(42), reason: /number/ },
  {
    rule: 'a record whose eventID is no text',
    name: 'no-id.json',
    make: trail({ ...good, eventID: 7 }),
    reason: /eventID/,
  },
  {
    rule: 'a record with a wrong time',
    name: 'time.json',
    make: trail({ ...good, eventTime: 'noon' }),
    reason: /eventTime/,
  },
  { rule: 'a record nested 10,000 deep', name: 'deep.json', make: bytes(nested), reason: /nested deeper than/ },
  { rule: 'an empty file', name: 'empty.json', make: bytes(''), reason: /empty/ },
  {
    rule: 'a link that points nowhere',
    name: 'gone.json',
    make: (path) => symlink('nowhere', path),
    reason: /link to a file that does not exist/,
  },
  {
    rule: 'a file that cannot be read',
    name: 'unreadable.log',
    make: (path) => symlink('/proc/self/mem', path),
    reason: /cannot be read/,
    only: linux,
  },
];

describe('bad input', () => {
  let folder: string;
  let ended: Ended;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'trailwatch-'));
    for (const { name, make, only = true } of rows) {
      if (!only) continue;
      await mkdir(dirname(join(folder, 'bad', name)), { recursive: true });
      await make(join(folder, 'bad', name));
    }
    // Half of these names is what Latin-1 made of an umlaut; the reason they are named for is that they are empty.
    if (linux)
      await writeFile(
        Buffer.concat([Buffer.from(`${folder}/bad/`), Buffer.from([0x75, 0xfc]), Buffer.from('.json')]),
        '',
      );
    // Last in order of name: everything before it is bad, and it is read all the same.
    await trail({ ...good, eventID: 'z-good' })(join(folder, 'bad', 'z-good.json'));
    ended = await trailwatch(['scan', 'bad', '--format', 'ndjson'], { cwd: folder });
  });

  afterAll(() => rm(folder, { recursive: true, force: true }));

  test.each(rows.filter(({ only = true }) => only))('$rule is named with its reason', ({ name, reason }) => {
    const lines = ended.stderr.split('\n').filter((line) => line.includes(`bad/${name}`));
    expect(lines.join('\n')).toMatch(reason);
  });

  (linux ? test : test.skip)('a name that is not UTF-8 is spelled out, and the file is read', () => {
    expect(ended.stderr).toMatch(/bad\/u\\xfc\.json: empty/);
  });

  test('what is good is read: the file after all bad ones', () => {
    expect(
      ended.stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
    ).toMatchObject([{ input: { path: 'bad/z-good.json', record: 0 } }]);
  });

  test('each is counted as failed, nothing is skipped in silence, and the exit code says so', () => {
    const counts = /records: (\d+) read = (\d+) matched \+ (\d+) unmatched \+ (\d+) failed/.exec(ended.stderr);
    const [all, matched, unmatched, failed] = (counts ?? []).slice(1).map(Number);
    expect(failed).toBe(ended.stderr.split('\n').filter((line) => line.startsWith('trailwatch: bad/')).length);
    expect(matched).toBe(1);
    expect(all).toBe(1 + (unmatched ?? 0) + (failed ?? 0));
    expect(ended.code).toBe(3);
  });

  test('a path that does not exist is named, the others are read, and the exit code is 2', async () => {
    const { code, stdout, stderr } = await trailwatch(
      ['scan', 'miss\u001b[2Jing', 'bad/z-good.json', '--format', 'ndjson'],
      {
        cwd: folder,
      },
    );
    expect(stderr).toContain('trailwatch: miss\\u001b[2Jing: no such file or folder');
    expect(stdout).toContain('"path":"bad/z-good.json"');
    expect(code).toBe(2);
  });

  test.each([
    ['an empty folder', [], /hollow: empty folder/],
    ['a folder without any log', ['cat.png'], /the given paths hold no log: hollow\/cat.png: /],
  ])('%s is named', async (_rule, names, says) => {
    await mkdir(join(folder, 'hollow'), { recursive: true });
    for (const name of names) await writeFile(join(folder, 'hollow', name), '\u0089PNG');
    const { code, stderr } = await trailwatch(['scan', 'hollow'], { cwd: folder });
    expect(stderr).toMatch(says);
    expect(code).toBe(3);
  });
});

// Makes sure that the row above isn't skipped in silence where it could run.
test('the unreadable file of the table exists here', () => {
  expect(existsSync('/proc/self/mem')).toBe(linux);
});
