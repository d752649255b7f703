import { describe, expect, test } from '@jest/globals';
import type { AuditEvent } from '../../../../src/model/audit-event.ts';
import type { Finding } from '../../../../src/model/finding.ts';
import { techniquesOf } from '../../../../src/notify/message/attack.ts';
import { consoleLinkOf } from '../../../../src/notify/message/console-link.ts';
import { messageOf } from '../../../../src/notify/message/message.ts';
import { accountWords, outcomeWords, whatWords, whoWords, whyWords } from '../../../../src/notify/render/words.ts';
import { sqlLiteralToPaste } from '../../../../src/text/sql-literal.ts';
import { bruteForce, hostile, rootLogin, sshRootLogin } from '../specimens.ts';

describe('the title', () => {
  test.each([
    ['names the account where it has a name', rootLogin, 'Root user signed in to the console: root in production'],
    ['names what it was done to', sshRootLogin, 'SSH login as root: root → host web-1 in production'],
    [
      'counts the events of a correlation',
      bruteForce,
      'Many failed SSH logins from one address: 20 events, root → host web-1 in production',
    ],
  ])('%s', (_rule, finding, title) => {
    expect(messageOf(finding, { accounts: { '111122223333': { name: 'production' } } }).title).toBe(title);
  });

  test('knows whose account it is', () => {
    const accounts = { '111122223333': { name: 'production', owner: 'ops@example.com' } };
    const { account } = messageOf(rootLogin, { accounts });
    expect(account).toEqual({ id: '111122223333', name: 'production', owner: 'ops@example.com' });
    expect(account && accountWords(account)).toBe('production (111122223333), owned by ops@example.com');
  });

  test.each<[string, AuditEvent['targets'], string]>([
    ['the account', [{ kind: 'account', id: '111122223333' }], 'root in 111122223333'],
    [
      'the actor',
      [
        { kind: 'user', id: 'root' },
        { kind: 'policy', id: 'p' },
      ],
      'root → policy p in 111122223333',
    ],
  ])('does not say %s twice', (_what, targets, end) => {
    expect(messageOf(withEvent(rootLogin, { targets })).title).toBe(`Root user signed in to the console: ${end}`);
  });

  test('leaves out an actor whom the log does not name, and says on which host it was', () => {
    const created = withEvent(sshRootLogin, {
      actor: { kind: 'unknown', name: 'unknown', chain: [] },
      targets: [
        { kind: 'host', id: 'web-1' },
        { kind: 'host-user', id: 'sysupd' },
      ],
    });
    expect(messageOf(created).title).toBe('SSH login as root: host-user sysupd on web-1 in 111122223333');
    const { account: _, ...event } = created.event;
    expect(messageOf({ ...created, event }).title).toBe('SSH login as root: host-user sysupd on web-1');
  });

  test('has the account id where there is no name, and no name from an object’s own making', () => {
    const odd = withEvent(rootLogin, { account: 'constructor' });
    expect(messageOf(rootLogin).title).toMatch(/in 111122223333$/);
    expect(messageOf(odd, { accounts: {} }).title).toMatch(/in constructor$/);
  });

  test('keeps the account though a name is endless', () => {
    expect(messageOf(hostile).title).toMatch(/in 111122223333$/);
    expect(messageOf(hostile).title.length).toBeLessThan(250);
  });
});

test('the account that it happened in is no target of its own', () => {
  const targets = [
    { kind: 'account', id: '111122223333' },
    { kind: 'account', id: '444455556666' },
  ];
  expect(messageOf(withEvent(rootLogin, { targets })).targets).toEqual(targets.slice(1));
});

test('a service that is address and user agent at once is said once', () => {
  const service = 'ec2.amazonaws.com';
  const { from } = messageOf(withEvent(rootLogin, { sourceAddress: service, userAgent: service }));
  expect(from).toEqual({ address: service });
});

