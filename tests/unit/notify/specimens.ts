import type { AuditEvent } from '../../../src/model/audit-event.ts';
import { findingId, fingerprintOf } from '../../../src/model/finding.ts';
import type { Finding } from '../../../src/model/finding.ts';
import { findingLineOf } from '../../../src/notify/message/message.ts';
import type { NotificationGroup } from '../../../src/notify/message/notification.ts';

const production = '111122223333';

const rootSignIn: AuditEvent = {
  id: '1f2e3d4c-5b6a-4789-8abc-def012345678',
  time: '2026-03-14T09:12:44.000Z',
  source: { product: 'aws', services: ['cloudtrail'] },
  category: { kind: 'management', access: 'write', via: 'sign-in' },
  account: production,
  region: 'us-east-1',
  service: 'signin',
  action: 'ConsoleLogin',
  actor: {
    kind: 'root',
    name: 'root',
    arn: `arn:aws:iam::${production}:root`,
    account: production,
    chain: [],
    mfa: false,
  },
  sourceAddress: '198.51.100.7',
  userAgent: 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0',
  targets: [],
  outcome: { kind: 'success' },
  origin: { path: 's3://acme-trail/AWSLogs/111122223333/CloudTrail/us-east-1/2026/03/14/x.json.gz', index: 3 },
  raw: {
    eventVersion: '1.08',
    userIdentity: { type: 'Root', arn: `arn:aws:iam::${production}:root`, accountId: production },
    eventTime: '2026-03-14T09:12:44Z',
    eventSource: 'signin.amazonaws.com',
    eventName: 'ConsoleLogin',
    awsRegion: 'us-east-1',
    sourceIPAddress: '198.51.100.7',
    additionalEventData: { MFAUsed: 'No' },
    responseElements: { ConsoleLogin: 'Success' },
    eventID: '1f2e3d4c-5b6a-4789-8abc-def012345678',
  },
};

const sshFailure = (minute: number): AuditEvent => ({
  id: `${minute}`.padStart(32, 'a'),
  time: `2026-03-14T10:${String(minute).padStart(2, '0')}:05.000Z`,
  source: { product: 'linux', services: ['sshd', 'auth', 'syslog'] },
  category: { kind: 'authentication', result: 'failure' },
  account: production,
  region: 'eu-west-1',
  service: 'sshd',
  action: 'login failed',
  actor: { kind: 'host-user', name: 'root', chain: [] },
  sourceAddress: '203.0.113.99',
  targets: [{ kind: 'host', id: 'web-1' }],
  outcome: { kind: 'failure', code: 'Failed password' },
  origin: { path: '/var/log/secure:i-0a1b2c3d4e5f60718', index: minute },
  raw: {
    message: `Mar 14 10:${String(minute).padStart(2, '0')}:05 web-1 sshd[811]: Failed password for root from 203.0.113.99 port 51022 ssh2`,
  },
});

/** rootLogin is a sign-in of the root user: what an on-call engineer must not misread. */
export const rootLogin: Finding = finding(rootSignIn, {
  id: '5b0b2c9e-7f2a-4c1d-9a53-0e9b6d1f0a11',
  title: 'Root user signed in to the console',
  level: 'high',
  description: 'Somebody signed in as the root user, whom no policy limits.',
  tags: ['attack.initial-access', 'attack.t1078.004', 'audit.cis-1.7'],
  falsePositives: ['Planned work that only the root user can do, announced beforehand'],
  references: ['https://docs.aws.amazon.com/IAM/latest/UserGuide/root-user-best-practices.html'],
  runbook:
    'Ask the holders of the root credentials. If none of them signed in: change the password, remove access keys, and look at everything the session did.',
});

/** sshRootLogin is a host's finding: no AWS identity, no event history to link to. */
export const sshRootLogin: Finding = {
  ...finding(
    { ...sshFailure(31), action: 'login', outcome: { kind: 'success' } },
    {
      id: 'a3c1b7de-02b4-4d3a-8f10-6f3d3b1c9e22',
      title: 'SSH login as root',
      level: 'medium',
      tags: ['attack.t1021.004'],
      falsePositives: [],
      references: [],
    },
  ),
  evidence: [{ field: 'user', value: 'root', wanted: 'is "root"' }],
};

