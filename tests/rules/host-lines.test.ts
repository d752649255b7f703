import { expect, test } from '@jest/globals';
import path from 'node:path';
import { createBatchCorrelator } from '../../src/detect/correlation/batch-correlator.ts';
import { detectRecords } from '../../src/detect/detect.ts';
import { createDetector } from '../../src/detect/detector.ts';
import { loadRules } from '../../src/detect/load-rules.ts';
import { createRuleSet } from '../../src/detect/rule-set.ts';
import { readLogStream } from '../../src/ingest/files/read-log-stream.ts';
import { hostHeaders } from '../support/host-headers.ts';

const root = path.resolve(import.meta.dirname, '../..');
const ruleSet = createRuleSet((await loadRules([path.join(root, 'rules/host')])).ruleSet);

/** The titles of what the rules find in a file. */
async function findingsIn(text: string): Promise<readonly string[]> {
  const titles: string[] = [];
  const stream = (async function* () {
    yield Buffer.from(text);
  })();
  await detectRecords(
    readLogStream(stream, 'host.log', { time: '2026-03-12T00:00:00.000Z' }),
    { detector: createDetector(ruleSet), correlator: createBatchCorrelator(ruleSet) },
    { finding: ({ rule }) => void titles.push(rule.title) },
  );
  return titles;
}

test.each(hostHeaders)('twelve failed root logins are a brute force: $name', async ({ line }) => {
  const lines = Array.from({ length: 12 }, (_, second) =>
    line(second, 'sshd', `Failed password for root from 198.51.100.77 port ${4000 + second} ssh2`),
  );
  expect(await findingsIn(lines.join('\n'))).toContain('SSH brute force');
});
