import { describe, expect, test } from '@jest/globals';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createBatchCorrelator } from '../../src/detect/correlation/batch-correlator.ts';
import { createDetector } from '../../src/detect/detector.ts';
import { createRuleSet } from '../../src/detect/rule-set.ts';
import { standardOpener } from '../../src/ingest/open.ts';
import type { LogRecord } from '../../src/model/log-record.ts';
import { lowerRules, parseRuleFile } from '../../src/sigma/index.ts';

/**
 * CrowdSec keeps, for each of its parsers and scenarios, logs with what has to come out of them. Where the corpus stands beside a
 * checkout, our fields and our counts are compared with theirs, value by value.
 */
const corpus = join(import.meta.dirname, '..', '..', '..', 'shared', 'corpora', 'crowdsec_hub_tests');
const withCorpus = existsSync(corpus) ? describe : describe.skip;

interface ReadLine {
  readonly line: string;
  readonly record: LogRecord;
}

function readLines(folder: string): readonly ReadLine[] {
  const file = readdirSync(join(corpus, folder)).find((name) => name.endsWith('.log')) ?? '';
  const lines = readFileSync(join(corpus, folder, file), 'utf8').split('\n');
  const seen = new Map<string, number>();
  const nth = (id: string) => {
    const before = seen.get(id) ?? 0;
    seen.set(id, before + 1);
    return before;
  };
  return lines.flatMap((text, index) => {
    // Ids were replaced by one and the same word; an id is what tells two events from one that came twice.
    const line = text.replace(/"eventID":"<event[iI]d>"/, `"eventID":"${index}"`).trim();
    const origin = { path: file, index, time: '2026-03-01T00:00:00.000Z' };
    const items = line === '' ? [] : [...standardOpener.text(line, origin, { nth })];
    return items.flatMap((item) => (item.kind === 'record' ? [{ line: text.trim(), record: item.record }] : []));
  });
}

/** What they call a value, and where ours stands. What isn't listed is no value of the line: the file's name, the parser's. */
const names: Readonly<Record<string, (record: LogRecord) => unknown>> = {
  'Meta.source_ip': ({ fields }) => fields['src_ip'] ?? fields['pam_rhost'] ?? fields['sourceIPAddress'],
  'Parsed.source_ip': ({ fields }) => fields['src_ip'] ?? fields['pam_rhost'],
  // In a PAM line `rhost` is PAM's word, which we keep as `pam_rhost`.
  'Parsed.sshd_client_ip': ({ fields }) => fields['src_ip'] ?? fields['pam_rhost'],
  'Parsed.sshd_client_port': ({ fields }) => fields['src_port'],
  'Meta.machine': ({ fields }) => fields['hostname'],
  'Meta.timestamp': ({ time }) => time.replace('.000Z', 'Z').slice(4),
  // They count `pam_unix` as a type `unix`; PAM's own word for type is what follows the service.
  'Parsed.pam_type': ({ fields }) => String(fields['pam_module']).replace('pam_', ''),
  'Parsed.event_inc_id': auditSerial,
  'Meta.auditd_eventid': auditSerial,
  'Unmarshaled.auditd.msg': ({ fields }) => `audit(${String(fields['audit_id'])}):`,
  ...Object.fromEntries(
    [
      'Meta.target_user',
      'Meta.user',
      'Meta.username',
      'Parsed.sshd_invalid_user',
      'Parsed.sshd_auth_user',
      'Parsed.username',
    ].map((name) => [name, ({ fields }: LogRecord) => fields['user']]),
  ),
  ...Object.fromEntries(
    ['pid', 'uid', 'euid', 'tty', 'ruser', 'logname'].map((name) => [
      `Parsed.${name}`,
      ({ fields }: LogRecord) => fields[name] ?? '',
    ]),
  ),
  ...Object.fromEntries(
    ['exe', 'tty', 'uid', 'auid', 'ppid'].map((name) => [`Meta.${name}`, ({ fields }: LogRecord) => fields[name]]),
  ),
};

function auditSerial({ fields }: LogRecord): unknown {
  return String(fields['audit_id']).split(':')[1];
}

