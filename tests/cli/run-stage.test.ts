import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { detectFiles, prepareDetection } from '../../src/cli/findings/detect-files.ts';
import { gatherFindings } from '../../src/cli/findings/gather.ts';
import { decideRoute } from '../../src/cli/route/decide-route.ts';
import { decisionJson } from '../../src/cli/route/decision-json.ts';
import { createOutput } from '../../src/cli/shell/terminal.ts';
import type { Configuration } from '../../src/config/configuration.ts';
import { loadConfiguration } from '../../src/config/load-configuration.ts';
import { findingDetail, findingDetailType, findingSource } from '../../src/contract/detail.ts';
import { openFindingEvent } from '../../src/contract/open.ts';
import type { Finding } from '../../src/model/finding.ts';
import type { AcceptOutcome } from '../../src/notify/delivery/accept.ts';
import { createDecider } from '../../src/notify/routing/decide.ts';
import { labelsOf } from '../../src/notify/routing/labels.ts';
import { receiversOf } from '../../src/notify/receivers/receiver-table.ts';
import { simulateDelivery } from '../../src/notify/simulation/simulate-delivery.ts';
import { tickingStage } from '../support/ticking-stage.ts';
import { commandLine, root } from './trailwatch.ts';

/** Something of every decision. The sample's morning is 2026-03-11, from 06:55 to 10:10 UTC. */
const yaml = `
receivers:
  slack-security: { kind: slack-bot, token: /t/slack, channel: '#security' }
  lake: { kind: findings-bus, busArn: 'arn:aws:events:eu-west-1:111122223333:event-bus/security' }
route:
  receivers: [slack-security, sns]
  groupWait: 30s
  repeatInterval: 1h
  throttle: 2
  routes:
    - name: hosts
      match: { source: sshd }
      receivers: [slack-security, lake]
      groupBy: [rule, target]
      quietHours: { from: '09:00', to: '11:00', timezone: Europe/Berlin, except: critical }
suppressions:
  iam-work: { match: { service: iam, level: '< high' }, owner: iam@example.com, reason: known work, expires: never }
  long-ago: { match: { service: iam }, owner: iam@example.com, reason: was known, expires: 2026-03-10 }
inhibitions:
  trail:
    source: { rule: CloudTrail records less than before }
    target: { rule: CloudTrail stopped or deleted }
    equal: [account]
    for: 1h
    reason: The trail is known to be worked on
trials:
  configuration: { rule: AWS Config *, until: 2026-03-11, owner: detection@example.com }
`;

const sample = ['archive', 'hosts', 'ec2'].map((name) => join(root, 'events', name));
const corpora = join(root, '..', 'shared', 'corpora');
/** What stands there of CloudTrail and of hosts. */
const corpusFolders = [
  'invictus_aws_dataset',
  'stratus_red_team',
  'streamalert_cloudtrail',
  'small_cloudtrail_samples',
  'otrf_security_datasets_aws',
  'loghub_openssh_linux',
  'crowdsec_hub_tests',
  'elastic_auth_sample',
  'eventbridge_samples',
];

let folder: string;
let file: string;
let configuration: Configuration;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trailwatch-run-stage-'));
  file = join(folder, 'stage.yml');
  await writeFile(file, yaml);
  configuration = await loadConfiguration([join(root, 'config/default.yml'), file]);
});
afterAll(() => rm(folder, { recursive: true }));

const known = new Map<string, Promise<readonly Finding[]>>();

/** The findings of some files, each fact once, in order of time: as a stage would get them. */
function findingsOf(paths: readonly string[]): Promise<readonly Finding[]> {
  const key = paths.join();
  const findings = known.get(key) ?? detectedIn(paths);
  known.set(key, findings);
  return findings;
}

async function detectedIn(paths: readonly string[]): Promise<readonly Finding[]> {
  const out = createOutput(new Writable({ write: (_chunk, _encoding, done) => done() }), {});
  const surroundings = {
    out,
    err: out,
    stdin: Readable.from([]),
    cwd: root,
    now: () => new Date('2026-03-12T08:00:00.000Z'),
    stop: new AbortController().signal,
  };
  const gathered = gatherFindings();
  const prepared = await prepareDetection(paths, {}, surroundings);
  await detectFiles(prepared, {}, surroundings, (finding) => void gathered.add(finding));
  return [...gathered.inOrder()];
}

