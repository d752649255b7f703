import { expect, test } from '@jest/globals';
import path from 'node:path';
import { createBatchCorrelator } from '../../src/detect/correlation/batch-correlator.ts';
import { detectRecords } from '../../src/detect/detect.ts';
import { createDetector } from '../../src/detect/detector.ts';
import { loadRules } from '../../src/detect/load-rules.ts';
import { createRuleSet } from '../../src/detect/rule-set.ts';
import { readLogStream } from '../../src/ingest/files/read-log-stream.ts';
import { hostHeaders } from '../support/host-headers.ts';
import { hostShippers } from '../support/host-shippers.ts';

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

const seconds = Array.from({ length: 12 }, (_, second) => second);
const message = (second: number): string => `Failed password for root from 198.51.100.77 port ${4000 + second} ssh2`;
const micros = (second: number): number => (1_773_207_180 + second) * 1e6;

/** What journalctl writes of more than one line an entry, or of less than a header. */
const others: Readonly<Record<string, readonly string[]>> = {
  'journalctl -o export': seconds.map(
    (s) =>
      `__CURSOR=s=1;i=${s}\n__REALTIME_TIMESTAMP=${micros(s)}\n_HOSTNAME=h1\nSYSLOG_IDENTIFIER=sshd\nMESSAGE=${message(s)}\n`,
  ),
  'journalctl -o verbose': seconds.map(
    (s) =>
      `Wed 2026-03-11 05:33:${String(s).padStart(2, '0')}.000000 UTC [s=ea;i=${s.toString(16)};b=6c;m=b7;t=${micros(s).toString(16)};x=dd]\n` +
      `    _HOSTNAME=h1\n    SYSLOG_IDENTIFIER=sshd\n    _COMM=sshd\n    MESSAGE=${message(s)}`,
  ),
  'journalctl -o json-pretty': seconds.map(
    (s) =>
      `{\n\t"__REALTIME_TIMESTAMP" : "${micros(s)}",\n\t"_HOSTNAME" : "h1",\n\t"SYSLOG_IDENTIFIER" : "sshd",\n\t"MESSAGE" : "${message(s)}"\n}`,
  ),
  'journalctl -o json-sse': seconds.map(
    (s) =>
      `data: {"__REALTIME_TIMESTAMP":"${micros(s)}","_HOSTNAME":"h1","SYSLOG_IDENTIFIER":"sshd","MESSAGE":"${message(s)}"}\n`,
  ),
  'journalctl -o cat': seconds.map(message),
  'no time': seconds.map((s) => `sshd[812]: ${message(s)}`),
};

/** Other programs than OpenSSH's that somebody guesses a way in by. */
const servers: readonly (readonly [name: string, text: string])[] = [
  [
    'dropbear',
    seconds
      .map(
        (s) =>
          `Wed Mar 11 05:33:${String(s).padStart(2, '0')} 2026 authpriv.warn dropbear[8]: Bad password attempt for 'root' from 198.51.100.77:${4000 + s}`,
      )
      .join('\n'),
  ],
];

const forms: readonly (readonly [name: string, text: string])[] = [
  ...hostHeaders.map(({ name, line }) => [name, seconds.map((s) => line(s, 'sshd', message(s))).join('\n')] as const),
  ...hostShippers.map(
    ({ name, line }) => [name, seconds.map((s) => JSON.stringify(line(s, 'sshd', message(s)))).join('\n')] as const,
  ),
  ...Object.entries(others).map(([name, lines]) => [name, lines.join('\n')] as const),
  ...servers,
];

test.each(forms)('twelve failed root logins are a brute force: %s', async (_name, text) => {
  expect(await findingsIn(text)).toContain('SSH brute force');
});

test.each([
  ['as it is written', (s: number) => `audit(${1_773_207_180 + s}.123:${s}):`, '"root"'],
  ['by ausearch -i', (s: number) => `audit(03/11/2026 05:33:${String(s).padStart(2, '0')}.123:${s}) :`, 'root'],
])('twelve failed root logins are a brute force by the audit log %s', async (_name, stamp, acct) => {
  const lines = seconds.map(
    (s) =>
      `type=USER_LOGIN msg=${stamp(s)} pid=812 uid=0 auid=4294967295 msg='op=login acct=${acct} exe=/usr/sbin/sshd hostname=? addr=198.51.100.77 terminal=ssh res=failed'`,
  );
  expect(await findingsIn(lines.join('\n----\n'))).toContain('SSH brute force, by the audit log');
});