interface Expected {
  readonly event: string;
  readonly name: string;
  readonly value: string;
}

function readAsserts(folder: string): readonly Expected[] {
  const path = join(corpus, folder, 'parser.assert');
  if (!existsSync(path)) return [];
  return readFileSync(path, 'utf8')
    .split('\n')
    .flatMap((line) => {
      const found =
        /^(results\["[^"]+"\]\["[^"]+"\]\[\d+\])\.Evt\.(\w+)\["(\w+)"\](?:\["(\w+)"\])?(?:\[4:\])? == (".*")$/.exec(
          line,
        );
      if (found === null) return [];
      const [, event = '', kind = '', key = '', inner, value = ''] = found;
      const name = `${kind}.${key}${inner === undefined ? '' : `.${inner}`}`;
      return [{ event, name, value: JSON.parse(value) as string }];
    });
}

withCorpus('the fields that CrowdSec expects of a line are ours', () => {
  test.each([
    ['auditd-logs', 108],
    ['pam-logs', 20],
    ['sshd-invalid-bf', 60],
    ['sshd-logs', 150],
    ['sshd-success-logs', 40],
  ])('%s: at least %i values', (folder, least) => {
    const lines = readLines(folder);
    const byEvent = Map.groupBy(readAsserts(folder), ({ event }) => event);
    const differences: string[] = [];
    let compared = 0;
    for (const asserts of byEvent.values()) {
      const message = asserts.find(({ name }) => name === 'Parsed.message')?.value.trim();
      const ours = lines.find(({ line }) => message !== undefined && line.endsWith(message));
      if (ours === undefined) {
        differences.push(`no line ${message}`);
        continue;
      }
      for (const { name, value } of asserts) {
        const inner = /^Unmarshaled\.auditd\.(\w+)$/.exec(name)?.[1];
        const read = names[name] ?? (inner === undefined ? undefined : () => ours.record.fields[inner]);
        if (read === undefined) continue;
        compared++;
        // The year, which the lines don't have, is the year of the run.
        const wanted = name === 'Meta.timestamp' && !value.startsWith('-') ? value.slice(4) : value;
        const seen = read(ours.record);
        if (String(seen) !== wanted) differences.push(`${name}: ${wanted}, not ${String(seen)}, in ${ours.line}`);
      }
    }
    expect(differences).toEqual([]);
    expect(compared).toBeGreaterThanOrEqual(least);
  });
});

/** Scenario is one of theirs in Sigma's words. A leaky bucket is an event count over the time that it takes to run dry. */
interface Scenario {
  readonly folder: string;
  readonly scenario: string;
  /** Of each step, the selection; the log source is that of the folder. */
  readonly steps: readonly string[];
  readonly correlation: string;
  readonly by: string;
}

const failures = '{action: [login failed, invalid user, bad identification], src_ip|exists: true}';
const count = (least: number, span: string) => `{type: event_count, timespan: ${span}, condition: {gte: ${least}}}`;
const different = (field: string, least: number, span: string) =>
  `{type: value_count, timespan: ${span}, condition: {field: ${field}, gte: ${least}}}`;
const together = (span: string) => `{type: temporal, timespan: ${span}}`;

