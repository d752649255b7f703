import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { commandLine, root } from './trailwatch.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trailwatch-route-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function write(name: string, text: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
}

const route = (...args: readonly string[]) => commandLine(['route', 'test', ...args]);

describe('the routes that a stage has without any of its own', () => {
  test.each<[string, readonly string[], string]>([
    ['medium and above go to people', ['level=medium'], 'sns,slack'],
    ['critical', ['level=critical', 'service=iam'], 'slack,sns'],
    ['below medium goes to nobody', ['level=low'], 'none'],
    ['an instance that stops is told', ['level=informational', 'source=ec2_state_change'], 'sns,slack'],
    ["AWS's services are not told", ['level=medium', 'source=cloudtrail', 'actorKind=service'], 'none'],
    ['but for what is severe', ['level=high', 'source=cloudtrail', 'actorKind=service'], 'sns,slack'],
    ['nor GuardDuty kept back', ['level=medium', 'source=guardduty', 'actorKind=service'], 'sns,slack'],
  ])('%s', async (_rule, labels, receivers) => {
    for (const stage of ['dev', 'staging', 'prod']) {
      const { code, stderr } = await route('--stage', stage, ...labels, '--receivers', receivers);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    }
  });
});

describe('a finding from the bus', () => {
  test.each([
    ['the event', (event: { readonly detail: object }) => event],
    ['its detail', (event: { readonly detail: object }) => event.detail],
  ])('%s says its own labels', async (_what, part) => {
    const queue = JSON.parse(await readFile(join(root, 'events/lambda/deliver-sqs/findings.json'), 'utf8')) as {
      readonly Records: readonly { readonly body: string }[];
    };
    const event = JSON.parse(queue.Records[0]?.body ?? '') as { readonly detail: object };
    const path = await write('finding.json', JSON.stringify(part(event)));
    const { code, stdout } = await route('--finding', path);
    expect(stdout).toMatch(/rule=Root user was active.* actorKind=root/);
    expect(stdout).toMatch(/reaches sns, slack\n$/);
    expect(code).toBe(0);
  });
});

test('other receivers than expected are exit 1, and both are named', async () => {
  const { code, stderr } = await route('level=low', '--receivers', 'sns');
  expect({ code, stderr }).toEqual({ code: 1, stderr: 'trailwatch: expected sns, reached none\n' });
});

test('a suppression that has ended is named', async () => {
  const config = await write(
    'old.yml',
    'suppressions: { old: { match: { region: a, level: low }, owner: me@example.com, reason: b, expires: 2026-03-11 } }',
  );
  const { code, stdout, stderr } = await route(
    '--config',
    config,
    'region=a',
    'level=high',
    '--receivers',
    'slack,sns',
  );
  expect(stdout).toContain('! old: ended with 2026-03-11');
  expect(stderr).toBe('trailwatch: suppressions.old: ended with 2026-03-11 (me@example.com)\n');
  expect(code).toBe(0);
});