/** The second at which the stage looks that looks each second. */
function secondOf(time: string): number {
  return Math.ceil(Date.parse(time) / 1000);
}

interface Line {
  readonly fingerprint: string;
  readonly alert?: {
    readonly count: number;
    readonly to: readonly string[];
    readonly eachFindingTo?: readonly string[];
    readonly notifications: readonly {
      readonly time: string;
      readonly kind: 'first' | 'update' | 'repeat';
      readonly to: readonly string[];
      readonly findings: number;
    }[];
  };
  readonly heldBack?: { readonly by: string; readonly name: string; readonly findings: number };
}

async function runLines(paths: readonly string[]): Promise<readonly Line[]> {
  const args = ['run', ...paths, '--no-page', '--format', 'ndjson', '--config', file, '--limit', '0'];
  const { stdout } = await commandLine(args);
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
}

describe('run says what a stage does', () => {
  test('the same receivers, the same findings, the same moments, first or more', async () => {
    const findings = await findingsOf(sample);
    const staged = await tickingStage(findings, configuration, receiversOf(configuration.receivers));
    const toPeople = staged.filter(({ receiver }) => receiver !== 'lake');
    const lines = await runLines(sample);
    const said = lines.flatMap(({ alert }) =>
      (alert?.notifications ?? []).flatMap(({ time, kind, to, findings: count }) =>
        to.map((receiver) => ({
          receiver,
          second: secondOf(time),
          kind: kind === 'update' ? 'update' : 'first',
          count,
        })),
      ),
    );
    const plain = toPeople.map(({ receiver, time, kind, count }) => ({
      receiver,
      second: secondOf(time),
      kind,
      count,
    }));
    const text = (all: readonly object[]): readonly string[] => all.map((one) => JSON.stringify(one)).toSorted();
    expect(text(said)).toEqual(text(plain));
    expect(new Set(plain.map(({ kind }) => kind)).size).toBe(2);

    // Groups belong to the alert of the finding that opened them: here those of one rule on one host share one.
    const firsts = new Set(toPeople.filter(({ kind }) => kind === 'first').map(({ fingerprint }) => fingerprint));
    const alerts = lines.filter(({ alert }) => alert !== undefined && alert.notifications.length > 0);
    expect(new Set(alerts.map(({ fingerprint }) => fingerprint))).toEqual(firsts);
    // A program gets each finding.
    const toProgram = lines.filter(({ alert }) => alert?.eachFindingTo?.includes('lake') === true);
    expect(toProgram.length).toBeGreaterThan(0);
    expect(toProgram.reduce((sum, { alert }) => sum + (alert?.count ?? 0), 0)).toBe(staged.length - toPeople.length);
  });

  test('every finding is in an alert, or held back with the reason', async () => {
    const findings = await findingsOf(sample);
    const lines = await runLines(sample);
    const sum = lines.reduce(
      (total, { alert, heldBack }) => total + (alert?.count ?? 0) + (heldBack?.findings ?? 0),
      0,
    );
    expect(sum).toBe(findings.length);
    const reasons = new Set(lines.flatMap(({ heldBack }) => (heldBack ? [`${heldBack.by} ${heldBack.name}`] : [])));
    expect([...reasons].toSorted()).toEqual(['inhibited trail', 'suppressed iam-work', 'trial configuration']);
  });

  test('in text too: counts of alerts, notifications and findings that are held back', async () => {
    const { stdout } = await commandLine(['run', ...sample, '--no-page', '--config', file]);
    const updates = stdout.match(/^update {4}\S/gm)?.length ?? 0;
    const alerts = stdout.match(/^to {8}(?!nobody)/gm)?.length ?? 0;
    expect(updates).toBeGreaterThan(0);
    expect(stdout).toMatch(
      /^to +slack-security at 2026-03-11 10:00:00 UTC, after quiet hours; lake \(each finding\)$/m,
    );
    expect(stdout).toMatch(/^to +nobody: route › quiet: level is low$/m);
    const [, notifications, of] =
      /^notified +(\d+) notifications of (\d+) alerts: .*lake \d+ \(each finding\)/m.exec(stdout) ?? [];
    expect([Number(notifications), Number(of)]).toEqual([alerts + updates, alerts]);
    expect(stdout).toMatch(/^held back +\d+ findings? suppressed by iam-work \(iam@example\.com\): known work$/m);
    expect(stdout).toMatch(/^ +1 finding inhibited by trail: The trail is known to be worked on$/m);
    expect(stdout).toMatch(/^ +1 finding in trial configuration \(detection@example\.com\), until 2026-03-11$/m);
  });
});