const scenarios: readonly Scenario[] = [
  { folder: 'ssh-bf', scenario: 'crowdsecurity/ssh-bf', steps: [failures], correlation: count(6, '1m'), by: 'src_ip' },
  {
    folder: 'ssh-bf',
    scenario: 'crowdsecurity/ssh-bf_user-enum',
    steps: [failures],
    correlation: different('user', 6, '1m'),
    by: 'src_ip',
  },
  {
    folder: 'ssh-slow-bf',
    scenario: 'crowdsecurity/ssh-slow-bf',
    steps: [failures],
    correlation: count(20, '10m'),
    by: 'src_ip',
  },
  {
    folder: 'ssh-time-based-bf',
    scenario: 'crowdsecurity/ssh-time-based-bf',
    steps: [failures],
    correlation: count(4, '1h'),
    by: 'src_ip',
  },
  {
    folder: 'ssh-time-based-bf',
    scenario: 'crowdsecurity/ssh-time-based-bf_user-enum',
    steps: [failures],
    correlation: different('user', 4, '1h'),
    by: 'src_ip',
  },
  {
    folder: 'sshd-invalid-bf',
    scenario: 'crowdsecurity/ssh-bf',
    steps: ['{action: disconnected, preauth: true, user|exists: true}'],
    correlation: count(6, '1m'),
    by: 'src_ip',
  },
  {
    folder: 'sshd_banner_exchange',
    scenario: 'crowdsecurity/ssh-bf',
    steps: [failures],
    correlation: count(6, '1m'),
    by: 'src_ip',
  },
  {
    folder: 'ssh-timeout',
    scenario: 'crowdsecurity/ssh-cve-2024-6387',
    steps: ['{action: [timeout, connection failed]}'],
    correlation: count(4, '5m'),
    by: 'src_ip',
  },
  {
    folder: 'sshd-bad-keyexchange-bf',
    scenario: 'lepresidente/ssh-bad-keyexchange-bf',
    steps: ['{action: negotiation failed}'],
    correlation: count(6, '1m'),
    by: 'src_ip',
  },
  {
    folder: 'sshd-refused-conn',
    scenario: 'crowdsecurity/ssh-refused-conn',
    steps: ['{action: connection refused}'],
    correlation: count(1, '1m'),
    by: 'src_ip',
  },
  {
    folder: 'ssh-generic-test',
    scenario: 'crowdsecurity/ssh-generic-test',
    steps: ["{user|startswith: 'crowdsec-test-'}"],
    correlation: count(1, '1m'),
    by: 'src_ip',
  },
  {
    folder: 'sshd-impossible-travel-user',
    scenario: 'crowdsecurity/impossible-travel-user',
    steps: ['{action: login accepted}'],
    correlation: different('src_ip', 2, '1h'),
    by: 'user',
  },
  {
    folder: 'auditd-base64-exec',
    scenario: 'crowdsecurity/auditd-base64-exec-behavior',
    steps: ["{syscall: '59', exe|endswith: /perl}", '{exe|endswith: /base64}'],
    correlation: together('1m'),
    by: 'ppid',
  },
  {
    folder: 'auditd-postexploit-exec-from-net',
    scenario: 'crowdsecurity/auditd-postexploit-exec-from-net',
    steps: ['{exe|endswith: /wget}', '{exe|endswith: /chmod}', '{exe|startswith: /tmp/}'],
    correlation: together('1m'),
    by: 'ppid',
  },
  {
    folder: 'auditd-postexploit-rm',
    scenario: 'crowdsecurity/auditd-postexploit-rm',
    steps: ['{exe|endswith: /rm}'],
    correlation: count(6, '1m'),
    by: 'ppid',
  },
  {
    folder: 'auditd-suid-crash',
    scenario: 'crowdsecurity/auditd-suid-crash',
    steps: ["{type: SYSCALL, euid: '0', uid: '1000'}", '{type: ANOM_ABEND}'],
    correlation: together('1m'),
    by: 'exe',
  },
  {
    folder: 'aws-bf',
    scenario: 'crowdsecurity/aws-cloudtrail-bf-console-login',
    steps: ['{eventName: ConsoleLogin, responseElements.ConsoleLogin: Failure}'],
    correlation: count(6, '1m'),
    by: 'sourceIPAddress',
  },
  {
    folder: 'aws-cloudtrail-postexploit',
    scenario: 'crowdsecurity/aws-cloudtrail-postexploit',
    steps: ['{eventName|startswith: [List, Get]}'],
    correlation: different('eventName', 3, '3h'),
    by: 'userIdentity.arn',
  },
  {
    folder: 'aws-nwo-login',
    scenario: 'crowdsecurity/aws-cloudtrail-nwo-nwd-console-login',
    steps: ['{eventName: ConsoleLogin, eventTime|hour: [0, 1, 2, 3, 4, 5, 6, 7]}'],
    correlation: count(1, '1m'),
    by: 'userIdentity.arn',
  },
];

