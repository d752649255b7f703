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
const corpora = path.resolve(root, '../shared/corpora/loghub_openssh_linux');
const log = path.join(corpora, 'Linux_2k.log');
const year = 2005;
const minute = 60_000;

(existsSync(log) ? describe : describe.skip)(
  'a real host whose sshd leaves it to PAM to say that a login failed',
  () => {
    let found: readonly Finding[];
    const byClient = new Map<string, number[]>();

    beforeAll(async () => {
      found = await findingsIn(log);
      for (const line of readFileSync(log, 'utf8').split(/\r?\n/)) {
        const [, clock, client] =
          /^(\w{3} +\d+ \d\d:\d\d:\d\d) .*sshd\(pam_unix\).*: authentication failure;.* rhost=(\S+)/.exec(line) ?? [];
        if (clock === undefined || client === undefined) continue;
        byClient.set(client, [...(byClient.get(client) ?? []), Date.parse(`${year} ${clock} UTC`)]);
      }
    });

    test('489 refusals name their client, and nothing is found but guessing', () => {
      expect([...byClient.values()].flat()).toHaveLength(489);
      expect(new Set(found.map(({ rule }) => rule.title))).toEqual(new Set(['Remote logins guessed, as PAM saw it']));
    });

    test('those who guess are just those with ten refusals in ten minutes', () => {
      const reaching = [...byClient]
        .filter(([, times]) =>
          times.some((at) => times.filter((other) => other <= at && other >= at - 10 * minute).length >= 10),
        )
        .map(([client]) => client)
        .toSorted();
      expect(reaching.length).toBeGreaterThan(20);
      expect([...new Set(found.map(({ event }) => event.sourceAddress ?? ''))].toSorted()).toEqual(reaching);
    });

    test('an sshd that says itself what failed is not counted a second time', async () => {
      const titles = (await findingsIn(path.join(corpora, 'OpenSSH_2k.log'))).map(({ rule }) => rule.title);
      expect(titles).toContain('SSH brute force');
      expect(titles).not.toContain('Remote logins guessed, as PAM saw it');
    });
  },
);

async function findingsIn(file: string): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  const ruleSet = createRuleSet((await loadRules([path.join(root, 'rules/host')])).ruleSet);
  const files = await readPaths([file], { stdin: (async function* () {})(), now: '2006-01-01T00:00:00.000Z' });
  await detectRecords(
    files.ingested,
    { detector: createDetector(ruleSet), correlator: createBatchCorrelator(ruleSet) },
    { finding: (finding) => void findings.push(finding) },
  );
  return findings;
}