/** bruteForce is a correlation over more events than a message lists. */
export const bruteForce: Finding = {
  ...finding(sshFailure(30), {
    id: 'c0ffee00-1d2e-4f3a-9b4c-5d6e7f809102',
    title: 'Many failed SSH logins from one address',
    level: 'high',
    description: 'More failed logins from one address than people make by mistake.',
    tags: ['attack.credential-access', 'attack.t1110.001'],
    falsePositives: ['A script with an outdated key'],
    references: [],
    runbook: 'https://runbooks.example.com/ssh-brute-force',
  }),
  correlated: Array.from({ length: 20 }, (_, index) => sshFailure(11 + index)),
  evidence: [{ field: 'event count', value: '20', wanted: 'at least 20 within 20 min, by source address' }],
};

const hostileText =
  '<!channel> <https://evil.example|click> <script>alert(1)</script> *bold* `code` ```block``` @here &amp; \u001b[31mred\u001b[0m\r\nFrom: forged\u202Egpj.exe\u200b\ud83d';

/** hostile is what somebody sends who knows that a person will read it. */
export const hostile: Finding = {
  ...finding(
    {
      ...rootSignIn,
      id: '2f2e3d4c-5b6a-4789-8abc-def012345679',
      service: 'iam',
      action: 'CreateUser',
      actor: {
        kind: 'iam-user',
        name: `mallory\n\nHIGH  Nothing to see ${hostileText}`,
        arn: `arn:aws:iam::${production}:user/o'brien'; DROP TABLE x;--\u202e\``,
        account: production,
        chain: ['session', `role/${hostileText}`],
      },
      sourceAddress: "198.51.100.7'; --",
      userAgent: `${hostileText} ${'A'.repeat(1_000_000)}`,
      targets: [{ kind: 'user', id: hostileText }],
      outcome: { kind: 'failure', code: 'AccessDenied', message: hostileText },
      raw: { userAgent: hostileText, requestParameters: { userName: '😀'.repeat(20_000) } },
    },
    {
      id: 'd15ea5e0-0000-4000-8000-000000000001',
      title: 'User created',
      level: 'critical',
      tags: ['attack.t1136.003', 'attack.t99999', 'attack.__proto__'],
      falsePositives: [],
      references: ['javascript:alert(1)', 'https://example.com/a b"<>'],
    },
  ),
  evidence: [{ field: 'userAgent', value: hostileText, wanted: 'contains "channel"' }],
};

/** An instance that EC2 says has stopped, when nothing is known of the call. */
export const instanceStopped: Finding = {
  ...finding(
    {
      id: '15c1d2df-a996-4aef-812d-0ea67ff12229',
      time: '2026-03-14T09:53:06.000Z',
      source: { product: 'aws', services: ['ec2_state_change'] },
      category: { kind: 'instance-state', state: 'stopped', before: 'stopping' },
      account: production,
      region: 'eu-west-1',
      service: 'ec2',
      action: 'stopped',
      actor: { kind: 'unknown', name: 'unknown', chain: [] },
      targets: [{ kind: 'instance', id: 'i-03de5fa90b71c264e' }],
      outcome: { kind: 'success' },
      origin: { path: 'event-bus', index: 0 },
      raw: { 'detail-type': 'EC2 Instance State-change Notification', detail: { state: 'stopped' } },
    },
    {
      id: 'c22f208e-8a78-4652-8678-b77cd2203780',
      title: 'Instance stopped or terminated',
      level: 'low',
      tags: ['attack.t1489'],
      falsePositives: ['Schedules'],
      references: [],
      runbook: 'Ask who needs it.',
    },
  ),
  evidence: [{ field: 'detail.state', value: 'stopped', wanted: 'is "stopped"' }],
};

