import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { describe as describeRecord } from '../../../../src/describe/describe.ts';
import { openLine } from '../../../../src/ingest/formats/open-line.ts';
import type { LogRecord } from '../../../../src/model/log-record.ts';

function recordsOf(text: string): readonly LogRecord[] {
  const opened = text
    .split('\n')
    .filter((line) => line !== '')
    .map((line, index) => openLine(line, { path: 'auth.log', index, time: '2026-03-05T00:00:00.000Z' }));
  return opened.flatMap((one) => (one.kind === 'record' ? [one.record] : []));
}

const rows: readonly (readonly [string, string, object])[] = [
  [
    'a login is a success of the user, from an address, to a host',
    'sshd[1]: Accepted publickey for alice from 192.0.2.1 port 4711 ssh2: ED25519 SHA256:abc',
    {
      category: { kind: 'authentication', result: 'success' },
      service: 'sshd',
      actor: { kind: 'host-user', name: 'alice' },
      sourceAddress: '192.0.2.1',
      targets: [{ kind: 'host', id: 'web-1' }],
      outcome: { kind: 'success' },
    },
  ],
  [
    'a wrong password is a failure',
    'sshd[1]: Failed password for root from 192.0.2.1 port 4711 ssh2',
    {
      category: { kind: 'authentication', result: 'failure' },
      action: 'login failed',
      actor: { kind: 'host-user', name: 'root' },
      outcome: { kind: 'failure', code: 'login failed' },
    },
  ],
  [
    'a user that the host does not have is a failed login of nobody known',
    'sshd[1]: Invalid user oracle from 192.0.2.1 port 4711',
    {
      category: { kind: 'authentication', result: 'failure' },
      action: 'login failed',
      actor: { kind: 'anonymous', name: 'oracle' },
      targets: [{ kind: 'host', id: 'web-1' }],
      outcome: { kind: 'failure', code: 'invalid user' },
    },
  ],
  [
    'a disconnect belongs to the session',
    'sshd[1]: Disconnected from user alice 192.0.2.1 port 4711',
    { category: { kind: 'authentication', result: 'session' }, actor: { name: 'alice' }, sourceAddress: '192.0.2.1' },
  ],
  [
    'a session opened by someone for someone else is done by the one to the other',
    'su: pam_unix(su:session): session opened for user root(uid=0) by alice(uid=1000)',
    {
      category: { kind: 'authentication', result: 'session' },
      actor: { name: 'alice' },
      targets: [
        { kind: 'host', id: 'web-1' },
        { kind: 'host-user', id: 'root' },
      ],
    },
  ],
  [
    'a command as root is privilege use',
    'sudo:    alice : TTY=pts/0 ; PWD=/home/alice ; USER=root ; COMMAND=/usr/bin/id',
    {
      category: { kind: 'authentication', result: 'privilege-use' },
      service: 'sudo',
      actor: { name: 'alice' },
      targets: [
        { kind: 'host', id: 'web-1' },
        { kind: 'host-user', id: 'root' },
        { kind: 'command', id: '/usr/bin/id' },
      ],
      outcome: { kind: 'success' },
    },
  ],
  [
    'a refused command is privilege use that failed, with the reason',
    'sudo:      bob : user NOT in sudoers ; TTY=pts/0 ; PWD=/home/bob ; USER=root ; COMMAND=/bin/bash',
    {
      category: { kind: 'authentication', result: 'privilege-use' },
      outcome: { kind: 'failure', code: 'command refused', message: 'user NOT in sudoers' },
    },
  ],
  [
    'who fails to become root is not root',
    'su: pam_unix(su:auth): authentication failure; logname=alice uid=1000 euid=0 tty=pts/0 ruser=alice rhost=  user=root',
    { category: { kind: 'authentication', result: 'failure' }, actor: { name: 'alice' } },
  ],
  [
    'a new user is privilege use of somebody unknown, done to the user',
    'useradd[1]: new user: name=eve, UID=1001, GID=1001, home=/home/eve, shell=/bin/bash',
    {
      category: { kind: 'authentication', result: 'privilege-use' },
      actor: { kind: 'unknown' },
      targets: [
        { kind: 'host', id: 'web-1' },
        { kind: 'host-user', id: 'eve' },
      ],
    },
  ],
  [
    'a group that a named administrator changed is done by that one',
    "passwd: password for 'eve' changed by 'alice'",
    {
      actor: { kind: 'host-user', name: 'alice' },
      targets: [
        { kind: 'host', id: 'web-1' },
        { kind: 'host-user', id: 'eve' },
      ],
    },
  ],
  [
    'a unit that failed is a failure of the unit',
    "systemd[1]: nginx.service: Failed with result 'exit-code'.",
    {
      category: { kind: 'other' },
      service: 'systemd',
      action: 'unit failed',
      targets: [
        { kind: 'host', id: 'web-1' },
        { kind: 'unit', id: 'nginx.service' },
      ],
      outcome: { kind: 'failure', code: 'unit failed' },
    },
  ],
  ['a line that nobody knows is other', 'kernel: eth0: link up', { category: { kind: 'other' }, action: 'log line' }],
];

