import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { prometheusName } from '../../src/runtime/prometheus.ts';
import { parseExposition, type Exposition } from '../support/exposition.ts';
import { startHttpServer } from '../support/http-server.ts';
import { startPrometheus } from '../support/prometheus.ts';
import { bin, commandLine, root } from './trailwatch.ts';

let child: ChildProcess;
let url: string;
let text: string;
let scraped: Exposition;
let contentType: string;
let stdout = '';

// One run for all: the sample archive, and then it holds.
beforeAll(async () => {
  const args = ['run', '--no-report', '--metrics-port', '0', '--metrics-hold'];
  child = spawn(process.execPath, [bin, ...args], {
    cwd: root,
    env: { ...process.env, NODE_OPTIONS: '', NO_COLOR: '1' },
  });
  child.stdout?.setEncoding('utf8').on('data', (part: string) => void (stdout += part));
  let said = '';
  await new Promise<void>((resolve, reject) => {
    child.stderr?.setEncoding('utf8').on('data', (part: string) => {
      said += part;
      if (said.includes('still served')) resolve();
    });
    child.once('close', (code) => reject(new Error(`ended with ${code}: ${said}`)));
  });
  url = /metrics at (\S+)/.exec(said)?.[1] ?? '';
  const answer = await fetch(url);
  contentType = answer.headers.get('content-type') ?? '';
  text = await answer.text();
  scraped = parseExposition(text);
});

afterAll(() => void child.kill('SIGKILL'));

function valueOf(name: string, labels: Readonly<Record<string, string>> = {}): number | undefined {
  return scraped.samples.find(
    (sample) => sample.name === name && Object.entries(labels).every(([key, value]) => sample.labels[key] === value),
  )?.value;
}

describe('run --metrics-port', () => {
  test('answers on this machine alone, in the text format', () => {
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/metrics$/);
    expect(contentType).toMatch(/^text\/plain; version=0\.0\.4/);
  });

  test('every metric has its help and type, and a name of the project as Prometheus spells it', () => {
    for (const { name } of scraped.samples) {
      expect(name).toMatch(/^trailwatch_[a-z]+(?:_[a-z]+)*$/);
      expect(scraped.help[name]).toBeTruthy();
      expect(scraped.types[name]).toBe(name === 'trailwatch_build_info' ? 'gauge' : 'counter');
    }
  });

  test('labels are few', () => {
    const labels = new Set(scraped.samples.flatMap((sample) => Object.keys(sample.labels)));
    expect([...labels].toSorted()).toEqual(['level', 'service', 'version']);
  });

  test('says what the summary says: read = matched + unmatched + failed, files, findings by level', () => {
    const [, ...records] =
      /^records +([\d,]+) read = ([\d,]+) matched \+ ([\d,]+) unmatched \+ (\d+) failed$/m.exec(stdout) ?? [];
    const names = ['read', 'matched', 'unmatched', 'failed'].map((what) => `trailwatch_records_${what}_total`);
    expect(names.map((name) => valueOf(name))).toEqual(records.map((number) => Number(number.replaceAll(',', ''))));
    expect(valueOf('trailwatch_records_read_total')).toBeGreaterThan(300);
    expect(valueOf('trailwatch_objects_read_total')).toBe(Number(/^files +(\d+) read/m.exec(stdout)?.[1]));
    const critical = Number(/(\d+) critical/.exec(stdout)?.[1]);
    // The summary leaves out what was suppressed.
    expect(valueOf('trailwatch_findings_total', { level: 'critical' })).toBeGreaterThanOrEqual(critical);
    expect(valueOf('trailwatch_findings_delivered_total')).toBeGreaterThan(10);
  });

  test('elsewhere there is nothing', async () => {
    expect((await fetch(url.replace('/metrics', '/'))).status).toBe(404);
  });

  const promtool = spawnSync('promtool', ['--version']).error === undefined;
  (promtool ? test : test.skip)('promtool finds nothing to complain of', () => {
    const {
      status,
      stderr,
      stdout: said,
    } = spawnSync('promtool', ['check', 'metrics'], { input: text, encoding: 'utf8' });
    expect({ status, said: said + stderr }).toEqual({ status: 0, said: '' });
  });

  const prometheus = spawnSync('prometheus', ['--version']).error === undefined;
  (prometheus ? test : test.skip)('a real Prometheus scrapes it, and answers the same', async () => {
    const server = await startPrometheus(new URL(url).host);
    try {
      const read = await server.query('trailwatch_records_read_total');
      expect(read).toEqual([
        {
          labels: expect.objectContaining({
            __name__: 'trailwatch_records_read_total',
            service: 'run',
            job: 'trailwatch',
          }),
          value: valueOf('trailwatch_records_read_total'),
        },
      ]);
      const lost =
        'trailwatch_records_read_total - trailwatch_records_matched_total - trailwatch_records_unmatched_total - trailwatch_records_failed_total';
      expect((await server.query(lost)).map(({ value }) => value)).toEqual([0]);
      const levels = await server.query('sum by (level) (trailwatch_findings_total)');
      expect(new Set(levels.map(({ labels }) => labels['level']))).toEqual(
        new Set(['critical', 'high', 'informational', 'low', 'medium']),
      );
    } finally {
      await server.stop();
    }
  });

  test('Ctrl-C ends it', async () => {
    const closed = once(child, 'close');
    child.kill('SIGINT');
    expect(await closed).toEqual([130, null]);
    await expect(fetch(url)).rejects.toThrow();
  });
});

describe('names', () => {
  test.each([
    ['RecordsRead', 'trailwatch_records_read_total'],
    ['FindingsRoutedToNone', 'trailwatch_findings_routed_to_none_total'],
    ['Failures', 'trailwatch_failures_total'],
  ])('%s is %s', (name, expected) => {
    expect(prometheusName(name)).toBe(expected);
  });
});

describe('wrong usage', () => {
  test.each([
    ['no number', ['--metrics-port', 'x'], /--metrics-port x: expected a port from 0 to 65535/],
    ['too large', ['--metrics-port', '70000'], /expected a port/],
    ['hold without a port', ['--metrics-hold'], /--metrics-port/],
  ])('2: %s', async (_rule, args, says) => {
    const { code, stderr } = await commandLine(['run', ...args]);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(says) });
  });

  test('2: a port that is taken', async () => {
    const other = await startHttpServer(() => ({ status: 200, body: '' }));
    const { code, stderr } = await commandLine(['run', '--metrics-port', new URL(other.url).port]);
    await other.close();
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(/another program uses this port/) });
  });
});