describe('every step of delivery', () => {
  const yaml = `
accounts: { '111122223333': production }
receivers:
  siem: { kind: webhook, address: 'https://siem.example.com/in', signingKey: /trailwatch/siem }
route:
  quietHours: { from: '22:00', to: '07:00', days: [sun], timezone: Europe/Berlin, except: high }
  routes:
    - match: { rule: Secret* }
      groupBy: [rule, account]
      groupWait: 5m
      groupInterval: 1d
      repeatInterval: 1d
      throttle: off
    - match: { tag: program }
      receivers: siem
      groupWait: 5m
    - match: { tag: each }
      groupBy: finding
deployRoles: ci-deploy
inhibitions:
  down:
    source: { rule: Endpoint down }
    target: { rule: Endpoint * }
    equal: [target]
    for: 30m
    reason: It is down
trials: { pods: { rule: 'Pod *', until: 2026-12-31 } }
`;
  const noon = '2026-03-11T12:00+01:00';
  const night = '2026-03-28T23:30Z';

  test.each<[string, readonly string[], readonly RegExp[]]>([
    [
      'grouping, wait and quiet hours of a route',
      ['rule=Secret read', 'level=medium', '--at', noon],
      [
        /\nnotified\n  sns, slack\n    together  the same rule, account\n    wait      5m for more findings, then notified\n/,
        /more      once, after 1d; a finding after/,
        /throttle  off\n    quiet     22:00 to 07:00, sun in Europe\/Berlin: not at 2026-03-11 12:00\n/,
      ],
    ],
    [
      'when a finding is told that comes in quiet hours',
      ['level=medium', '--at', night],
      [/quiet     until 2026-03-30 07:00 in Europe\/Berlin; high and above notify at once/],
    ],
    ['what is told all the same', ['level=high', '--at', night], [/quiet     22:00 to 07:00, sun in .*: not for high/]],
    [
      'what mutes others',
      ['rule=Endpoint down', 'target=shop', 'level=high'],
      [
        /\? down: rule is Endpoint down; once notified, it mutes findings of rule Endpoint \* with the same target for 30m, and /,
        /reaches sns, slack, unless down mutes it/,
      ],
    ],
    [
      'what may be muted',
      ['rule=Endpoint slow', 'target=shop', 'level=high'],
      [
        /\? down: rule is Endpoint slow; notifies nobody within 30m of a finding of rule Endpoint down with the same target: It/,
      ],
    ],
    [
      'what lacks the label that decides',
      ['rule=Endpoint slow', 'level=high'],
      [/· down: the finding has no target, by which findings must agree/, /reaches sns, slack\n$/],
    ],
    [
      'a rule on trial',
      ['rule=Pod started', 'level=high'],
      [
        /✗ pods: rule is Pod started\. On trial until the end of 2026-12-31: notifies nobody yet/,
        /\nwould be notified\n  sns, slack\n/,
        /reaches none: the rule is in trial pods, else it would reach sns, slack/,
      ],
    ],
    [
      'a trial that has ended',
      ['rule=Pod started', 'level=high', '--at', '2027-01-01'],
      [/· pods: ended with 2026-12-31/, /reaches sns, slack\n$/],
    ],
    [
      'a program, which gets every finding, at any hour and at once',
      ['tag=program', 'level=medium', '--at', night],
      [
        /  siem\n    together  nothing: a program reads there and gets each finding\n    wait      none: notified at once\n\n/,
      ],
    ],
    [
      'findings that stay apart',
      ['tag=each', 'level=high'],
      [/together  nothing: each finding by itself\n.*\n    throttle  10 of one rule in 4h/],
    ],
    [
      'the role that deploys',
      [
        'level=medium',
        'source=cloudtrail',
        'actorKind=role',
        'actor=arn:aws:sts::111122223333:assumed-role/ci-deploy/7',
      ],
      [
        /✗ deploying-role: .*\. trailwatch, without end: Roles named under deployRoles/,
        /reaches none: deploying-role suppresses it/,
      ],
    ],
  ])('says %s', async (_what, args, said) => {
    const config = await write('steps.yml', yaml);
    const { code, stdout } = await route('--config', config, ...args);
    for (const each of said) expect(stdout).toMatch(each);
    expect(code).toBe(0);
  });

  test.each([
    ['its title', 'CloudTrail records less than before'],
    ['its id', '8e400643-6d29-4a00-b1b4-3a5ba82f9167'],
  ])('what a rule says itself is filled in, by %s', async (_what, rule) => {
    const { stdout, stderr } = await route(`rule=${rule}`, 'actor=x');
    expect(stdout).toMatch(
      /^level=medium .*rule=CloudTrail records less.* tag=attack\.t1562\.008 source=cloudtrail source=aws/,
    );
    expect(stdout).toContain('rule=8e400643-6d29-4a00-b1b4-3a5ba82f9167');
    expect(stderr).toBe('');
  });

  test('but for what is given', async () => {
    const { stdout } = await route('rule=CloudTrail records less than before', 'level=low', 'tag=mine');
    expect(stdout).toMatch(/^level=low .* tag=mine source=cloudtrail/);
    expect(stdout).not.toContain('attack.');
  });

  test('a rule that is not there is named', async () => {
    expect((await route('rule=Disc full')).stderr).toBe('trailwatch: rule=Disc full: no rule has that id or title\n');
  });

  test('is for programs too, as configurations write it', async () => {
    const config = await write('steps.yml', yaml);
    const { stdout } = await route(
      '--config',
      config,
      'rule=Secret read',
      'level=medium',
      '--at',
      night,
      '--format',
      'json',
    );
    expect(JSON.parse(stdout)).toMatchObject({
      at: '2026-03-28T23:30:00.000Z',
      suppressions: [{ name: 'deploying-role', kind: 'passes' }, { name: 'aws-services' }],
      inhibitions: [{ name: 'down', starts: false, mutable: false, for: '30m' }],
      trials: [{ name: 'pods', kind: 'passes', until: '2026-12-31' }],
      to: [
        {
          receiver: 'sns',
          groupBy: ['rule', 'account'],
          groupWait: '5m',
          groupInterval: '1d',
          repeatInterval: '1d',
          throttle: 'off',
          quietUntil: '2026-03-30T05:00:00.000Z',
        },
        { receiver: 'slack' },
      ],
      reaches: ['sns', 'slack'],
    });
  });

  test('says of programs that wait for nothing and are never asleep', async () => {
    const config = await write('steps.yml', yaml);
    const { stdout } = await route(
      '--config',
      config,
      'tag=program',
      'level=medium',
      '--at',
      night,
      '--format',
      'json',
    );
    const { to } = JSON.parse(stdout) as { readonly to: readonly object[] };
    expect(to).toMatchObject([{ receiver: 'siem', groupBy: 'finding', groupWait: '0s', quietUntil: null }]);
    expect(to[0]).not.toHaveProperty('quietHours');
  });

  test('an account that nobody has is named', async () => {
    const config = await write('steps.yml', yaml);
    const { stderr } = await route('--config', config, 'level=low', 'account=prodution');
    expect(stderr).toBe('trailwatch: account=prodution: unknown account: accounts names production\n');
  });
});