/** Their bucket overflows at the sixth of seven lines of one second; of lines of one second nobody can say which came first, so ours come in together. */
const atOnce: Readonly<Record<string, number>> = { 'sshd-bad-keyexchange-bf 123.123.123.123': 7 };

/** Folders whose outcome is theirs alone, and why. */
const apart: Readonly<Record<string, string>> = {
  'sshd-impossible-travel':
    'the same log as the one by user, grouped by distance: that takes a database of places, which we do not have',
  sshesame: 'the log of a honeypot, no sshd: its lines are read as plain lines with their time',
};

function logsourceOf(folder: string): string {
  if (folder.startsWith('aws')) return '{product: aws, service: cloudtrail}';
  return folder.startsWith('auditd') ? '{product: linux, service: auditd}' : '{product: linux, service: sshd}';
}

function ruleText({ folder, steps, correlation, by }: Scenario): string {
  const base = JSON.stringify({ level: 'low', status: 'test' }).slice(1, -1);
  const rules = steps.map((selection, index) =>
    [
      `{title: Step ${index}, name: step${index}, ${base}, logsource: ${logsourceOf(folder)},`,
      ` detection: {selection: ${selection}, condition: selection}}`,
    ].join(''),
  );
  const names = steps.map((_, index) => `step${index}`).join(', ');
  const body = correlation.replace('{', `{rules: [${names}], group-by: [${by}], `);
  return [...rules, `{title: All, name: all, ${base}, correlation: ${body}}`].join('\n---\n');
}

/** Their overflows: who, and of how many events. */
function overflowsOf(folder: string, scenario: string): readonly (readonly [string, number])[] {
  const text = readFileSync(join(corpus, folder, 'scenario.assert'), 'utf8');
  const parts = Map.groupBy(text.split('\n'), (line) => /^results\[(\d+)\]/.exec(line)?.[1]);
  return [...parts].flatMap(([index, lines]) => {
    const all = lines.join('\n');
    if (index === undefined || !all.includes(`GetScenario() == "${scenario}"`)) return [];
    const who = /Sources\["([^"]+)"\]/.exec(all)?.[1] ?? '';
    return [[who, Number(/GetEventsCount\(\) == (\d+)/.exec(all)?.[1])] as const];
  });
}

withCorpus("CrowdSec's scenarios, written as Sigma correlations, fire for the same ones after as many events", () => {
  test.each(scenarios.map((scenario) => [`${scenario.folder}: ${scenario.scenario}`, scenario] as const))(
    '%s',
    async (_name, scenario) => {
      const { documents, problems } = parseRuleFile(ruleText(scenario), 'scenario.yml');
      const lowered = lowerRules(documents);
      expect([...problems, ...lowered.problems].filter(({ severity }) => severity === 'error')).toEqual([]);
      const rules = createRuleSet(lowered.ruleSet);
      const detector = createDetector(rules);
      const correlator = createBatchCorrelator(rules);
      for (const { record } of readLines(scenario.folder)) await correlator.add(detector.detect(record));
      const ours = correlator.firings().map(({ group, value }) => [group[scenario.by], value]);
      const theirs = overflowsOf(scenario.folder, scenario.scenario);
      expect(theirs.length).toBeGreaterThan(0);
      const wanted = theirs.map(([who, events]) => [who, atOnce[`${scenario.folder} ${who}`] ?? events]);
      expect(new Set(ours)).toEqual(new Set(wanted));
      expect(ours).toHaveLength(wanted.length);
    },
  );

  test('every folder with an outcome is compared, or it is said why not', () => {
    const folders = readdirSync(corpus).filter((name) => {
      const path = join(corpus, name, 'scenario.assert');
      return existsSync(path) && readFileSync(path, 'utf8').includes('GetScenario()');
    });
    const known = new Set([...scenarios.map(({ folder }) => folder), ...Object.keys(apart)]);
    expect(folders.filter((folder) => !known.has(folder))).toEqual([]);
  });

  test.each(Object.entries(apart))('%s stays apart: %s', (folder) => {
    const lines = readLines(folder);
    expect(lines.length).toBeGreaterThan(0);
    expect(lines.every(({ record }) => record.time.length === 24)).toBe(true);
  });
});