describe('consoleLinkOf', () => {
  const id = rootLogin.event.id;
  test.each([
    [
      'the standard partition',
      'eu-west-1',
      'https://eu-west-1.console.aws.amazon.com/cloudtrailv2/home?region=eu-west-1',
    ],
    ['China', 'cn-north-1', 'https://cn-north-1.console.amazonaws.cn/cloudtrailv2/home?region=cn-north-1'],
    [
      'GovCloud',
      'us-gov-west-1',
      'https://us-gov-west-1.console.amazonaws-us-gov.com/cloudtrailv2/home?region=us-gov-west-1',
    ],
  ])('leads to the event history of %s', (_partition, region, beginning) => {
    expect(consoleLinkOf({ ...rootLogin.event, region })).toBe(`${beginning}#/events?EventId=${id}`);
  });

  test.each<[string, Partial<AuditEvent>]>([
    ['a data event, which the history never has', { category: { kind: 'data', access: 'read', via: 'api-call' } }],
    ['a line of a host', { category: { kind: 'authentication', result: 'failure' } }],
    ['an id that CloudTrail did not give', { id: 'x#/evil' }],
    ['a region that is none', { region: 'evil.example/?' }],
  ])('gives nothing for %s', (_what, change) => {
    expect(consoleLinkOf({ ...rootLogin.event, ...change })).toBeUndefined();
  });
});

describe('follow-up queries', () => {
  test('ask for root by its type and account: all root sessions share an ARN with nobody else', () => {
    const [athena] = messageOf(rootLogin).followUps;
    expect(athena?.sql).toContain("useridentity.type = 'Root'\n  AND useridentity.accountid = '111122223333'");
  });

  test('cover an hour around all events of a correlation', () => {
    const [athena] = messageOf(bruteForce).followUps;
    expect(athena?.sql).toContain("BETWEEN '2026-03-14T09:11:05Z' AND '2026-03-14T11:30:05Z'");
  });

  test('go to the configured table', () => {
    expect(messageOf(rootLogin, { athenaTable: 'audit.trail' }).followUps[0]?.sql).toContain('FROM audit.trail\n');
  });

  test.each<[string, Finding]>([
    ['no address is known', withEvent(sshRootLogin, { sourceAddress: 'unknown-host' })],
    ['the time is none', withEvent(rootLogin, { time: 'yesterday' })],
    ['the time is at the end of time', withEvent(rootLogin, { time: '+275760-09-13T00:00:00.000Z' })],
    [
      'the name is longer than any ARN',
      withEvent(rootLogin, { actor: { ...hostile.event.actor, arn: 'a'.repeat(9999) } }),
    ],
  ])('are left out where %s', (_why, finding) => {
    expect(messageOf(finding).followUps).toEqual([]);
  });
});

test.each([
  ['quotes are doubled', "o'brien", "'o''brien'"],
  ['an empty text is a text', '', "''"],
  ['a backslash means itself', '\\', "'\\'"],
  ['line breaks are spelled out', 'a\nb', "('a' || chr(10) || 'b')"],
  ['overrides are spelled out', '\u202e', 'chr(8238)'],
  ['a back-tick can’t end a code block', 'a`', "('a' || chr(96))"],
])('sqlLiteralToPaste: %s', (_rule, text, literal) => expect(sqlLiteralToPaste(text)).toBe(literal));

test.each([
  ['a technique', 'attack.t1078', [{ id: 'T1078', url: 'https://attack.mitre.org/techniques/T1078/' }]],
  ['a sub-technique', 'attack.T1078.004', [{ id: 'T1078.004', url: 'https://attack.mitre.org/techniques/T1078/004/' }]],
  ['a tactic', 'attack.initial-access', [{ id: 'initial-access', url: 'https://attack.mitre.org/tactics/TA0001/' }]],
  [
    'a tactic as older rules spell it',
    'attack.privilege_escalation',
    [{ id: 'privilege-escalation', url: 'https://attack.mitre.org/tactics/TA0004/' }],
  ],
  ['another namespace', 'cve.2024-1', []],
  ['a technique that can’t be one', 'attack.t99999', []],
  ['an object’s own key', 'attack.constructor', []],
])('techniquesOf reads %s', (_what, tag, techniques) => expect(techniquesOf([tag])).toEqual(techniques));

