import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { cloudTrailRecord } from './cloudtrail-record.ts';
import { commandLine, root } from './trailwatch.ts';

interface Cost {
  readonly usd: number;
  readonly region: string;
  readonly volumes: Readonly<Record<string, number>>;
  readonly switches: Readonly<Record<string, unknown>>;
  readonly lines: readonly { readonly service: string; readonly usd: number; readonly words: string }[];
  readonly assumptions: Readonly<Record<string, number>>;
  readonly calls: readonly { readonly what: string; readonly calls: number; readonly ms: number }[];
  readonly unchecked: readonly { readonly service: string; readonly price: { readonly checked: boolean } }[];
  readonly measured?: { readonly records: number };
}

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trailwatch-cost-'));
  await writeFile(
    join(folder, 'volumes.yml'),
    'trailEventsPerDay: 400000\nswitches: { tracing: Active, logRetentionDays: 30 }\n',
  );
  await writeFile(join(folder, 'wrong.yml'), 'trailEvents: 400000\n');
});
afterAll(() => rm(folder, { recursive: true }));

async function cost(...args: readonly string[]): Promise<Cost> {
  const { code, stdout, stderr } = await commandLine(['cost', '--format', 'json', ...args]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout) as Cost;
}

describe('trailwatch cost', () => {
  test('says each line with quantity, price and words, the total, what dominates, and what the prices are', async () => {
    const { code, stdout } = await commandLine(['cost', '--profile', 'medium', '--region', 'eu-central-1']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^A month in eu-central-1, in US dollars$/m);
    expect(stdout).toMatch(/^ {2}logs of hosts +38\.33 {3}60\.8 × \$0\.63 for a GB of logs$/m);
    expect(stdout).toMatch(/^Total +\d+\.\d\d$/m);
    expect(stdout).toMatch(/^ \d\d %  CloudWatch, logs of hosts: /m);
    expect(stdout).toContain('without free tiers');
  });

  test('says which lines rest on prices that nobody compared, and how much of the total that is', async () => {
    const args = ['cost', '--region', 'eu-central-1', '--set', 'logsStream=true'];
    const { code, stdout } = await commandLine(args);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^ {2}stream +35\.04 .* of an on-demand stream {3}price unchecked$/m);
    expect(stdout).toMatch(/^ {2}logs of hosts .* for a GB of logs$/m);
    expect(stdout).toMatch(
      /^3\d\.\d\d of it \(\d\d %\) depends on prices of eu-central-1 that were not checked against AWS's price list/m,
    );
    expect(stdout).toMatch(/^ {2}Kinesis: stream; see https:\/\/aws\.amazon\.com\/kinesis\//m);
    const { unchecked } = await cost(...args.slice(1));
    expect(unchecked.map(({ service }) => service)).toContain('Kinesis');
    expect(unchecked.every(({ price }) => !price.checked)).toBe(true);
  });

  test('--assumptions lists the sizes and durations behind the formulas; JSON always has them', async () => {
    const { stdout } = await commandLine(['cost', '--assumptions']);
    expect(stdout).toMatch(/^Assumptions \(estimates, not measured on a deployed stage\)$/m);
    expect(stdout).toMatch(/^ +100 {2}kB of uncompressed log that CloudWatch Logs packs/m);
    expect(stdout).toMatch(/^ +43,800 calls of 60 ms with 512 MB: due notifications, each minute/m);
    expect((await commandLine(['cost'])).stdout).not.toContain('Assumed:');
    const { assumptions, calls } = await cost();
    expect(assumptions).toMatchObject({ logKbPerCall: 100, findingKb: 8 });
    expect(calls).toContainEqual(expect.objectContaining({ calls: 43_800, ms: 60 }));
  });

  test('options outrank the file, and the file the profile', async () => {
    const file = join(folder, 'volumes.yml');
    const { volumes, switches } = await cost(
      '--volumes',
      file,
      '--host-log-gb-per-day',
      '7',
      '--set',
      'logRetentionDays=90',
    );
    expect(volumes).toMatchObject({ trailEventsPerDay: 400_000, hostLogGbPerDay: 7, findingsPerDay: 20 });
    expect(switches).toMatchObject({ tracing: 'Active', logRetentionDays: 90 });
  });

  test('--stage takes its parameters of serverless.yml', async () => {
    expect((await cost('--stage', 'prod')).switches).toMatchObject({ tracing: 'Active', logRetentionDays: 365 });
    expect((await cost('--stage', 'dev')).switches).toMatchObject({ tracing: 'PassThrough' });
  });

  test('--from-archive measures: events with and without read-only ones, files, findings', async () => {
    const read = { eventName: 'DescribeTrails', readOnly: true };
    const records = [
      ...Array.from({ length: 30 }, (_, n) => cloudTrailRecord({ eventID: `read-${n}`, ...read })),
      ...Array.from({ length: 10 }, (_, n) =>
        cloudTrailRecord({ eventID: `stop-${n}`, eventTime: `2026-03-1${1 + (n % 3)}T09:12:44Z` }),
      ),
    ];
    const archive = join(folder, 'trail.json');
    await writeFile(archive, JSON.stringify({ Records: records }));
    const { volumes, measured } = await cost('--from-archive', archive);
    expect(measured?.records).toBe(40);
    // Two days lie between the first and the last of them.
    expect(volumes).toMatchObject({
      trailEventsPerDay: 20,
      busEventsPerDay: 5,
      trailFilesPerDay: 0.5,
      findingsPerDay: 5,
    });
  });

  test('the sample archive, hosts and all', async () => {
    const { volumes } = await cost('--from-archive', join(root, 'events', 'hosts'));
    expect(volumes['hostLogGbPerDay']).toBeGreaterThan(0);
    expect(volumes['trailEventsPerDay']).toBe(0);
  });

  test.each([
    ['an unknown region', ['--region', 'moon-1'], /us-east-1/],
    ['an unknown profile', ['--profile', 'huge'], /small, medium, large/],
    [
      'a volume that is no number',
      ['--findings-per-day', 'many'],
      /findingsPerDay: must be a number from 0 to 1e12, got many/,
    ],
    ['an unknown switch', ['--set', 'traces=on'], /unknown switch; expected one of/],
    ['a switch without a value', ['--set', 'tracing'], /expected name=value/],
    ['a file that is not there', ['--volumes', 'missing.yml'], /missing\.yml: cannot be read/],
    ['a file with an unknown name', ['--volumes', 'FOLDER/wrong.yml'], /trailEvents: unknown volume/],
    ['an unknown stage', ['--stage', 'moon'], /no parameters for this stage/],
    ['an archive that is not there', ['--from-archive', 'missing'], /missing/],
  ])('2: %s', async (_rule, args, says) => {
    const { code, stderr } = await commandLine(['cost', ...args.map((arg) => arg.replace('FOLDER', folder))]);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(says) });
  });
});
