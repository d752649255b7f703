import { describe, expect, test } from '@jest/globals';
import { formatOf } from '../../../../../src/ingest/formats/programs.ts';

type Fields = Readonly<Record<string, unknown>>;

const client = { src_ip: '192.0.2.1', src_port: 4000 };
const accepted = { action: 'login accepted', activity: 'authentication', outcome: 'success' };
const failed = { action: 'login failed', activity: 'authentication', outcome: 'failure' };
const refused = { action: 'login refused', activity: 'authentication', outcome: 'failure' };
const commandRefused = { action: 'command refused', activity: 'privilege-use', outcome: 'failure' };

const cases: Readonly<Record<string, readonly (readonly [message: string, fields: Fields])[]>> = {
  sudo: [
    [
      'bob : sorry, you are not allowed to set the following environment variables: LD_PRELOAD ; TTY=pts/1 ; PWD=/ ; USER=root ; COMMAND=/bin/ls',
      {
        ...commandRefused,
        user: 'bob',
        USER: 'root',
        COMMAND: '/bin/ls',
        reason: expect.stringMatching(/LD_PRELOAD$/),
      },
    ],
    [
      'bob : user not allowed to change root directory to /srv ; TTY=pts/1 ; USER=root ; COMMAND=/bin/ls',
      commandRefused,
    ],
    ['bob : words of a later release ; TTY=pts/1 ; PWD=/ ; USER=root ; COMMAND=/bin/ls', commandRefused],
    ['bob : a ; b ; HOST=h1 ; TTY=pts/1 ; USER=root ; COMMAND=/bin/ls', { ...commandRefused, reason: 'a ; b' }],
    [
      'bob : HOST=h1 ; TTY=pts/1 ; USER=root ; COMMAND=/bin/ls',
      { action: 'command run', outcome: 'success', HOST: 'h1' },
    ],
    [
      'bob : problem with defaults entries ; TTY=pts/1 ; PWD=/ ; USER=root ;',
      { action: 'sudo notice', reason: 'problem with defaults entries' },
    ],
    ['bob : (command continued) and the rest of a long one', { action: 'sudo notice', user: 'bob' }],
    [
      'bob : TTY=pts/1 ; PWD=/tmp/x ; USER=nobody ; COMMAND=/bin/ls ; USER=root ; COMMAND=/bin/sh',
      { action: 'command run', unparsed: expect.stringContaining('more than one COMMAND') },
    ],
    [
      '@cee:{"sudo":{"accept":{"submituser":"bob","command":"/bin/ls","runuser":"root","ttyname":"/dev/pts/0","runargv":["ls","-l"]}}}',
      { action: 'command run', outcome: 'success', user: 'bob', USER: 'root', COMMAND: 'ls -l' },
    ],
    [
      '@cee:{"sudo":{"reject":{"reason":"command not allowed","submituser":"bob","command":"/bin/sh","runuser":"root"}}}',
      { ...commandRefused, user: 'bob', reason: 'command not allowed', COMMAND: '/bin/sh' },
    ],
  ],
  sshd: [
    ['User child is on pid 900', { action: 'session opened', activity: 'session', outcome: 'success' }],
    [
      'ssh_dispatch_run_fatal: Connection from authenticating user root 192.0.2.1 port 4000: message authentication code incorrect [preauth]',
      { ...client, action: 'connection failed', outcome: 'failure', user: 'root', src_host: undefined },
    ],
    [
      'ssh_dispatch_run_fatal: Connection from 192.0.2.1 port 4000: Broken pipe [preauth]',
      { ...client, action: 'connection failed', user: undefined },
    ],
    [
      'Connection from invalid user bob from 9 192.0.2.1 port 4000 timed out [preauth]',
      { ...client, action: 'timeout', user: 'bob from 9', invalid_user: true },
    ],
    [
      'error: Read error from remote host authenticating user root 192.0.2.1 port 4000: Connection reset by peer',
      { ...client, action: 'connection failed', user: 'root', src_host: undefined },
    ],
    [
      'Connection closed by authenticating user x 198.51.100.9 port 1 192.0.2.1 port 4000 [preauth]',
      { ...client, user: 'x 198.51.100.9 port 1' },
    ],
    [
      'fatal: Unable to negotiate with authenticating user root 192.0.2.1 port 4000: no matching cipher found. Their offer: x [preauth]',
      { ...client, action: 'negotiation failed', user: 'root' },
    ],
    [
      'Unable to negotiate with 192.0.2.1 port 4000: no matching cipher found. Their offer: 198.51.100.9 port 1',
      { ...client, action: 'negotiation failed' },
    ],
    [
      'User bob password has expired (password aged)',
      { ...refused, user: 'bob', reason: 'password has expired (password aged)' },
    ],
    ['User bob from 192.0.2.1 not allowed because account is locked', { ...refused, user: 'bob', src_ip: '192.0.2.1' }],
    [
      'Received request from 192.0.2.1 port 4000 to connect to host db port 5432, but the request was denied.',
      { ...client, action: 'forwarding refused', outcome: 'failure' },
    ],
    ['Failed to allocate internet-domain X11 display socket.', { action: 'forwarding failed', outcome: undefined }],
  ],
  dropbear: [
    [
      "Bad password attempt for 'root' from 192.0.2.1:4000",
      { ...failed, ...client, user: 'root', auth_method: 'password' },
    ],
    [
      'Login attempt for nonexistent user from 192.0.2.1:4000',
      { ...client, action: 'invalid user', outcome: 'failure', invalid_user: true },
    ],
    ["Password auth succeeded for 'root' from 192.0.2.1:4000", { ...accepted, ...client, user: 'root' }],
    [
      "Pubkey auth succeeded for 'bob' with ssh-ed25519 key SHA256:abc from 192.0.2.1:4000",
      {
        ...accepted,
        ...client,
        user: 'bob',
        auth_method: 'publickey',
        key_type: 'ssh-ed25519',
        key_fingerprint: 'SHA256:abc',
      },
    ],
    [
      "Pubkey auth succeeded for 'bob' with key sha1!! 52:5a from 192.0.2.1:4000",
      { ...accepted, ...client, user: 'bob', key_fingerprint: 'sha1!! 52:5a' },
    ],
    [
      "Password auth succeeded for 'bob' from 192.0.2.1:4000, extra auth required",
      { ...client, action: 'login partly accepted', outcome: undefined },
    ],
    [
      "Exit before auth from <192.0.2.1:4000>: (user 'root', 10 fails): Max auth tries reached - user 'root'",
      { ...client, action: 'too many failures', outcome: 'failure', user: 'root', failures: 10 },
    ],
    ['Exit (root) from <192.0.2.1:4000>: Disconnect received', { ...client, action: 'session closed', user: 'root' }],
    [
      "Exit before auth (user 'bob', 3 fails): Disconnect received".replace('auth ', 'auth: '),
      { action: 'connection closed', user: 'bob', failures: 3 },
    ],
    ['Child connection from 2001:db8::5:4000', { action: 'connection opened', src_ip: '2001:db8::5', src_port: 4000 }],
    ['root login rejected', { ...refused, user: 'root' }],
    ["User 'bob' has invalid shell, rejected", { ...refused, user: 'bob', reason: 'has invalid shell' }],
  ],
  vsftpd: [
    ['[pid 812] [bob] FAIL LOGIN: Client "192.0.2.1"', { ...failed, user: 'bob', src_ip: '192.0.2.1' }],
    ['[bob] OK LOGIN: Client "::ffff:192.0.2.1"', { ...accepted, user: 'bob', src_ip: '192.0.2.1' }],
    ['[ftp] OK ANON LOGIN: Client "192.0.2.1", "?"', { ...accepted, user: 'ftp' }],
    ['CONNECT: Client "192.0.2.1"', { action: 'connection opened', src_ip: '192.0.2.1' }],
    [
      '[bob] OK UPLOAD: Client "192.0.2.1", "/srv/x", 12 bytes, 0.1Kbyte/sec',
      { action: 'file upload', file: '/srv/x', outcome: 'success' },
    ],
    [
      '[x] OK LOGIN: Client "198.51.100.9"] FAIL LOGIN: Client "192.0.2.1"',
      { ...failed, src_ip: undefined, unparsed: expect.stringContaining('more than one address') },
    ],
  ],
  proftpd: [
    [
      'h1 (client.example[192.0.2.1]) - USER root (Login failed): Incorrect password.',
      { ...failed, user: 'root', src_ip: '192.0.2.1', reason: 'Incorrect password' },
    ],
    [
      'h1 (::ffff:192.0.2.1[::ffff:192.0.2.1]) - USER bob: no such user found from ::ffff:192.0.2.1 [::ffff:192.0.2.1] to ::ffff:10.0.0.5:21',
      { action: 'invalid user', outcome: 'failure', user: 'bob', src_ip: '192.0.2.1' },
    ],
    ['h1 (c[192.0.2.1]): USER bob: Login successful.', { ...accepted, user: 'bob', src_ip: '192.0.2.1' }],
    [
      'h1 (c[192.0.2.1]) - USER x: Login successful (Login failed): Incorrect password.',
      { ...failed, user: 'x: Login successful' },
    ],
    ['h1 (c[192.0.2.1]) - SECURITY VIOLATION: Root login attempted.', { ...refused, user: 'root' }],
    [
      'h1 (c[192.0.2.1]) - Maximum login attempts (3) exceeded, connection refused',
      { action: 'too many failures', failures: 3 },
    ],
    ['h1 (c[192.0.2.1]) - FTP session opened.', { action: 'connection opened' }],
  ],
  gpasswd: [
    [
      'user evil added by root to group wheel',
      {
        action: 'user added to group',
        activity: 'account',
        outcome: 'success',
        user: 'evil',
        by_user: 'root',
        group: 'wheel',
      },
    ],
    [
      'user evil removed by root from group wheel in /etc/gshadow',
      { action: 'user removed from group', user: 'evil', by_user: 'root', group: 'wheel' },
    ],
    [
      'members of group wheel set by root to a,evil',
      { action: 'group members set', group: 'wheel', by_user: 'root', members: 'a,evil' },
    ],
    [
      'bob failed to add user evil to group wheel',
      { action: 'user added to group', outcome: 'failure', user: 'evil', by_user: 'bob', group: 'wheel' },
    ],
    ['password of group wheel changed by root', { action: 'group password changed', group: 'wheel', by_user: 'root' }],
  ],
  groupmems: [
    [
      'add member evil to group wheel by root',
      { action: 'user added to group', user: 'evil', group: 'wheel', by_user: 'root' },
    ],
  ],
  chpasswd: [
    [
      'pam_unix(chpasswd:chauthtok): password changed for evil',
      { action: 'password changed', activity: 'account', outcome: 'success', user: 'evil', pam_service: 'chpasswd' },
    ],
    ['password changed for evil', { action: 'password changed', activity: 'account', user: 'evil' }],
  ],
  newusers: [
    [
      'new user: name=evil, UID=1001, GID=1001, home=/home/evil, shell=/bin/bash',
      { action: 'user created', user: 'evil', shell: '/bin/bash' },
    ],
  ],
  chsh: [
    [
      "changed user 'evil' shell to '/bin/sh'",
      { action: 'user changed', user: 'evil', changed: 'shell', shell: '/bin/sh' },
    ],
    ["can't change shell for 'evil'", { action: 'user changed', outcome: 'failure', user: 'evil' }],
  ],
  chfn: [["changed user 'evil' information", { action: 'user changed', user: 'evil', changed: 'information' }]],
  passwd: [
    ["password for 'bob' changed by 'root'", { action: 'password changed', user: 'bob', by_user: 'root' }],
    ['Password for bob changed by root', { action: 'password changed', user: 'bob', by_user: 'root' }],
    ['incorrect password for bob', { action: 'password changed', outcome: 'failure', user: 'bob' }],
  ],
  userdel: [
    ["delete 'evil' from shadow group 'wheel'", { action: 'user removed from group', user: 'evil', group: 'wheel' }],
  ],
  useradd: [["add `evil' to group `wheel'", { action: 'user added to group', user: 'evil', group: 'wheel' }]],
  unix_chkpwd: [
    [
      'password check failed for user (root)',
      { action: 'password check failed', activity: 'authentication', outcome: 'failure', user: 'root' },
    ],
    ['check pass; user unknown', { action: 'authentication failure', invalid_user: true }],
  ],
  'gdm-password': [
    [
      'pam_unix(gdm-password:auth): authentication failure; logname= uid=0 euid=0 tty=/dev/tty1 ruser= rhost=  user=alice',
      { action: 'authentication failure', user: 'alice', tty: '/dev/tty1' },
    ],
  ],
  polkitd: [
    [
      'Operator of unix-process:1:2 successfully authenticated as unix-user:alice to gain ONE-SHOT authorization for action org.freedesktop.policykit.exec for unix-process:1:2 [bash] (owned by unix-user:alice)',
      { action: 'privilege granted', outcome: 'success', user: 'alice', authorization: 'ONE-SHOT' },
    ],
    [
      'Operator of unix-session:/org/freedesktop/ConsoleKit/Session1 FAILED to authenticate to gain authorization for action org.x for unix-process:1:2 [x] (owned by unix-user:alice)',
      { action: 'privilege refused', outcome: 'failure', user: 'alice' },
    ],
  ],
  'polkit-agent-helper-1': [
    [
      'pam_unix(polkit-1:auth): authentication failure; logname= uid=1000 euid=0 tty= ruser=bob rhost=  user=bob',
      { outcome: 'failure', user: 'bob' },
    ],
  ],
  login: [
    [
      "invalid password for 'root' on 'pts/0' from '192.0.2.1'",
      { ...failed, user: 'root', tty: 'pts/0', src_ip: '192.0.2.1' },
    ],
    ["root login on 'tty1'", { ...accepted, user: 'root', tty: 'tty1' }],
  ],
  pam_duo: [
    [
      "Failed Duo login for 'bob' from 192.0.2.1: Invalid passcode",
      { action: 'second factor refused', user: 'bob', pam_rhost: '192.0.2.1' },
    ],
  ],
};

