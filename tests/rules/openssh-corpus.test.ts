import { beforeAll, describe, expect, test } from '@jest/globals';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { detectRecords } from '../../src/detect/detect.ts';
import { createBatchCorrelator } from '../../src/detect/correlation/batch-correlator.ts';
import { createDetector } from '../../src/detect/detector.ts';
import { loadRules } from '../../src/detect/load-rules.ts';
import { createRuleSet } from '../../src/detect/rule-set.ts';
import { readPaths } from '../../src/ingest/files/local-files.ts';
import type { Finding } from '../../src/model/finding.ts';

const root = path.resolve(import.meta.dirname, '../..');
const log = path.resolve(root, '../shared/corpora/loghub_openssh_linux/OpenSSH_2k.log');
const minute = 60_000;

/** One failed login, read from the line without any of the project's code. */
interface Failure {
  readonly at: number;
  readonly user: string;
  readonly address: string;
}

(existsSync(log) ? describe : describe.skip)('a real host that the internet guesses at for hours', () => {
  const findings: Finding[] = [];
  const byAddress = new Map<string, Failure[]>();

  beforeAll(async () => {
    const ruleSet = createRuleSet((await loadRules([path.join(root, 'rules/host')])).ruleSet);
    const files = await readPaths([log], { stdin: (async function* () {})(), now: '2026-03-12T00:00:00.000Z' });
    const tally = await detectRecords(
      files.ingested,
      { detector: createDetector(ruleSet), correlator: createBatchCorrelator(ruleSet) },
      { finding: (finding) => void findings.push(finding) },
    );
    expect(tally).toMatchObject({ records: 2_000, failed: 0 });
    for (const line of readFileSync(log, 'utf8').split(/\r?\n/)) {
      const failure = failureIn(line);
      if (failure !== undefined) byAddress.set(failure.address, [...(byAddress.get(failure.address) ?? []), failure]);
    }
  });

  const addressesOf = (title: string): string[] =>
    findings.filter(({ rule }) => rule.title === title).map(({ event }) => event.sourceAddress ?? '');

  /** The addresses that in some span of time reach a number, counted in the plainest way. */
  const reaching = (spanMs: number, count: (failures: readonly Failure[]) => number, least: number): string[] =>
    [...byAddress]
      .filter(([, failures]) =>
        failures.some(
          ({ at }) => count(failures.filter((other) => other.at >= at - spanMs && other.at <= at)) >= least,
        ),
      )
      .map(([address]) => address)
      .toSorted();

  test.each([
    ['SSH brute force', 7],
    ['SSH password spraying', 4],
    ['Slow SSH brute force', 3],
    ["SSH login of a user that doesn't exist", 113],
    // Nobody who guessed got in.
    ['SSH login accepted after many failed ones', 0],
  ])('%s: %i', (title, count) => {
    expect(addressesOf(title)).toHaveLength(count);
  });

  test('nothing else is found', () => {
    expect(new Set(findings.map(({ rule }) => rule.title)).size).toBe(4);
  });

  test('those who spray are just those with eight names in half an hour', () => {
    const names = (failures: readonly Failure[]): number => new Set(failures.map(({ user }) => user)).size;
    const sprayers = new Set(addressesOf('SSH password spraying'));
    expect([...sprayers].toSorted()).toEqual(reaching(30 * minute, names, 8));
    expect(sprayers.size).toBe(3);
  });

  test('those who guess fast are just those with ten failures in ten minutes', () => {
    const guessers = new Set(addressesOf('SSH brute force'));
    expect([...guessers].toSorted()).toEqual(reaching(10 * minute, ({ length }) => length, 10));
  });

  test('those who guess all day are just those with thirty failures', () => {
    const slow = addressesOf('Slow SSH brute force');
    expect(slow.toSorted()).toEqual(reaching(24 * 60 * minute, ({ length }) => length, 30));
  });
});

function failureIn(line: string): Failure | undefined {
  const [, clock = '', said = ''] = /^Dec 10 (\d\d:\d\d:\d\d) \S+ sshd\[\d+\]: (.*)$/.exec(line) ?? [];
  const patterns = [
    /^Failed \S+ for (?:invalid user )?(.*) from (\S+) port \d+ ssh2$/,
    /^message repeated \d+ times: \[ Failed \S+ for (?:invalid user )?(.*) from (\S+) port \d+ ssh2\]$/,
    /^Invalid user (.*) from (\S+)$/,
  ];
  const [, user, address] = patterns.map((pattern) => pattern.exec(said)).find((found) => found !== null) ?? [];
  if (user === undefined || address === undefined) return undefined;
  return { at: Date.parse(`2025-12-10T${clock}Z`), user, address };
}
