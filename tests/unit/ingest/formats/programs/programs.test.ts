import { describe, expect, test } from '@jest/globals';
import { formatOf } from '../../../../../src/ingest/formats/programs.ts';
import { cpuMs } from '../../../../support/cpu-time.ts';

const cases: readonly (readonly [string, string, Readonly<Record<string, unknown>>])[] = [
  [
    'sudo',
    'alice : TTY=pts/0 ; PWD=/home/alice ; USER=root ; COMMAND=/usr/bin/id',
    {
      action: 'command run',
      activity: 'privilege-use',
      outcome: 'success',
      user: 'alice',
      USER: 'root',
      TTY: 'pts/0',
      PWD: '/home/alice',
      COMMAND: '/usr/bin/id',
    },
  ],
  [
    'sudo',
    '   alice : user NOT in sudoers ; TTY=pts/1 ; PWD=/ ; USER=root ; COMMAND=/bin/sh',
    { action: 'command refused', outcome: 'failure', user: 'alice', reason: 'user NOT in sudoers', COMMAND: '/bin/sh' },
  ],
  [
    'sudo',
    'alice : 3 incorrect password attempts ; TTY=pts/1 ; PWD=/ ; USER=root ; COMMAND=/bin/sh',
    { outcome: 'failure', reason: '3 incorrect password attempts' },
  ],
  [
    'sudo',
    'alice : TTY=pts/0 ; PWD=/ ; USER=bob ; COMMAND=/bin/echo ; USER=root ; COMMAND=x',
    { USER: 'bob', COMMAND: '/bin/echo ; USER=root ; COMMAND=x' },
  ],
  ['sudo', 'alice : TTY=pts/0 ; PWD=/tmp ; USER=#-1 ; COMMAND=/bin/id', { USER: '#-1' }],
  [
    'sudo',
    'pam_unix(sudo:session): session opened for user root(uid=0) by alice(uid=1000)',
    { action: 'session opened', user: 'root', by_user: 'alice', by_uid: '1000' },
  ],
  [
    'sudo',
    'pam_unix(sudo:auth): authentication failure; logname=alice uid=1000 euid=0 tty=/dev/pts/0 ruser=alice rhost=  user=alice',
    {
      action: 'authentication failure',
      outcome: 'failure',
      user: 'alice',
      ruser: 'alice',
      tty: '/dev/pts/0',
      uid: '1000',
    },
  ],
  [
    'su',
    '(to root) alice on pts/0',
    { action: 'user switched', outcome: 'success', user: 'alice', target_user: 'root', tty: 'pts/0' },
  ],
  [
    'su',
    'FAILED SU (to root) alice on pts/0',
    { action: 'user switch failed', outcome: 'failure', user: 'alice', target_user: 'root' },
  ],
  ['su', 'Successful su for root by alice', { action: 'user switched', user: 'alice', target_user: 'root' }],
  ['su', 'FAILED su for root by alice', { outcome: 'failure', user: 'alice', target_user: 'root' }],
  ['su', '+ /dev/pts/0 alice:root', { outcome: 'success', user: 'alice', target_user: 'root', tty: '/dev/pts/0' }],
  ['su', '- pts/0 alice-root', { outcome: 'failure' }],
  ['su', 'BAD SU alice to root on /dev/ttyp0', { outcome: 'failure', user: 'alice', target_user: 'root' }],
  [
    'su',
    'pam_unix(su:session): session opened for user root by alice(uid=1000)',
    { activity: 'session', user: 'root', by_user: 'alice' },
  ],
  ['systemd-logind', 'New session 12 of user alice.', { action: 'session opened', user: 'alice', session: '12' }],
  [
    'systemd-logind',
    "New session 'c1' of user 'alice' with class 'user' and type 'tty'.",
    { action: 'session opened', user: 'alice', session: 'c1' },
  ],
  [
    'systemd-logind',
    'Session 12 logged out. Waiting for processes to exit.',
    { action: 'session logged out', session: '12' },
  ],
  ['systemd-logind', 'Removed session 12.', { action: 'session closed', session: '12' }],
  [
    'CRON',
    '(root) CMD (command -v debian-sa1 > /dev/null && debian-sa1 1 1)',
    {
      action: 'job run',
      activity: 'schedule',
      user: 'root',
      command: 'command -v debian-sa1 > /dev/null && debian-sa1 1 1',
    },
  ],
  ['crontab', '(alice) REPLACE (root)', { action: 'crontab replaced', user: 'alice', cron_target: 'root' }],
  ['crontab', '(alice) BEGIN EDIT (alice)', { action: 'crontab edit begun' }],
  ['CRON', 'pam_unix(cron:session): session closed for user root', { action: 'session closed', user: 'root' }],
  [
    'useradd',
    'new user: name=mallory, UID=1001, GID=1001, home=/home/mallory, shell=/bin/bash, from=/dev/pts/0',
    {
      action: 'user created',
      activity: 'account',
      user: 'mallory',
      UID: '1001',
      home: '/home/mallory',
      shell: '/bin/bash',
    },
  ],
  [
    'useradd',
    'failed adding user mallory, exit code: 9',
    { action: 'user created', outcome: 'failure', user: 'mallory' },
  ],
  ['groupadd', 'new group: name=ops, GID=1002', { action: 'group created', group: 'ops', GID: '1002' }],
  ['groupadd', 'group added to /etc/group: name=ops, GID=1002', { action: 'group created', group: 'ops' }],
  ['usermod', "add 'mallory' to group 'sudo'", { action: 'user added to group', user: 'mallory', group: 'sudo' }],
  ['usermod', "add 'mallory' to shadow group 'sudo'", { user: 'mallory', group: 'sudo' }],
  ['usermod', "change user 'mallory' UID from '1001' to '0'", { action: 'user id changed', user: 'mallory' }],
  [
    'usermod',
    "change user 'mallory' shell from '/bin/sh' to '/bin/bash'",
    { action: 'user changed', changed: 'shell' },
  ],
  ['userdel', "delete user 'mallory'", { action: 'user deleted', user: 'mallory' }],
  ['userdel', "removed group 'mallory' owned by 'mallory'", { action: 'group deleted', group: 'mallory' }],
  ['passwd', 'pam_unix(passwd:chauthtok): password changed for root', { action: 'password changed', user: 'root' }],
  ['chage', 'changed password expiry for alice', { action: 'password expiry changed', user: 'alice' }],
  [
    'vsftpd',
    'pam_unix(vsftpd:auth): authentication failure; logname= uid=0 euid=0 tty=ftp ruser=x rhost=192.0.2.1',
    { pam_service: 'vsftpd', pam_rhost: '192.0.2.1' },
  ],
  [
    'anything',
    'pam_tally2(login:auth): user root (0) tally 4, deny 3',
    { action: 'account locked out', user: 'root', failures: 4, pam_module: 'pam_tally2' },
  ],
];

