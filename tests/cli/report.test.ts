import { expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseCsv } from '../../src/report/render/csv.ts';
import { commandLine, root } from './trailwatch.ts';

const archive = join(root, 'events', 'archive');

test('list names every report with its question', async () => {
  const { code, stdout } = await commandLine(['report', 'list']);
  expect(code).toBe(0);
  expect(stdout).toMatch(/root-activity +Who used the root user/);
});

test('list keeps those that show a framework', async () => {
  const { stdout } = await commandLine(['report', 'list', '--control', 'cis', '--format', 'json']);
  const reports = JSON.parse(stdout) as { controls: { framework: string }[] }[];
  expect(reports.length).toBeGreaterThan(5);
  for (const { controls } of reports) expect(controls.some(({ framework }) => framework.startsWith('CIS'))).toBe(true);
});

test('show says what a report takes, what it means, and its SQL', async () => {
  const { code, stdout } = await commandLine(['report', 'show', 'out-of-hours']);
  expect(code).toBe(0);
  for (const text of ['timezone', 'default "UTC"', 'local_time', 'PCI DSS', 'WITH trail AS (']) {
    expect(stdout).toContain(text);
  }
});

test('run prints rows on stdout and everything else on stderr', async () => {
  const { code, stdout, stderr } = await commandLine(['report', 'run', 'root-activity', '--archive', archive]);
  expect(code).toBe(0);
  expect(stdout.trim().split('\n')).toHaveLength(2);
  expect(stderr).toMatch(/root-activity: 1 row in .* sha256 [0-9a-f]{16}/);
});

test('account, region and period narrow the answer', async () => {
  const csv = async (...args: string[]): Promise<number> => {
    const { stdout } = await commandLine([
      'report',
      'run',
      'deletions',
      '--archive',
      archive,
      '--format',
      'csv',
      ...args,
    ]);
    return parseCsv(stdout).length - 1;
  };
  const all = await csv();
  const one = await csv('--account', '111122223333');
  const other = await csv('--account', '444455556666');
  expect([all, one > 0, other > 0]).toEqual([one + other, true, true]);
  expect(await csv('--region', 'ap-south-1')).toBe(0);
  expect(await csv('--period', '2026-03')).toBe(all);
  expect(await csv('--from', '2026-03-11T09:00', '--to', '2026-03-11')).toBeLessThan(all);
});

test('a period without events says what the archive holds, and is no failure', async () => {
  const args = ['report', 'run', 'deletions', '--archive', archive, '--period', '2025'];
  const { code, stderr } = await commandLine(args);
  expect(code).toBe(0);
  expect(stderr).toContain('No rows: the archive has');
});

test('JSON says what was asked, by which query, and the hash', async () => {
  const { stdout } = await commandLine(['report', 'run', 'root-activity', '--archive', archive, '--format', 'json']);
  expect(JSON.parse(stdout)).toMatchObject({
    schema: 'trailwatch/report-run/1',
    report: { name: 'root-activity' },
    run: { rows: 1, engine: expect.stringMatching(/^DuckDB \d/) },
    rows: [{ eventname: 'StartLogging', mfa: 'yes' }],
  });
});

test('an evidence pack has page, CSV and JSON of each report, and a manifest that proves them', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'trailwatch-test-'));
  try {
    const args = ['report', 'run', 'root-activity', 'deletions', '--archive', archive, '--evidence', folder];
    expect((await commandLine(args)).code).toBe(0);
    const manifest = JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8')) as {
      files: { path: string; sha256: string; bytes: number }[];
    };
    expect((await readdir(folder)).toSorted()).toEqual(
      [...manifest.files.map(({ path }) => path), 'manifest.json'].toSorted(),
    );
    for (const { path, sha256, bytes } of manifest.files) {
      const content = await readFile(join(folder, path));
      expect([bytes, sha256]).toEqual([content.length, createHash('sha256').update(content).digest('hex')]);
    }
    expect(await commandLine(['verify', folder])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('Intact: evidence of 6 files'),
    });
    const page = await readFile(join(folder, 'deletions.html'), 'utf8');
    expect(page).not.toMatch(/(?:src|href)="http/);
    for (const text of [
      'not covered by a digest',
      'What was deleted, by whom?',
      'the whole archive',
      'SHA-256',
      'FROM cloudtrail',
      'DuckDB',
    ]) {
      expect(page).toContain(text);
    }
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('a pack that was changed is not intact, and each change is named', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'trailwatch-test-'));
  try {
    await commandLine(['report', 'run', 'deletions', '--archive', archive, '--evidence', folder]);
    await writeFile(
      join(folder, 'deletions.csv'),
      `${await readFile(join(folder, 'deletions.csv'), 'utf8')}one,more\r\n`,
    );
    await rm(join(folder, 'deletions.json'));
    await writeFile(join(folder, 'added.csv'), '');
    const { code, stdout } = await commandLine(['verify', folder]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/deletions\.csv was changed: expected \d+ bytes, got \d+\n/);
    expect(stdout).toContain('deletions.json is missing');
    expect(stdout).toContain('"added.csv" is not part of the pack');
    expect(stdout).toContain('Not intact');
  } finally {
    await rm(folder, { recursive: true });
  }
});

