import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { DuckDBInstance } from '@duckdb/node-api';
import { startFauxqs, type FauxqsServer } from 'fauxqs';
import { isLocalStore, storeQuery } from '../../src/archive/store/local-store.ts';
import { cloudTrailRecord } from './cloudtrail-record.ts';
import { commandLine, root } from './trailwatch.ts';

let folder: string;
const at = (name: string): string => join(folder, name);
const event = (id: string, time: string, more: Readonly<Record<string, unknown>> = {}): unknown =>
  cloudTrailRecord({ eventID: id, eventTime: time, recipientAccountId: '111122223333', ...more });
const trailFile = (...records: readonly unknown[]): string => JSON.stringify({ Records: records });

function write(name: string, content: string | Buffer): void {
  mkdirSync(join(at(name), '..'), { recursive: true });
  writeFileSync(at(name), content);
}

const importAll = (...paths: readonly string[]) => importPaths(...paths.map(at));
const importPaths = (...paths: readonly string[]) =>
  commandLine(['archive', 'import', ...paths, '--store', at('store')]);

async function ask(sql: string, table = 'cloudtrail'): Promise<readonly unknown[]> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  try {
    await connection.run(`CREATE VIEW ${table} AS ${storeQuery(at('store'), table)}`);
    return await (await connection.run(sql)).getRowsJS();
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

const parquet = (): readonly string[] =>
  readdirSync(at('store'), { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.parquet'));

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "trail'watch-store-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('trailwatch archive import', () => {
  test('keeps events by day and account, in order of time, with the columns that Athena has', async () => {
    write('logs/b.json', trailFile(event('late', '2026-03-11T23:59:59Z'), event('early', '2026-03-11T00:00:00Z')));
    write(
      'logs/a.json.gz',
      gzipSync(trailFile(event('noon', '2026-03-11T12:00:00Z'), event('next', '2026-03-12T00:00:00Z'))),
    );
    const ended = await importAll('logs');
    expect(ended).toMatchObject({ code: 0, stdout: expect.stringContaining('4 events added') });
    expect(await isLocalStore(at('store'))).toBe(true);
    expect(await isLocalStore(at('logs'))).toBe(false);
    expect(parquet().map((name) => name.replace(/[^/]+\.parquet$/, ''))).toEqual(
      ['11', '12'].map((day) => `cloudtrail/day=2026-03-${day}/account=111122223333/`),
    );
    expect(await ask('SELECT eventid, day, account, region FROM cloudtrail')).toEqual([
      ['early', '2026/03/11', '111122223333', 'eu-west-1'],
      ['noon', '2026/03/11', '111122223333', 'eu-west-1'],
      ['late', '2026/03/11', '111122223333', 'eu-west-1'],
      ['next', '2026/03/12', '111122223333', 'eu-west-1'],
    ]);
  });

  test('an import once more reads nothing; a new file with known events adds only the new ones, on their day', async () => {
    write('logs/a.json', trailFile(event('one', '2026-03-11T10:00:00Z'), event('two', '2026-03-11T11:00:00Z')));
    await importAll('logs');
    expect((await importAll('logs')).stdout).toMatch(/0 events added\n0 files .* 1 file unchanged and skipped/);
    write('logs/b.json', trailFile(event('two', '2026-03-11T11:00:00Z'), event('zero', '2026-03-11T09:00:00Z')));
    expect((await importAll('logs')).stdout).toContain('1 event added, 1 already in the store');
    expect(await ask('SELECT eventid FROM cloudtrail')).toEqual([['zero'], ['one'], ['two']]);
    expect(parquet()).toHaveLength(1);
  });

  test('a half-written file is named; what it holds is in, and the rest once it is whole, nothing twice', async () => {
    const whole = gzipSync(
      trailFile(...Array.from({ length: 500 }, (_, n) => event(`e${n}`, '2026-03-11T10:00:00Z', { n: `${n * n}` }))),
    );
    write('logs/cut.json.gz', whole.subarray(0, whole.length / 2));
    write('logs/whole.json', trailFile(event('whole', '2026-03-11T09:00:00Z')));
    const first = await importAll('logs');
    expect(first.code).toBe(3);
    expect(first.stdout).toMatch(/Incomplete files.*\n.*cut\.json\.gz.*cut off/);
    // Unchanged, it is read again, and named again: nothing partial is passed off as whole.
    expect((await importAll('logs')).code).toBe(3);
    write('logs/cut.json.gz', whole);
    expect((await importAll('logs')).code).toBe(0);
    expect(await ask('SELECT count(*), count(DISTINCT eventid) FROM cloudtrail')).toEqual([[501n, 501n]]);
  });

  test('a report over a store says which files are not whole in it, also when an import ended before it had read them', async () => {
    const half = trailFile(event('one', '2026-03-11T09:00:00Z'), event('two', '2026-03-11T09:00:01Z'));
    write('logs/cut.json', half.slice(0, -40));
    await importAll('logs');
    const run = (...more: readonly string[]) =>
      commandLine(['report', 'run', 'regions-in-use', '--archive', at('store'), ...more]);
    expect(await run()).toMatchObject({ code: 3, stderr: expect.stringMatching(/cut\.json: cut off/) });
    expect(JSON.parse((await run('--format', 'json')).stdout)).toMatchObject({ run: { unread: 1 } });
    expect((await run('--format', 'html')).stdout).toContain('1 record or file could not be read');
    write('logs/cut.json', half);
    const stopped = await commandLine(['archive', 'import', at('logs'), '--store', at('store')], {
      stop: AbortSignal.abort(),
    });
    expect(stopped.stdout).toContain('Stopped before the end');
    expect(await run()).toMatchObject({ code: 3, stderr: expect.stringMatching(/cut\.json: not read to the end/) });
    await importAll('logs');
    expect((await run()).code).toBe(0);
  });

  test('what a crash left is made good: unfinished work goes, a cut-off ledger line is imported again', async () => {
    write('logs/a.json', trailFile(event('one', '2026-03-11T10:00:00Z')));
    await importAll('logs');
    write('store/.staging/half.parquet', 'PAR');
    write('store/imported.ndjson', '{"path":"/x/a.json","si');
    write('store/import.lock', '999999999');
    const [known = ''] = parquet();
    // A compaction whose new file has its place, but whose old ones are still there: each event would stand twice.
    const made = known.replace(/[^/]+$/, 'made.parquet');
    cpSync(at(`store/${known}`), at(`store/${made}`));
    write('store/compaction.json', JSON.stringify({ made: at(`store/${made}`), of: [at(`store/${known}`)] }));
    const ended = await importAll('logs');
    expect(ended).toMatchObject({ code: 0, stdout: expect.stringContaining('0 events added, 1 already in the store') });
    expect(await ask('SELECT eventid FROM cloudtrail')).toEqual([['one']]);
    expect(readdirSync(at('store')).toSorted()).toEqual(['cloudtrail', 'imported.ndjson', 'store.json']);
  });

  test('hostile accounts, times and texts stay inside the store', async () => {
    write(
      'logs/a.json',
      trailFile(
        event('path', '2026-03-11T10:00:00Z', { recipientAccountId: "../../out'; DROP TABLE x" }),
        event('none', '2026-03-11T10:00:00Z', { recipientAccountId: '' }),
        event("quote' \ud800 \u0000", '9999-12-31T23:59:59Z', { eventName: "'; DROP TABLE cloudtrail; --" }),
      ),
    );
    expect((await importAll('logs')).code).toBe(0);
    expect(readdirSync(folder).toSorted()).toEqual(['logs', 'store']);
    const rows = await ask('SELECT eventid, account FROM cloudtrail ORDER BY eventid');
    expect(rows).toContainEqual(['path', "../../out'; DROP TABLE x"]);
    expect(rows).toHaveLength(3);
  });

  test('host logs have a table of their own', async () => {
    write('logs/auth.log', 'Mar 11 10:00:00 web-1 sshd[1]: Failed password for root from 203.0.113.9 port 4 ssh2\n');
    await importAll('logs');
    expect(await ask('SELECT program, username, src_ip, outcome FROM host_auth', 'host_auth')).toEqual([
      ['sshd', 'root', '203.0.113.9', 'failure'],
    ]);
  });

  describe('from a bucket', () => {
    const variables = ['AWS_ENDPOINT_URL_S3', 'AWS_REGION', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'];
    const before = Object.fromEntries(variables.map((name) => [name, process.env[name]]));
    let aws: FauxqsServer;
    let s3: S3Client;
    const trail = 'AWSLogs/111122223333/CloudTrail/eu-west-1';
    const put = (key: string, body: string | Buffer) =>
      s3.send(new PutObjectCommand({ Bucket: 'trail', Key: key, Body: body }));

    beforeAll(async () => {
      aws = await startFauxqs({ port: 0, logger: false, host: '127.0.0.1', defaultRegion: 'eu-west-1' });
      aws.createBucket('trail');
      Object.assign(process.env, {
        AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${aws.port}`,
        AWS_REGION: 'eu-west-1',
        AWS_ACCESS_KEY_ID: 'test',
        AWS_SECRET_ACCESS_KEY: 'test',
      });
      s3 = new S3Client({});
      for (let day = 10; day < 14; day++) {
        const name = `${trail}/2026/03/${day}/111122223333_CloudTrail_eu-west-1_202603${day}T1200Z_abcdefghijklmnop.json.gz`;
        await put(name, gzipSync(trailFile(event(`e${day}`, `2026-03-${day}T10:00:00Z`))));
      }
      await put('AWSLogs/111122223333/CloudTrail-Digest/eu-west-1/2026/03/10/x.json.gz', 'no gzip, and no log');
    }, 30_000);
    afterAll(async () => {
      s3.destroy();
      await aws.stop();
      for (const [name, value] of Object.entries(before)) {
        if (value === undefined) delete process.env[name];
        else process.env[name] = value;
      }
    });

    test('adds its objects, and skips them the next time', async () => {
      expect((await importPaths('s3://trail/AWSLogs')).stdout).toMatch(/4 events added\n4 files/);
      expect(await ask('SELECT eventid FROM cloudtrail ORDER BY 1')).toEqual([['e10'], ['e11'], ['e12'], ['e13']]);
      expect((await importPaths('s3://trail')).stdout).toMatch(
        /0 events added\n0 files .* 4 files unchanged and skipped/,
      );
    });

    test('given days, reads their folders and the next, where what came late lies', async () => {
      expect((await importPaths('s3://trail/', '--from', '2026-03-11', '--to', '2026-03-11')).stdout).toMatch(
        /2 events added/,
      );
    });

    test('an object that is cut off is named, and read again the next time', async () => {
      const whole = gzipSync(trailFile(event('cut', '2026-03-20T10:00:00Z')));
      await put('other/cut.json.gz', whole.subarray(0, 60));
      expect(await importPaths('s3://trail/other/')).toMatchObject({
        code: 3,
        stdout: expect.stringMatching(/Incomplete files[^]*s3:\/\/trail\/other\/cut.json.gz/),
      });
      await put('other/cut.json.gz', whole);
      expect((await importPaths('s3://trail/other/')).stdout).toContain('1 event added');
    });

    test('is asked by a report, of the days that can hold its events, and kept when told where', async () => {
      const kept = join(folder, 'kept');
      const args = [
        'report',
        'run',
        'log-completeness',
        '--archive',
        's3://trail',
        '--from',
        '2026-03-11',
        '--to',
        '2026-03-11',
      ];
      // Of the days of the trail two, and what lies in no folder of a day.
      const once = await commandLine([...args, '--format', 'csv', '--store', kept]);
      expect(once).toMatchObject({ code: 0, stdout: expect.stringContaining('2026-03-11,111122223333,eu-west-1,1,') });
      expect(once.stderr).toContain(`3 events of 3 files read from s3://trail, kept in ${kept}`);
      const again = await commandLine([...args, '--format', 'html', '--store', kept]);
      expect(again.stderr).toContain('0 events of 0 files read');
      expect(again.stdout).toContain('not verified by this run: run trailwatch verify s3://trail');
    });

    test.each([
      ['a bucket that is not there', 's3://no-such-trail/', /NoSuchBucket|does not exist/],
      ['a prefix that holds nothing', 's3://trail/elsewhere/', /no log files found/],
    ])('refuses %s', async (_what, path, says) => {
      const ended = await importPaths(path);
      expect(ended.code).toBe(2);
      expect(ended.stderr).toMatch(says);
    });
  });

  test.each([
    ['a path that is not there', ['nowhere'], 'nowhere'],
    ['standard input', ['-'], 'standard input cannot be imported'],
    ['what is no bucket', ['s3://Not_a_bucket/AWSLogs'], 'expected s3://bucket/prefix'],
  ])('refuses %s', async (_what, paths, says) => {
    const ended = await commandLine(['archive', 'import', ...paths, '--store', at('store')]);
    expect(ended).toMatchObject({ code: 2, stderr: expect.stringContaining(says) });
    expect(statSync(at('store'), { throwIfNoEntry: false })).toBeUndefined();
  });

  test('refuses a store of another version', async () => {
    write('store/store.json', '{"format":"trailwatch local store","version":99}');
    write('logs/a.json', trailFile());
    expect(await importAll('logs')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('this version of Trailwatch cannot write to this store'),
    });
  });

  test('the sample archive, imported, counts as many events as it has ids', async () => {
    expect((await commandLine(['archive', 'import', join(root, 'events/archive'), '--store', at('store')])).code).toBe(
      0,
    );
    const [row] = (await ask('SELECT count(*), count(DISTINCT eventid) FROM cloudtrail')) as readonly bigint[][];
    expect(row?.[0]).toBe(row?.[1]);
    expect(Number(row?.[0])).toBeGreaterThan(400);
  });
});