test('the raw event is cut between characters, and the message says how much is missing', () => {
  const { raw } = messageOf(hostile);
  const whole = JSON.stringify(hostile.event.raw, null, 2);
  expect(raw.text.isWellFormed()).toBe(true);
  expect(raw.text.length + raw.cutChars).toBe(whole.length);
  expect(whole.startsWith(raw.text)).toBe(true);
});

test('an event nested deeper than JSON can be written makes a message all the same', () => {
  let deep: Record<string, unknown> = {};
  for (let depth = 0; depth < 100_000; depth += 1) deep = { deep };
  expect(messageOf(withEvent(rootLogin, { raw: deep })).raw.text).toMatch(/^\(not shown: /);
});

test('a correlation lists its first and last events and counts the others', () => {
  const { correlation } = messageOf(bruteForce);
  expect(correlation).toMatchObject({ count: 20, unlisted: 10, spanMs: 19 * 60_000 });
  expect(correlation?.events.map(({ time }) => time.slice(14, 16)).join(' ')).toBe('11 12 13 14 15 26 27 28 29 30');
});

test.each<[string, Finding['evidence'][number], string]>([
  ['the value is just what was wanted', { field: 'a', value: 'Root', wanted: 'is "root"' }, 'a is "root"'],
  ['it is one of several', { field: 'a', value: 'x', wanted: 'is one of "x", "y"' }, 'a is one of "x", "y": x'],
  ['it does not', { field: 'a', value: 'x.sh', wanted: 'ends with ".sh"' }, 'a ends with ".sh": x.sh'],
  ['it is empty', { field: 'a', value: '', wanted: 'is ""' }, 'a is "": (empty)'],
  [
    'it is not another field',
    { field: 'a', value: 'ben', wanted: 'is not the value of b' },
    'a is not the value of b (it is "ben")',
  ],
  [
    'it is none of several',
    { field: 'a', value: 'x', wanted: 'is none of "y", "z"' },
    'a is none of "y", "z" (it is "x")',
  ],
  [
    'what was wanted is long',
    { field: 'a', value: 'xxxx', wanted: `matches /${'x'.repeat(300)}/` },
    `a matches /${'x'.repeat(150)}…: xxxx`,
  ],
  ['a quoted not is no negation', { field: 'a', value: 'x', wanted: 'contains "is not "' }, 'a contains "is not ": x'],
])('whyWords says the value seen unless it shows: %s', (_when, evidence, words) => {
  expect(whyWords(evidence)).toBe(words);
});

function withEvent(finding: Finding, change: Partial<AuditEvent>): Finding {
  return { ...finding, event: { ...finding.event, ...change } };
}

test('an insight is no deed that succeeds', () => {
  const category = { kind: 'insight', access: 'write', via: 'insight' } as const;
  const message = messageOf(withEvent(rootLogin, { category, service: 'sts', action: 'ApiErrorRateInsight start' }));
  expect(whatWords(message)).toBe('sts:ApiErrorRateInsight start');
});

test('a claimed name is shown as claimed', () => {
  const actor = { kind: 'anonymous', name: 'test', chain: [] } as const;
  expect(whoWords(messageOf(withEvent(sshRootLogin, { actor })))).toBe('test (not signed in)');
});

test.each<[string, AuditEvent['outcome'], string]>([
  ['success', { kind: 'success' }, 'succeeded'],
  ['a code and what it means', { kind: 'failure', code: 'AccessDenied', message: 'no' }, 'failed: AccessDenied (no)'],
  [
    'a code that says nothing',
    { kind: 'failure', code: 'Failure', message: 'wrong password' },
    'failed: wrong password',
  ],
  ['nothing but failure', { kind: 'failure', code: 'Failure' }, 'failed'],
])('outcomeWords says %s', (_what, outcome, words) => expect(outcomeWords(outcome)).toBe(words));