test.each([
  { rule: 'cut off', spoil: (text: string) => text.slice(0, -20) },
  { rule: 'of another shape', spoil: (text: string) => text.replace('"files"', '"fles"') },
])('a pack whose manifest is $rule is not intact', async ({ spoil }) => {
  const folder = await mkdtemp(join(tmpdir(), 'trailwatch-test-'));
  try {
    await commandLine(['report', 'run', 'deletions', '--archive', archive, '--evidence', folder]);
    const manifest = join(folder, 'manifest.json');
    await writeFile(manifest, spoil(await readFile(manifest, 'utf8')));
    expect(await commandLine(['verify', folder])).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/manifest\.json is damaged[^]*Not intact/),
    });
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('what can’t be read of a pack is said, and is nothing that is missing', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'trailwatch-test-'));
  try {
    await commandLine(['report', 'run', 'deletions', '--archive', archive, '--evidence', folder]);
    await rm(join(folder, 'deletions.csv'));
    await mkdir(join(folder, 'deletions.csv'));
    const { code, stdout } = await commandLine(['verify', folder]);
    expect([code, stdout]).toEqual([1, expect.stringMatching(/deletions\.csv cannot be read: .*directory/)]);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('a framework’s pack holds every report that shows one of its controls', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'trailwatch-test-'));
  try {
    const { code, stderr } = await commandLine([
      'report',
      'run',
      '--control',
      'CIS',
      '--archive',
      archive,
      '--evidence',
      folder,
    ]);
    expect(code).toBe(0);
    const listed = await commandLine(['report', 'list', '--control', 'CIS', '--format', 'json']);
    const names = (JSON.parse(listed.stdout) as { name: string }[]).map(({ name }) => `${name}.html`);
    expect(await readdir(folder)).toEqual(expect.arrayContaining(names));
    expect(stderr).toContain('manifest.json');
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('text of events is inert on the page', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'trailwatch-test-'));
  try {
    const file = join(folder, 'events.json');
    const event = {
      eventVersion: '1.11',
      eventID: '00000000-0000-4000-8000-000000000001',
      eventTime: '2026-01-01T00:00:00Z',
      eventName: 'DeleteUser',
      eventSource: 'iam.amazonaws.com',
      eventType: 'AwsApiCall',
      awsRegion: 'us-east-1',
      recipientAccountId: '111122223333',
      userIdentity: { type: 'IAMUser', userName: '<script>alert(1)</script>' },
      requestParameters: { userName: '=1+1' },
    };
    await writeFile(file, JSON.stringify({ Records: [event] }));
    const page = await commandLine(['report', 'run', 'deletions', '--archive', file, '--format', 'html']);
    expect(page.stdout).toContain('&lt;script&gt;alert(1)');
    expect(page.stdout).not.toContain('<script>alert');
    const csv = await commandLine(['report', 'run', 'deletions', '--archive', file, '--format', 'csv']);
    expect(csv.stdout).toContain("'=1+1");
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('what could not be read is named, and the exit code says so', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'trailwatch-test-'));
  try {
    await writeFile(join(folder, 'half.json'), '{"Records": [{"eventID": "a", "eventVersion": "1.1');
    const { code, stderr } = await commandLine(['report', 'run', 'deletions', '--archive', folder]);
    expect(code).toBe(3);
    expect(stderr).toContain('half.json');
  } finally {
    await rm(folder, { recursive: true });
  }
});

test.each([
  { rule: 'an unknown report', args: ['root-activty'], says: /unknown report\nSimilar: root-activity/ },
  { rule: 'no report', args: [], says: /expected the name of a report/ },
  { rule: 'an unknown parameter', args: ['deletions', '--param', 'x=1'], says: /unknown parameter/ },
  { rule: 'a missing parameter', args: ['principal-timeline'], says: /required parameter is missing/ },
  {
    rule: 'a parameter of another type',
    args: ['new-behaviour', '--param', 'hours=soon'],
    says: /expected a whole number/,
  },
  { rule: 'a parameter without a value', args: ['deletions', '--param', 'hours'], says: /name=value/ },
  {
    rule: 'SQL as an account',
    args: ['deletions', '--account', "1' OR '1'='1"],
    says: /expected a 12-digit account ID/,
  },
  { rule: 'from after to', args: ['deletions', '--from', '2026-04', '--to', '2026-01'], says: /must be before --to/ },
  { rule: 'a date that is none', args: ['deletions', '--from', 'soon'], says: /not a period or date/ },
  { rule: 'an archive that is not there', args: ['deletions', '--archive', 'gone/'], says: /file or folder not found/ },
  {
    rule: 'a stage and a folder',
    args: ['deletions', '--stage', 'prod', '--archive', '.'],
    says: /exclude each other/,
  },
  {
    rule: 'an open beginning of a bucket',
    args: ['deletions', '--stage', 'prod', '--to', '2026'],
    says: /--to requires --from/,
  },
  {
    rule: 'a name that is no stage',
    args: ['deletions', '--stage', '../x'],
    says: /--stage .*: expected lower-case letters/,
  },
  { rule: 'several reports on one stdout', args: ['deletions', 'root-activity'], says: /--evidence FOLDER/ },
])('$rule is wrong usage', async ({ args, says }) => {
  const { code, stdout, stderr } = await commandLine(['report', 'run', ...args]);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(says);
});

test('an answer that is too long is refused as a failed check', async () => {
  const { code, stdout, stderr } = await commandLine([
    'report',
    'run',
    'deletions',
    '--archive',
    archive,
    '--max-rows',
    '3',
  ]);
  expect([code, stdout]).toEqual([1, '']);
  expect(stderr).toMatch(/more than 3 rows/);
});