test('a run keeps back what is suppressed, and says so in its summary', async () => {
  const config = await write(
    'run.yml',
    'suppressions: { guessing: { match: { source: sshd }, owner: me@example.com, reason: known, expires: never } }',
  );
  const hosts = join(root, 'events/hosts');
  const all = await commandLine(['run', hosts, '--no-report']);
  const rest = await commandLine(['run', hosts, '--no-report', '--config', config]);
  expect(all.stdout).not.toContain('suppressed');
  const total = (text: string): number => Number(/findings +(\d+) in/.exec(text)?.[1] ?? 0);
  const [, kept = ''] = /(\d+) findings suppressed by guessing \(me@example\.com\): known/.exec(rest.stdout) ?? [];
  expect(Number(kept)).toBeGreaterThan(0);
  expect(total(rest.stdout) + Number(kept)).toBe(total(all.stdout));
});

test('a run fails for findings that nothing holds back, neither a suppression nor a trial', async () => {
  const known = await write(
    'known.yml',
    "suppressions: { known: { match: { level: '>= medium' }, owner: me@example.com, reason: known, expires: never } }",
  );
  const args = ['run', join(root, 'events/hosts'), '--no-report', '--fail-on'];
  expect((await commandLine([...args, 'medium'])).code).toBe(1);
  expect((await commandLine([...args, 'medium', '--config', known])).code).toBe(0);
  expect((await commandLine([...args, 'low', '--config', known])).code).toBe(1);
  const tried = await write('tried.yml', "trials: { hosts: { rule: ['SSH *', 'User created *'], until: 2026-12-31 } }");
  expect((await commandLine([...args, 'low', '--config', tried])).code).toBe(0);
});

describe('wrong usage is exit 2, with what is wrong', () => {
  test.each<[string, readonly string[], RegExp]>([
    ['nothing given', [], /give either labels/],
    ['labels and a finding', ['level=low', '--finding', 'x'], /give either labels/],
    ['no label', ['level'], /level: write a label as name=value/],
    ['an unknown label', ['severity=high'], /severity=high: unknown label severity\nLabels are level, rule/],
    ['a level that is none', ['level=hihg'], /expected a level: informational, low/],
    ['a comparison, which only a route has', ['level=>= high'], /expected a level: informational, low/],
    ['an unknown receiver', ['level=low', '--receivers', 'slak'], /unknown receiver; known: sns, slack, none/],
    ['a moment that is none', ['level=low', '--at', 'noon'], /--at noon: expected a day, a time/],
    ['an unknown stage', ['level=low', '--stage', 'prdo'], /config\/prdo\.yml does not exist/],
    ['a stage that leaves the folder', ['level=low', '--stage', '../package'], /not a stage name/],
    ['a finding that is not there', ['--finding', '/nowhere.json'], /--finding \/nowhere\.json: ENOENT/],
    ['a file that is no finding', ['--finding', join(root, 'package.json')], /--finding .*: event\.source: /],
  ])('%s', async (_what, args, message) => {
    const { code, stderr } = await route(...args);
    expect(stderr).toMatch(message);
    expect(code).toBe(2);
  });
});