const otherRows: readonly (readonly [string, string, object])[] = [
  [
    'a login that auditd saw',
    `type=USER_LOGIN msg=audit(1772359201.243:24287): pid=12 uid=0 auid=4294967295 ses=4294967295 msg='op=login acct="root" exe="/usr/sbin/sshd" hostname=? addr=192.0.2.1 terminal=ssh res=failed'`,
    {
      category: { kind: 'authentication', result: 'failure' },
      service: 'auditd',
      actor: { kind: 'host-user', name: 'root' },
      sourceAddress: '192.0.2.1',
      outcome: { kind: 'failure', code: 'login failed' },
    },
  ],
  [
    'a request that failed, by its status',
    '192.0.2.1 - - [01/Mar/2026:10:00:01 +0000] "GET /admin?x=1 HTTP/1.1" 403 9 "-" "curl/8"',
    {
      service: 'web',
      action: 'GET',
      actor: { kind: 'anonymous', name: '192.0.2.1' },
      sourceAddress: '192.0.2.1',
      userAgent: 'curl/8',
      targets: [{ kind: 'page', id: '/admin' }],
      outcome: { kind: 'failure', code: 'HTTP 403' },
    },
  ],
  [
    'a container that died',
    `2026-03-01T10:00:01.123456789Z container die ${'0123abcd'.repeat(8)} (exitCode=137, image=nginx:1, name=web)`,
    {
      service: 'docker',
      action: 'container die',
      targets: [
        { kind: 'container', id: 'web' },
        { kind: 'image', id: 'nginx:1' },
      ],
      outcome: { kind: 'failure', code: 'exit code 137' },
    },
  ],
  [
    'a full disk',
    '/dev/xvda1  8.0G  7.6G  400M  96% /var',
    { service: 'df', action: 'disk 96% full', targets: [{ kind: 'mount', id: '/var' }] },
  ],
  [
    'a load',
    ' 10:15:32 up 12 days,  3:04,  2 users,  load average: 8.08, 0.03, 0.05',
    { service: 'uptime', action: 'load 8.08, 0.03, 0.05', targets: [] },
  ],
  [
    "an application's line that calls itself an error",
    '2026-03-01 10:00:00 ERROR could not write',
    { action: 'log line', outcome: { kind: 'failure', code: 'ERROR' } },
  ],
];

test.each(otherRows)('%s', (_, line, wanted) => {
  const [record] = recordsOf(line);
  if (record === undefined) throw new Error('the line was not opened');
  expect(describeRecord(record)).toMatchObject(wanted);
});

test.each(rows)('%s', (_, line, wanted) => {
  const [record] = recordsOf(`Mar  4 05:06:07 web-1 ${line}`);
  if (record === undefined) throw new Error('the line was not opened');
  expect(describeRecord(record)).toMatchObject(wanted);
});

const logs = '../shared/corpora/loghub_openssh_linux';
(existsSync(logs) ? describe : describe.skip)('real logs', () => {
  test('2,000 lines of sshd under attack: every sign-in line has its result', () => {
    const text = readFileSync(`${logs}/OpenSSH_2k.log`, 'utf8');
    const counts: Record<string, number> = {};
    for (const record of recordsOf(text)) {
      const { category } = describeRecord(record);
      const name = category.kind === 'authentication' ? category.result : category.kind;
      counts[name] = (counts[name] ?? 0) + 1;
    }
    const failed = text
      .split('\n')
      .filter((line) => /: (Failed|Invalid user|input_userauth|pam_unix\(sshd:auth\)|PAM \d|Too many)/.test(line));
    expect(counts['success']).toBe(text.split('\n').filter((line) => line.includes(': Accepted ')).length);
    expect(counts['failure']).toBeGreaterThanOrEqual(failed.length);
  });
});