/** The same, with the call. */
export const instanceStoppedByBen: Finding = {
  ...instanceStopped,
  event: {
    ...instanceStopped.event,
    actor: {
      kind: 'federated',
      name: 'ben@example.com',
      arn: `arn:aws:sts::${production}:assumed-role/AWSReservedSSO_Operators_0123456789abcdef/ben@example.com`,
      account: production,
      chain: ['ben@example.com', 'role/AWSReservedSSO_Operators_0123456789abcdef', 'permission-set/Operators'],
    },
    sourceAddress: '203.0.113.10',
    userAgent: 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0',
    cause: {
      eventId: '2f1e3d4c-5b6a-4789-8abc-def012345678',
      time: '2026-03-14T09:52:31.000Z',
      service: 'ec2',
      action: 'StopInstances',
      via: 'console',
    },
  },
};

/** The same, when the call came after the alert. */
export const completion: Finding = { ...instanceStoppedByBen, completes: '2f1e3d4c-5b6a-4789-8abc-def012345678' };

/** The root user again and again: the same news, opened. */
export const rootAgain: NotificationGroup = {
  key: 'a1b2c3d4e5f60718293a4b5c6d7e8f90',
  kind: 'update',
  groupReason: 'the same alert',
  mixed: false,
  count: 14,
  since: '2026-03-14T09:12:44.000Z',
  until: '2026-03-14T09:58:02.000Z',
  latest: [31, 44, 52, 57].map((minute) =>
    findingLineOf({
      ...rootLogin,
      event: { ...rootSignIn, time: `2026-03-14T09:${minute}:02.000Z` },
    }),
  ),
};

const late = '2026-03-13T23:58:05.000Z';

/** The first of many that differ, shortly before midnight. */
const firstOfMany: Finding = {
  ...sshRootLogin,
  time: late,
  event: { ...sshRootLogin.event, time: late, targets: [{ kind: 'host', id: 'web-7' }] },
};

/** Findings of one rule that differ: by whom, on which host. */
const manyHosts: NotificationGroup = {
  ...rootAgain,
  groupReason: 'rule and account',
  mixed: true,
  count: 37,
  since: late,
  until: '2026-03-14T10:34:05.000Z',
  latest: [31, 32, 33, 34].map((minute) =>
    findingLineOf({
      ...sshRootLogin,
      event: { ...sshRootLogin.event, ...at(minute), targets: [{ kind: 'host', id: `web-${minute}` }] },
    }),
  ),
};

/** The same news, by its rule's own group-by, although each was to another host. */
const sameElsewhere: NotificationGroup = { ...manyHosts, groupReason: 'the same alert', mixed: false, count: 5 };

/** Findings of several rules, one of them worse than the first. */
const severalRules: NotificationGroup = {
  ...manyHosts,
  groupReason: 'account',
  count: 4,
  latest: [firstOfMany, rootLogin, { ...hostile, rule: { ...hostile.rule, title: hostileText } }, sshRootLogin].map(
    findingLineOf,
  ),
};

function at(minute: number): { readonly time: string } {
  return { time: `2026-03-14T10:${minute}:05.000Z` };
}

/** Alerts of groups: of each, the first finding and what is told of the others. */
export const groups: readonly (readonly [name: string, finding: Finding, group: NotificationGroup])[] = [
  ['again', rootLogin, rootAgain],
  ['first-of-several', rootLogin, { ...rootAgain, kind: 'first', count: 4 }],
  ['mixed-first', firstOfMany, { ...manyHosts, kind: 'first' }],
  ['mixed-again', firstOfMany, manyHosts],
  ['same-elsewhere', firstOfMany, sameElsewhere],
  ['several-rules', firstOfMany, severalRules],
];

function finding(event: AuditEvent, rule: Finding['rule']): Finding {
  return {
    id: findingId(rule.id, event.id),
    fingerprint: fingerprintOf(rule.id, [event.actor.name]),
    rule,
    time: event.time,
    event,
    correlated: [],
    evidence: [
      { field: 'userIdentity.type', value: 'Root', wanted: 'is "root"' },
      { field: 'eventName', value: 'ConsoleLogin', wanted: 'is "ConsoleLogin"' },
    ],
    labels: { level: rule.level, rule: rule.id, account: event.account ?? '', source: event.source.services[0] ?? '' },
  };
}