describe('parses', () => {
  test.each(cases)('%s: %s', (program, message, fields) => {
    expect(formatOf(program).parse(message)).toMatchObject(fields);
  });
});

test.each(['sshd', 'sudo', 'su', 'systemd-logind', 'CRON', 'useradd', 'kernel', 'login'])(
  '%s leaves a message it does not know whole',
  (program) => {
    expect(formatOf(program).parse('words of no known kind')).toBeUndefined();
  },
);

test('a forged user in a PAM line changes no other field', () => {
  const text =
    'pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=192.0.2.1  user=x rhost=203.0.113.6 user=root';
  expect(formatOf('sshd').parse(text)).toMatchObject({ pam_rhost: '192.0.2.1', user: 'x rhost=203.0.113.6 user=root' });
});

test.each(['sudo', 'su', 'systemd-logind', 'CRON', 'useradd', 'login'])(
  '%s reads a hostile megabyte in linear time',
  (program) => {
    const started = cpuMs();
    const noises = [
      'x ; '.repeat(250_000),
      `${'('.repeat(500_000)}${')'.repeat(500_000)}`,
      "'a".repeat(500_000),
      '=a,'.repeat(300_000),
      ' : ;'.repeat(250_000),
    ];
    for (const noise of noises)
      for (const start of [
        '',
        'alice : ',
        'new user: name=',
        'authentication failure;',
        'New session ',
        '(root) CMD (',
        "add '",
      ])
        formatOf(program).parse(start + noise);
    expect(cpuMs() - started).toBeLessThan(3000);
  },
);
