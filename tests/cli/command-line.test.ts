import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { cloudTrailRecord } from './cloudtrail-record.ts';
import { bin, commandLine, trailwatch } from './trailwatch.ts';
import type { Ended } from './trailwatch.ts';

const record = cloudTrailRecord();
const trailFile = JSON.stringify({
  Records: [record, cloudTrailRecord({ eventName: 'DescribeTrails', eventID: 'calm', readOnly: true })],
});
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trailwatch-'));
  await writeFile(join(folder, 'trail.json'), trailFile);
  await writeFile(
    join(folder, 'calm.json'),
    JSON.stringify([cloudTrailRecord({ eventName: 'DescribeTrails', readOnly: true })]),
  );
});

afterAll(() => rm(folder, { recursive: true, force: true }));

describe('trailwatch run, as `npm start` runs it', () => {
  let ended: Ended;
  let report: string;

  beforeAll(async () => {
    // From another folder, with the sample archive as default.
    ended = await trailwatch(['run', '--out', 'report.html'], { cwd: folder });
    report = await readFile(join(folder, 'report.html'), 'utf8');
  });

  test('is done without a failure', () => {
    expect(ended).toMatchObject({ code: 0, stderr: '' });
  });

  test('prints alerts in the order they would arrive, with who, what, where, from where and why', () => {
    const times = [...ended.stdout.matchAll(/^when +(\S+ \S+) UTC/gm)].map(([, time]) => time);
    expect(times.length).toBeGreaterThan(10);
    expect(times).toEqual(times.toSorted((a = '', b = '') => a.localeCompare(b)));
    for (const label of ['who', 'what', 'where', 'from', 'why']) {
      expect(ended.stdout.match(new RegExp(`^${label} {2,}\\S`, 'gm'))?.length).toBeGreaterThan(10);
    }
  });

  test('sums up: records add up, levels, rules, time and rate, and where the report is', () => {
    const [, ...numbers] =
      /^records +([\d,]+) read = ([\d,]+) matched \+ ([\d,]+) unmatched \+ (\d+) failed$/m.exec(ended.stdout) ?? [];
    const [all = 0, matched = 0, unmatched = 0, failed = -1] = numbers.map((text) => Number(text.replaceAll(',', '')));
    expect(all).toBeGreaterThan(300);
    expect(all).toBe(matched + unmatched);
    expect(matched).toBeGreaterThan(10);
    expect(failed).toBe(0);
    expect(ended.stdout).toMatch(/^files +\d+ read, .*; skipped \d+ digests?/m);
    expect(ended.stdout).toMatch(/^findings +\d+ in \d+ alerts: .*\d+ critical, \d+ high/m);
    expect(ended.stdout).toMatch(/^when +\S+ \S+ .*[▁▂▃▄▅▆▇█].* UTC \(\d+ \S+ each\)$/m);
    expect(ended.stdout).toMatch(/^time +\d+\.\d+ s: [\d,]+ records\/s, \S+ [kM]?B\/s$/m);
    expect(ended.stdout).toMatch(/^page +report\.html$/m);
  });

  test('the report tells every alert that was printed', () => {
    const printed = ended.stdout.match(/^when +\S+ \S+ UTC$/gm)?.length;
    expect(report.match(/^class="alert /gm)).toHaveLength(printed ?? 0);
  });

  test('the same fact by two paths is one finding', async () => {
    await writeFile(join(folder, 'copy.json.gz'), gzipSync(trailFile));
    const { stdout } = await trailwatch(['run', 'trail.json', 'copy.json.gz', '--no-report'], { cwd: folder });
    expect(stdout).toMatch(/^records +4 read = 4 matched \+ 0 unmatched \+ 0 failed$/m);
    expect(stdout).toMatch(/^findings +1 in 1 alert: 1 /m);
  });

  test('the same news many times is one alert that says how often', async () => {
    const times = Array.from({ length: 14 }, (_, n) =>
      cloudTrailRecord({ eventID: `again-${n}`, eventTime: `2026-03-11T09:${12 + n}:00Z` }),
    );
    const { stdout } = await trailwatch(['run', '-', '--no-report'], { cwd: folder, input: JSON.stringify(times) });
    expect(stdout.match(/^when +\S+ \S+ UTC$/gm)).toEqual(['when      2026-03-11 09:12:00 UTC']);
    expect(stdout).toMatch(/^again +14 times in 13 min, until 09:25:00$/m);
  });

  test('--format ndjson prints a line an alert, and the summary apart', async () => {
    const { stdout, stderr } = await trailwatch(['run', 'trail.json', '--format', 'ndjson', '--no-report'], {
      cwd: folder,
    });
    expect(JSON.parse(stdout)).toMatchObject({ alert: { count: 1 }, event: { action: 'StopLogging' } });
    expect(stderr).toMatch(/^Summary\n/);
  });
});

describe('trailwatch scan', () => {
  test('ndjson: a finding a line, with rule, event and place', async () => {
    const { code, stdout } = await trailwatch(['scan', 'trail.json', '--format', 'ndjson'], { cwd: folder });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      rule: { id: expect.any(String), title: expect.any(String), level: expect.stringMatching(/high|critical/) },
      event: { id: record['eventID'], time: '2026-03-11T09:12:44.000Z', actor: { name: 'alice' } },
      input: { path: 'trail.json', record: 0 },
      evidence: expect.arrayContaining([
        expect.objectContaining({ field: expect.any(String), value: expect.any(String) }),
      ]),
    });
  });

  test('-: standard input, gunzipped when it is gzip', async () => {
    const { stdout } = await trailwatch(['scan', '-', '--format', 'ndjson'], { input: gzipSync(trailFile) });
    expect(JSON.parse(stdout)).toMatchObject({ input: { path: '-', record: 0 } });
  });

  test('table: a line a finding, that nothing in an event can break', async () => {
    const input = JSON.stringify([cloudTrailRecord({ sourceIPAddress: 'evil\u001b[2J\nhost' })]);
    const { stdout } = await trailwatch(['scan', '-'], { input });
    expect(stdout.trimEnd().split('\n')).toHaveLength(2);
    expect(stdout).toMatch(/^2026-03-11 09:12:44 {2}(?:high|critical) .*alice .*StopLogging .*-#0$/m);
    expect(stdout).not.toContain('\u001b');
  });

  test('sarif: a log of version 2.1.0 with its rules, results and what could not be read', async () => {
    const { code, stdout } = await trailwatch(['scan', '-', '--format', 'sarif'], {
      input: JSON.stringify([record, 7]),
    });
    expect(code).toBe(3);
    const log = JSON.parse(stdout) as { version: string; runs: [Run] };
    expect(log.version).toBe('2.1.0');
    const [run] = log.runs;
    const [result] = run.results;
    expect(run.results).toHaveLength(1);
    expect(run.tool.driver).toMatchObject({ name: 'Trailwatch' });
    expect(run.tool.driver.rules[result?.ruleIndex ?? -1]?.id).toBe(result?.ruleId);
    expect(result).toMatchObject({
      level: 'error',
      message: { text: expect.stringContaining('alice') },
      locations: [{ physicalLocation: { artifactLocation: { uri: 'stdin:' } } }],
    });
    expect(run.invocations).toMatchObject([
      {
        executionSuccessful: false,
        toolExecutionNotifications: [{ level: 'error', message: { text: expect.any(String) } }],
      },
    ]);
  });

  test('html: the report page', async () => {
    const { stdout } = await trailwatch(['scan', 'trail.json', '--format', 'html'], { cwd: folder });
    expect(stdout).toMatch(/^<!doctype html>/);
    expect(stdout).toContain('alice (IAM user');
  });

  test('--from and --to leave out records, and the summary says how many', async () => {
    const { stdout } = await commandLine(['run', join(folder, 'trail.json'), '--from', '2026-03-12', '--no-report']);
    expect(stdout).toMatch(/^records +0 read/m);
    expect(stdout).toMatch(/^ +2 outside the asked-for time left out$/m);
  });

  test('--level leaves out findings below it', async () => {
    const input = JSON.stringify([cloudTrailRecord({ eventName: 'DescribeTrails', readOnly: true })]);
    const { stdout } = await trailwatch(['scan', '-', '--format', 'ndjson', '--level', 'critical'], { input });
    expect(stdout).toBe('');
  });
});

interface Run {
  readonly tool: { readonly driver: { readonly rules: readonly { readonly id: string }[] } };
  readonly results: readonly { readonly ruleId: string; readonly ruleIndex: number }[];
  readonly invocations: unknown;
}

describe('exit codes', () => {
  test.each<[string, number, readonly string[], RegExp]>([
    ['0: findings are no error', 0, ['scan', 'trail.json'], /1 finding;/],
    ['1: a finding of the asked-for level', 1, ['scan', 'trail.json', '--fail-on', 'medium'], /1 finding;/],
    ['0: no finding of the asked-for level', 0, ['scan', 'calm.json', '--fail-on', 'informational'], /0 findings;/],
    ['2: an unknown flag, with a hint', 2, ['scan', 'trail.json', '--fail'], /unknown option '--fail'\n.*--fail-on/],
    ['2: an unknown command, with a hint', 2, ['scann'], /unknown command 'scann'\n.*scan/],
    [
      '2: wrong usage names the help of its command',
      2,
      ['rule', 'check', '--fail'],
      /\nTry `trailwatch rule check --help`\.\n$/,
    ],
    [
      '2: what steers a terminal is shown, not sent',
      2,
      ['scan', 'x', '--level', '\u001b[31m'],
      /argument '\\u001b\[31m' is/,
    ],
    ['2: no command', 2, [], /Usage: trailwatch/],
    [
      '2: a value that is none of the choices',
      2,
      ['scan', 'trail.json', '--level', 'bad'],
      /informational, low, medium/,
    ],
    ['2: a time that is none', 2, ['scan', 'trail.json', '--from', 'noon'], /--from noon: expected a day, a time/],
    ['2: a path that does not exist', 2, ['run', 'missing'], /missing: no such file or folder/],
    ['2: what is no address of a bucket', 2, ['run', 's3://Not_a_bucket/x'], /expected s3:\/\/bucket\/prefix/],
    ['2: rules that do not exist', 2, ['run', 'trail.json', '--rules', 'missing'], /--rules .*missing: no such file/],
    ['2: a folder without rules', 2, ['run', 'trail.json', '--rules', 'docs'], /no usable rule/],
    ['0: help', 0, ['--help'], /^$/],
  ])('%s', async (_rule, expected, args, says) => {
    const { code, stderr } = await commandLine(args.map((arg) => (arg.endsWith('.json') ? join(folder, arg) : arg)));
    expect({ code, stderr }).toEqual({ code: expected, stderr: expect.stringMatching(says) });
  });
});

describe('on a terminal, in a pipe', () => {
  test.each<[string, Record<string, string>, boolean]>([
    ['no colour in a pipe', {}, false],
    ['colour when it is forced', { FORCE_COLOR: '1' }, true],
    ['NO_COLOR outranks FORCE_COLOR', { FORCE_COLOR: '1', NO_COLOR: '1' }, false],
  ])('%s', async (_rule, env, colored) => {
    const { stdout } = await trailwatch(['scan', 'trail.json'], { cwd: folder, env });
    expect(stdout.includes('\u001b[')).toBe(colored);
  });

  test('a reader that has seen enough (`| head`) is no error', async () => {
    const many = Array.from({ length: 5000 }, (_, n) => cloudTrailRecord({ eventID: `many-${n}` }));
    await writeFile(join(folder, 'many.json'), JSON.stringify({ Records: many }));
    const command = `"${process.execPath}" "${bin}" scan many.json --format ndjson | head -1; echo "code $\{PIPESTATUS[0]}"`;
    const { stdout, stderr } = await promisify(execFile)('bash', ['-c', command], { cwd: folder });
    expect(stdout).toMatch(/^\{.*\}\ncode 0\n$/);
    expect(stderr).not.toMatch(/EPIPE|Error/);
  });

  test('Ctrl-C prints what there is so far and exits 130, though standard input has no end', async () => {
    const child = spawn(process.execPath, [bin, 'run', '-', '--no-page', '--metrics-port', '0'], { cwd: folder });
    const said = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].setEncoding('utf8').on('data', (text: string) => void (said[name] += text));
    }
    // JSON lines: enough of them that some are read at once, and no end.
    for (let n = 0; n < 300; n++) child.stdin.write(`${JSON.stringify(cloudTrailRecord({ eventID: `open-${n}` }))}\n`);
    const ended = once(child, 'close');
    // However long a busy machine takes to start: its own metrics say when records have been read.
    const read = async (): Promise<number> => {
      const url = /metrics at (\S+)/.exec(said.stderr)?.[1];
      const text = url === undefined ? '' : await (await fetch(url)).text();
      return Number(/^trailwatch_records_read_total\S* (\d+)/m.exec(text)?.[1] ?? 0);
    };
    while ((await read()) < 100) await setTimeout(50);
    child.kill('SIGINT');
    const [code] = (await ended) as [number | null];
    expect(said.stdout).toContain('Stopped before the end; so far');
    expect(said.stdout).toMatch(/^again +\d+ times/m);
    expect(code).toBe(130);
  });
});