/** Asks \`route test\` about a finding as it is on the findings bus, at the time at which it happened. */
function routeOf(finding: Finding): {
  readonly reaches: readonly string[];
  readonly inhibitions: readonly Inhibition[];
} {
  const detail: unknown = JSON.parse(findingDetail(finding)?.json ?? '');
  const event = JSON.stringify({ source: findingSource, 'detail-type': findingDetailType, detail });
  const labels = labelsOf(openFindingEvent(event), configuration.accounts);
  return decisionJson(decideRoute(labels, new Date(finding.time), configuration)) as ReturnType<typeof routeOf>;
}

interface Inhibition {
  readonly name: string;
  readonly mutable: boolean;
}

/** Who is notified of each finding in a run, or what holds it back. */
async function outcomesOf(findings: readonly Finding[]): Promise<ReadonlyMap<string, readonly AcceptOutcome[]>> {
  const outcomes = new Map<string, readonly AcceptOutcome[]>();
  await simulateDelivery(findings, {
    decider: createDecider(configuration),
    receivers: receiversOf(configuration.receivers),
    observe: (fact) => {
      if (fact.kind === 'decided') outcomes.set(fact.finding.id, fact.outcomes);
    },
  });
  return outcomes;
}

describe('run and route test agree on every finding', () => {
  const sources = [
    { name: 'the sample', paths: sample },
    ...corpusFolders.map((name) => ({ name, paths: [join(corpora, name)] })),
  ];
  for (const { name, paths } of sources) {
    (paths.every((path) => existsSync(path)) ? test : test.skip)(`of ${name}`, async () => {
      const findings = await findingsOf(paths);
      const outcomes = await outcomesOf(findings);
      for (const finding of findings) {
        const { reaches, inhibitions } = routeOf(finding);
        const mine = outcomes.get(finding.id) ?? [];
        const inhibited = mine.find(({ receiver }) => receiver === 'inhibited');
        if (inhibited !== undefined) {
          const could = inhibitions.filter(({ mutable }) => mutable).map(({ name: inhibition }) => inhibition);
          expect(could).toContain(inhibited.why['inhibition']);
          continue;
        }
        const notified = mine.flatMap(({ kind, receiver }) => (kind === 'accepted' ? [receiver] : []));
        expect({ id: finding.id, notified }).toEqual({ id: finding.id, notified: reaches });
      }
    });
  }

  test('at the command line as well', async () => {
    const [finding] = await findingsOf([join(root, 'events', 'archive')]);
    const path = join(folder, 'finding.json');
    await writeFile(path, findingDetail(finding as Finding)?.json ?? '');
    const args = [
      'route',
      'test',
      '--finding',
      path,
      '--config',
      file,
      '--at',
      finding?.time ?? '',
      '--format',
      'json',
    ];
    const { stdout } = await commandLine(args);
    expect(JSON.parse(stdout)).toEqual(JSON.parse(JSON.stringify(routeOf(finding as Finding))));
  });
});

describe('real logs', () => {
  for (const name of corpusFolders) {
    const path = join(corpora, name);
    (existsSync(path) ? test : test.skip)(`${name}: records and findings add up`, async () => {
      const { code, stdout } = await commandLine(['run', path, '--no-page', '--config', file]);
      expect([0, 3]).toContain(code);
      const number = (text = ''): number => Number(text.replaceAll(',', ''));
      const [, read, ...parts] =
        /^records +([\d,]+) read = ([\d,]+) matched \+ ([\d,]+) unmatched \+ ([\d,]+) failed$/m.exec(stdout) ?? [];
      expect(number(read)).toBeGreaterThan(0);
      expect(number(read)).toBe(parts.reduce((sum, part) => sum + number(part), 0));
      const inAlerts = number(/^findings +([\d,]+) in/m.exec(stdout)?.[1]);
      const held = [...stdout.matchAll(/([\d,]+) findings? (?:suppressed|inhibited|in trial)/g)];
      const all = await findingsOf([path]);
      expect(inAlerts + held.reduce((sum, [, findings]) => sum + number(findings), 0)).toBe(all.length);
    });
  }
});