/** PAM's modules, whichever program they work for. */
const modules: readonly (readonly [head: string, text: string, fields: Fields])[] = [
  [
    'pam_access(sshd:account)',
    "access denied for user `bob' from `192.0.2.1'",
    { ...refused, user: 'bob', pam_rhost: '192.0.2.1' },
  ],
  [
    'pam_access(login:account)',
    "access denied for user `bob' from `tty1'",
    { ...refused, user: 'bob', tty: 'tty1', pam_rhost: undefined },
  ],
  [
    'pam_sss(sshd:account)',
    'Access denied for user bob: 6 (Permission denied)',
    { ...refused, user: 'bob', reason: 'Permission denied' },
  ],
  [
    'pam_sss(sshd:auth)',
    'received for user bob: 7 (Authentication failure)',
    { action: 'authentication failure', outcome: 'failure', user: 'bob' },
  ],
  [
    'pam_sss(sshd:auth)',
    'authentication success; logname= uid=0 euid=0 tty=ssh ruser= rhost=192.0.2.1 user=bob',
    {
      action: 'authentication success',
      activity: 'authentication',
      outcome: 'success',
      user: 'bob',
      pam_rhost: '192.0.2.1',
    },
  ],
  ['pam_listfile(vsftpd:auth)', 'Refused user bob for service vsftpd', { ...refused, user: 'bob' }],
  ['pam_securetty(login:auth)', "access denied: tty 'pts/0' is not secure !", { ...refused, tty: 'pts/0' }],
  ['pam_limits(sshd:session)', 'Too many logins (max 3) for bob', { ...refused, user: 'bob' }],
  ['pam_shells(sshd:account)', "User has an invalid shell '/bin/x'", { ...refused, shell: '/bin/x' }],
  [
    'pam_winbind(sshd:auth)',
    "user 'bob' denied access (incorrect password or invalid membership)",
    { ...refused, user: 'bob' },
  ],
  [
    'pam_unix(sshd:auth)',
    'user [bob] has blank password; authenticated without it',
    { action: 'authentication success', user: 'bob' },
  ],
  ['pam_unix(sshd:account)', 'account bob has expired (account expired)', { outcome: 'failure', user: 'bob' }],
  ['pam_unix(sshd:account)', 'account bob has password changed in future', { outcome: undefined, user: 'bob' }],
  ['pam_unix(sshd:account)', 'expired password for user bob (password aged)', { outcome: undefined, user: 'bob' }],
  [
    'pam_faillock(sshd:auth)',
    'User bob is temporarily locked out due to 3 consecutive failed login attempts',
    { action: 'account locked out', user: 'bob', failures: 3 },
  ],
  [
    'pam_duo(sshd:auth)',
    "Successful Duo login for 'bob' from 192.0.2.1",
    { action: 'second factor accepted', outcome: 'success', user: 'bob', pam_rhost: '192.0.2.1' },
  ],
  [
    'pam_duo(sshd:auth)',
    "Failsafe Duo login for 'bob': Couldn't connect to api.example",
    { action: 'second factor skipped', user: 'bob' },
  ],
  [
    'pam_duo(sshd:auth)',
    'Error in Duo login for bob: (3) timed out',
    { action: 'second factor refused', outcome: 'failure', user: 'bob' },
  ],
  [
    'debug(pam_u2f)',
    'pam-u2f.c:390 (pam_sm_authenticate): done. [Authentication failure]',
    { action: 'second factor refused', pam_module: 'pam_u2f' },
  ],
  ['debug(pam_u2f)', 'pam-u2f.c:390 (pam_sm_authenticate): done. [Success]', { action: 'second factor accepted' }],
  [
    'pam_later(sshd:auth)',
    'words of no known kind',
    { action: 'pam', outcome: undefined, unparsed: expect.any(String) },
  ],
];

describe.each(Object.entries(cases))('%s', (program, rows) => {
  test.each(rows)('%s', (message, fields) => {
    const read = formatOf(program).parse(message);
    expect(read).toMatchObject(withoutAbsent(fields));
    for (const [name, value] of Object.entries(fields)) if (value === undefined) expect(read?.[name]).toBeUndefined();
  });
});

describe('PAM', () => {
  test.each(modules)('%s: %s', (head, text, fields) => {
    const read = formatOf('sshd').parse(`${head}: ${text}`);
    expect(read).toMatchObject(withoutAbsent(fields));
    for (const [name, value] of Object.entries(fields)) if (value === undefined) expect(read?.[name]).toBeUndefined();
  });

  test("a module's name in the tag", () => {
    const text = 'Accepted google_authenticator for bob';
    expect(formatOf('sshd').parse(`pam_google_authenticator(sshd:auth): ${text}`)).toMatchObject({
      action: 'second factor accepted',
      user: 'bob',
    });
  });
});

function withoutAbsent(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
