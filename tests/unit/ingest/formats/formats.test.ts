import { describe, expect, test } from '@jest/globals';
import { standardOpener } from '../../../../src/ingest/open.ts';
import type { LogRecord } from '../../../../src/model/log-record.ts';
import { sorted } from '../reading.ts';

const now = '2026-03-02T00:00:00.000Z';
const hex = '0123abcd'.repeat(8);

function recordsOf(text: string): readonly LogRecord[] {
  return sorted(standardOpener.text(text, { path: 'x.log', index: 0, time: now })).records;
}

/** What each line says, and the Sigma log source it is of: product, first service, category. */
const lines: readonly (readonly [
  name: string,
  line: string,
  source: string,
  fields: Readonly<Record<string, unknown>>,
])[] = [
  [
    'auditd: a login that failed, nested in msg',
    `type=USER_LOGIN msg=audit(1772359201.243:24287): pid=12 uid=0 auid=4294967295 ses=4294967295 msg='op=login acct="root" exe="/usr/sbin/sshd" hostname=? addr=192.0.2.1 terminal=ssh res=failed'`,
    'linux auditd',
    {
      type: 'USER_LOGIN',
      audit_id: '1772359201.243:24287',
      action: 'login failed',
      outcome: 'failure',
      user: 'root',
      src_ip: '192.0.2.1',
      exe: '/usr/sbin/sshd',
      terminal: 'ssh',
    },
  ],
  [
    'auditd: a name in hex is a name',
    'type=USER_AUTH msg=audit(1772359201.243:1): pid=12 msg=\'op=PAM:authentication acct=6261642067757920726F6F74 exe="/usr/sbin/sshd" hostname=client.example addr=192.0.2.1 res=failed\'',
    'linux auditd',
    { user: 'bad guy root', src_ip: '192.0.2.1', src_host: 'client.example', action: 'authentication failure' },
  ],
  [
    'auditd: a user that the host does not have',
    `type=USER_LOGIN msg=audit(1772359201.243:1): msg='op=login acct="(unknown)" addr=192.0.2.1 res=failed'`,
    'linux auditd',
    { invalid_user: true, user: undefined },
  ],
  [
    'auditd: the words of a command, bare ones in hex',
    'type=EXECVE msg=audit(1772359201.243:2): argc=3 a0="cat" a1=2F746D702F6120622E747874 a2="x"',
    'linux auditd',
    { type: 'EXECVE', a0: 'cat', a1: '/tmp/a b.txt', a2: 'x', argc: '3' },
  ],
  [
    "auditd: a system call's arguments are numbers in hex, and stay",
    'type=SYSCALL msg=audit(1772359201.243:2): arch=c000003e syscall=59 success=yes exit=0 a0=237F a1=22 comm="id" exe="/usr/bin/id" key=(null)\u001dARCH=x86_64 SYSCALL=execve AUID="alice"',
    'linux auditd',
    {
      type: 'SYSCALL',
      a0: '237F',
      a1: '22',
      exe: '/usr/bin/id',
      SYSCALL: 'execve',
      AUID: 'alice',
      key: '(null)',
      outcome: 'success',
    },
  ],
  [
    'auditd: a file, with the host that sent the record',
    'node=web-1 type=PATH msg=audit(1772359201.243:2): item=0 name="/etc/ld.so.preload" nametype=CREATE',
    'linux auditd',
    { hostname: 'web-1', type: 'PATH', name: '/etc/ld.so.preload', nametype: 'CREATE' },
  ],
  [
    'auditd: a title with NULs between its words',
    'type=PROCTITLE msg=audit(1772359201.243:2): proctitle=6375726C002D73',
    'linux auditd',
    { proctitle: 'curl -s' },
  ],
  [
    'auditd by syslog',
    `Mar  1 10:00:01 web-1 audispd: type=USER_CMD msg=audit(1772359201.243:3): msg='cwd="/home/a" cmd=6361742061 terminal=pts/0 res=success' AUID="alice"`,
    'linux auditd',
    { hostname: 'web-1', action: 'command run', cmd: 'cat a', user: 'alice' },
  ],
  [
    'auditd by the kernel',
    'Mar  1 10:00:01 web-1 kernel: audit: type=1400 audit(1772359201.243:3): apparmor="DENIED" operation="open" name="/etc/shadow" pid=7 comm="x"',
    'linux kernel',
    { type: 'AVC', name: '/etc/shadow', apparmor: 'DENIED' },
  ],
  [
    'a web server: combined log',
    '192.0.2.1 - alice [01/Mar/2026:11:00:01 +0100] "GET /a.php?id=1%27 HTTP/1.1" 404 153 "https://from.example/" "curl/8 \\"x\\""',
    'unknown access webserver',
    {
      'c-ip': '192.0.2.1',
      'cs-username': 'alice',
      'cs-method': 'GET',
      'cs-uri': '/a.php?id=1%27',
      'cs-uri-stem': '/a.php',
      'cs-uri-query': 'id=1%27',
      'cs-version': 'HTTP/1.1',
      'sc-status': 404,
      'sc-bytes': 153,
      'cs-referer': 'https://from.example/',
      'cs-user-agent': 'curl/8 "x"',
    },
  ],
  [
    'a web server: common log, no size',
    '2001:db8::1 - - [01/Mar/2026:10:00:01 +0000] "HEAD / HTTP/1.0" 304 -',
    'unknown access webserver',
    { 'c-ip': '2001:db8::1', 'sc-status': 304, 'sc-bytes': undefined, 'cs-user-agent': undefined },
  ],
  [
    'a web server: a request that is none',
    'example.org:443 192.0.2.1 - - [01/Mar/2026:10:00:01 +0000] "\\x16\\x03\\x01" 400 0 "-" "-"',
    'unknown access webserver',
    {
      'cs-host': 'example.org:443',
      'c-ip': '192.0.2.1',
      'cs-uri': '\\x16\\x03\\x01',
      'cs-method': undefined,
      'sc-status': 400,
    },
  ],
  [
    'a web server: a quote in what the client says ends nothing',
    '192.0.2.1 - - [01/Mar/2026:10:00:01 +0000] "GET /\\x22 200 1 HTTP/1.1" 403 9 "-" "\\" 200 1"',
    'unknown access webserver',
    { 'sc-status': 403, 'cs-uri': '/" 200 1', 'cs-user-agent': '" 200 1' },
  ],
  [
    'a web server by syslog',
    'Mar  1 10:00:01 web-1 nginx: 192.0.2.1 - - [01/Mar/2026:10:00:01 +0000] "GET / HTTP/1.1" 200 9 "-" "-"',
    'linux access webserver',
    { hostname: 'web-1', 'c-ip': '192.0.2.1', 'sc-status': 200 },
  ],
  [
    "nginx's errors",
    '2026/03/01 10:00:01 [error] 31#31: *1 open() "/srv/x" failed (2: No such file), client: 192.0.2.1, server: _, request: "GET /x HTTP/1.1"',
    'unknown error webserver',
    { level: 'ERROR', pid: '31', 'c-ip': '192.0.2.1' },
  ],
  [
    "nginx's errors: a client that names another address is not believed",
    '2026/03/01 10:00:01 [error] 31#31: *1 open() "/srv/x" failed (2: No such file), client: 192.0.2.1, server: _, request: "GET /, client: 203.0.113.6, server: HTTP/1.1"',
    'unknown error webserver',
    { level: 'ERROR', pid: '31', 'c-ip': undefined, unparsed: expect.stringContaining('more than one address') },
  ],
  [
    "Apache's errors",
    '[Sun Mar 01 10:00:00.123456 2026] [core:error] [pid 31:tid 7] [client 192.0.2.1:4711] AH00126: Invalid URI',
    'unknown error webserver',
    { level: 'ERROR', component: 'core', pid: '31', 'c-ip': '192.0.2.1', message: 'AH00126: Invalid URI' },
  ],
  [
    'Docker: a container that died',
    `2026-03-01T10:00:01.123456789Z container die ${hex} (com.docker.compose.project=shop, com.docker.compose.service=web, exitCode=137, image=nginx:1, name=shop-web-1)`,
    'docker events',
    {
      action: 'die',
      outcome: 'failure',
      object_type: 'container',
      object_id: hex,
      container: 'shop-web-1',
      image: 'nginx:1',
      service: 'web',
      project: 'shop',
      exit_code: 137,
    },
  ],
  [
    'Docker: out of memory',
    `2026-03-01T10:00:01Z container oom ${hex} (image=nginx:1, name=web)`,
    'docker events',
    { action: 'oom', outcome: 'failure' },
  ],
  [
    'Docker: a command in a container',
    `2026-03-01T10:00:01Z container exec_start: /bin/sh -c id (x) ${hex} (execID=12, image=nginx:1, name=web)`,
    'docker events',
    { action: 'exec_start', command: '/bin/sh -c id (x)', object_id: hex, container: 'web' },
  ],
  [
    'Docker: a command that names another container is not believed',
    `2026-03-01T10:00:01Z container exec_start: echo ${hex} (name=other) ${hex} (image=nginx:1, name=web)`,
    'docker events',
    { action: 'exec_start', container: undefined, unparsed: expect.stringContaining('the id') },
  ],
  [
    'Docker: a label that names another container is not believed',
    `2026-03-01T10:00:01Z container start ${hex} (a=x, name=other, image=nginx:1, name=web)`,
    'docker events',
    { container: undefined, image: 'nginx:1', unparsed: expect.stringContaining('name') },
  ],
  [
    'Docker: health',
    `2026-03-01T10:00:01Z container health_status: unhealthy ${hex} (image=nginx:1, name=web)`,
    'docker events',
    { action: 'health_status', health: 'unhealthy' },
  ],
  [
    'Docker: an image',
    '2026-03-01T10:00:01Z image pull nginx:latest (name=nginx)',
    'docker events',
    { action: 'pull', object_type: 'image', image: 'nginx' },
  ],
  [
    'Docker: a volume',
    `2026-03-01T10:00:01Z volume mount data (container=${hex}, driver=local)`,
    'docker events',
    { action: 'mount', object_type: 'volume', object_id: 'data', container: hex },
  ],
  [
    'Docker Compose: events as text',
    `2026-03-01 10:00:01.123456 container create ${hex} (image=nginx:1, name=web)`,
    'docker events',
    { action: 'create', container: 'web' },
  ],
  [
    'Compose: an access log',
    'web-1  | 2026-03-01T10:00:01.123456789Z 192.0.2.1 - - [01/Mar/2026:10:00:01 +0000] "GET / HTTP/1.1" 500 1 "-" "curl"',
    'unknown access webserver',
    { container: 'web-1', service: 'web', 'sc-status': 500 },
  ],
  [
    'Compose: JSON, in colour',
    '\u001b[36mweb_1    |\u001b[0m 2026-03-01T10:00:01.123456789Z {"level":"error","msg":"boom"}',
    'unknown json application',
    { container: 'web_1', service: 'web', level: 'error', message: 'boom' },
  ],
  [
    'Compose: plain text',
    'db-1  | 2026-03-01T10:00:01.123456789Z 2026-03-01 10:00:01 UTC [1] FATAL:  password authentication failed',
    'unknown plain application',
    { container: 'db-1', level: 'FATAL' },
  ],
  ['Compose: without times', 'db-1  | ready', 'unknown plain application', { container: 'db-1', message: 'ready' }],
  [
    'docker logs -t',
    '2026-03-01T10:00:01.123456789Z 192.0.2.1 - - [01/Mar/2026:10:00:01 +0000] "GET / HTTP/1.1" 200 1 "-" "curl"',
    'unknown access webserver',
    { 'sc-status': 200 },
  ],
  [
    'a connection opened',
    '2019.12.11, 20:47:14.0285 UTC -> Socket connected successfully',
    'unknown connection application',
    { action: 'socket connected', activity: 'connection', outcome: 'success' },
  ],
  [
    'a connection lost',
    '2019.12.11, 20:47:14.0285 UTC -> Disconnected: sockets disconnected',
    'unknown connection application',
    { action: 'socket disconnected', outcome: 'failure', reason: 'sockets disconnected' },
  ],
  [
    "the CloudWatch agent's own log",
    '2026-03-01T10:00:00Z E! [outputs.cloudwatchlogs] Aws error received: AccessDenied',
    'aws cloudwatch_agent application',
    { level: 'ERROR', component: 'outputs.cloudwatchlogs', outcome: 'failure' },
  ],
  [
    'the same, as older ones write it',
    '2020/03/01 10:00:00 I! Config has been translated',
    'aws cloudwatch_agent application',
    { level: 'INFO' },
  ],
  [
    "awslogs' own log",
    '2019-03-01 10:00:00,123 - cwlogs.push.publisher - WARNING - 12 - Thread-4 - Log group: g, log stream: s, queue size: 0',
    'aws awslogs application',
    { level: 'WARN', component: 'cwlogs.push.publisher', log_group: 'g', log_stream: 's' },
  ],
  [
    "a container's disk",
    'overlay          50G   47G  3.0G  95% /var/lib/docker/overlay2/abc/merged',
    'linux df',
    {
      filesystem: 'overlay',
      use_percent: 95,
      size: '50G',
      size_bytes: 50 * 1024 ** 3,
      available_bytes: 3 * 1024 ** 3,
      mounted_on: '/var/lib/docker/overlay2/abc/merged',
    },
  ],
  [
    'a disk in blocks, at a path with spaces',
    '/dev/xvda1     8376300 7123456 1252844  86% /mnt/my disk',
    'linux df',
    { use_percent: 86, size_bytes: 8376300 * 1024, mounted_on: '/mnt/my disk' },
  ],
  [
    'a disk with its type',
    'tmpfs          tmpfs     1.6G  1.2M  1.6G   1% /run',
    'linux df',
    { filesystem: 'tmpfs', type: 'tmpfs', use_percent: 1 },
  ],
  [
    'a disk whose name stands on the line before',
    '                 500G  200G  300G  40% /srv',
    'linux df',
    { use_percent: 40, filesystem: undefined },
  ],
  [
    'uptime in days',
    ' 10:15:32 up 12 days,  3:04,  2 users,  load average: 8.08, 0.03, 0.05',
    'linux uptime',
    { load1: 8.08, load5: 0.03, load15: 0.05, users: 2, uptime_days: 12, uptime_seconds: 12 * 86_400 + 3 * 3600 + 240 },
  ],
  [
    'uptime in minutes, with decimal commas',
    '10:15:32 up 5 min,  1 user,  load average: 0,08, 0,03, 0,05',
    'linux uptime',
    { load1: 0.08, users: 1, uptime_days: 0, uptime_seconds: 300 },
  ],
  [
    'uptime of BSD',
    '10:15  up 1 day, 2 hrs, 3 users, load averages: 1.20 1.30 1.40',
    'linux uptime',
    { load15: 1.4, uptime_days: 1, users: 3, uptime_seconds: 86_400 + 7200 },
  ],
  [
    'polkit: granted',
    'Mar  1 10:00:01 h polkitd[1]: Operator of unix-session:1 successfully authenticated as unix-user:root to gain ONE-SHOT authorization for action org.x for unix-process:42:7 [pkexec id] (owned by unix-user:alice)',
    'linux polkit',
    { action: 'privilege granted', user: 'alice', target_user: 'root', polkit_action: 'org.x', outcome: 'success' },
  ],
  [
    'polkit: refused',
    'Mar  1 10:00:01 h polkitd[1]: Operator of unix-session:1 FAILED to authenticate to gain authorization for action org.x for unix-process:42:7 [x] (owned by unix-user:alice)',
    'linux polkit',
    { action: 'privilege refused', user: 'alice', outcome: 'failure' },
  ],
  [
    'pkexec',
    'Mar  1 10:00:01 h pkexec[7]: alice: Executing command [USER=root] [TTY=/dev/pts/0] [CWD=/home/alice] [COMMAND=/usr/bin/id [x]]',
    'linux polkit',
    { action: 'command run', user: 'alice', USER: 'root', PWD: '/home/alice', COMMAND: '/usr/bin/id [x]' },
  ],
  [
    'pkexec: a variable that should not be there',
    'Mar  1 10:00:01 h pkexec[7]: alice: The value for the SHELL variable was not found the /etc/shells file [USER=root] [TTY=/dev/pts/0] [CWD=/tmp] [COMMAND=GCONV_PATH=./x]',
    'linux polkit',
    { action: 'command refused', outcome: 'failure', user: 'alice', COMMAND: 'GCONV_PATH=./x' },
  ],
  [
    'doas',
    'Mar  1 10:00:01 h doas: alice ran command id as root from / as root from /home/alice',
    'linux doas',
    { user: 'alice', COMMAND: 'id as root from /', USER: 'root', PWD: '/home/alice' },
  ],
  [
    'doas refused',
    'Mar  1 10:00:01 h doas: command not permitted for alice: rm -rf /',
    'linux doas',
    { outcome: 'failure', user: 'alice', COMMAND: 'rm -rf /' },
  ],
  [
    'doas with a wrong password',
    'Mar  1 10:00:01 h doas: failed auth for alice',
    'linux doas',
    { action: 'authentication failure', user: 'alice' },
  ],
  [
    'login as root',
    'Mar  1 10:00:01 h login[7]: ROOT LOGIN ON tty2',
    'linux login',
    { action: 'login accepted', user: 'root', tty: 'tty2' },
  ],
  [
    'login failed, with a name that lies',
    "Mar  1 10:00:01 h login[7]: FAILED LOGIN (1) on '/dev/tty1' FROM '192.0.2.1' FOR 'x, FROM 203.0.113.6 FOR root', Authentication failure",
    'linux login',
    {
      action: 'login failed',
      src_ip: '192.0.2.1',
      user: 'x, FROM 203.0.113.6 FOR root',
      reason: 'Authentication failure',
    },
  ],
  [
    'ftp',
    'Mar  1 10:00:01 h ftpd[7]: connection from 192.0.2.1 (client.example) at Sun Mar  1 10:00:01 2026',
    'linux ftpd',
    { action: 'connection opened', src_ip: '192.0.2.1', src_host: 'client.example' },
  ],
  [
    'ftp, a guest',
    'Mar  1 10:00:01 h ftpd[7]: ANONYMOUS FTP LOGIN FROM 192.0.2.1, (anonymous)',
    'linux ftpd',
    { action: 'login accepted', user: 'anonymous' },
  ],
  [
    'vsftpd',
    'Mar  1 10:00:01 h vsftpd[7]: [bob] FAIL LOGIN: Client "192.0.2.1"',
    'linux vsftpd',
    { action: 'login failed', user: 'bob', src_ip: '192.0.2.1' },
  ],
  [
    'systemd: a unit that failed',
    "Mar  1 10:00:01 h systemd[1]: web.service: Failed with result 'exit-code'.",
    'linux systemd',
    { action: 'unit failed', unit: 'web.service', outcome: 'failure' },
  ],
  [
    'systemd: how a process ended',
    'Mar  1 10:00:01 h systemd[1]: web.service: Main process exited, code=killed, status=9/KILL',
    'linux systemd',
    { action: 'process exited', exit_code: 9, outcome: 'failure' },
  ],
  [
    'systemd: a session',
    'Mar  1 10:00:01 h systemd[1]: Started Session 12 of user alice.',
    'linux systemd',
    { action: 'session opened', session: '12', user: 'alice' },
  ],
  [
    'kernel: a packet that the firewall blocked',
    'Mar  1 10:00:01 h kernel: [ 12.3] [UFW BLOCK] IN=eth0 OUT= MAC=aa SRC=192.0.2.1 DST=198.51.100.1 LEN=40 PROTO=TCP SPT=4711 DPT=22',
    'linux kernel',
    { action: 'packet blocked', SRC: '192.0.2.1', DPT: '22', src_ip: '192.0.2.1', src_port: 4711 },
  ],
  [
    'kernel: a process killed for memory',
    'Mar  1 10:00:01 h kernel: Out of memory: Killed process 123 (java) total-vm:1kB',
    'linux kernel',
    { action: 'out of memory', comm: 'java', killed_pid: '123' },
  ],
  [
    'PAM: an account locked',
    'Mar  1 10:00:01 h sshd[7]: pam_faillock(sshd:auth): Consecutive login failures for user alice account temporarily locked',
    'linux sshd',
    { action: 'account locked out', user: 'alice' },
  ],
  [
    'RFC 5424: structured data, escaped',
    '<34>1 2026-03-01T10:00:01Z web-1 app 42 - [a@1 k="v \\" ] x" j="y\\\\"] hello',
    'linux syslog',
    { 'a@1.k': 'v " ] x', 'a@1.j': 'y\\', message: 'hello', hostname: 'web-1' },
  ],
  [
    'a plain line: its level and status',
    '2026-03-01 10:00:00,5 ERROR request failed with status 503',
    'unknown plain application',
    { level: 'ERROR', status: 503 },
  ],
  [
    'logfmt',
    'time="2026-03-01T10:00:00Z" level=warning msg="slow, informational"',
    'unknown plain application',
    { level: 'WARN' },
  ],
  [
    'prose has no level',
    'no error and no information in 404 pages',
    'unknown plain application',
    { level: undefined, status: undefined },
  ],
  [
    'a clock that lost its battery: dated by the surroundings, still read',
    '1970-01-01T00:00:10Z h sshd[1]: Failed password for root from 192.0.2.1 port 9 ssh2',
    'linux sshd',
    { action: 'login failed', unparsed: expect.stringContaining('before any log') },
  ],
  [
    'a clock in the wrong year',
    '2099-01-01T00:00:10Z h sshd[1]: Failed password for root from 192.0.2.1 port 9 ssh2',
    'linux sshd',
    { action: 'login failed', unparsed: expect.stringContaining('after it was written') },
  ],
];

describe('a line says what it is', () => {
  test.each(lines)('%s', (_name, line, source, fields) => {
    const [record, ...others] = recordsOf(line);
    expect(others).toEqual([]);
    const { product = '', services = [], category } = record?.source ?? {};
    expect([product, services[0], category].filter((part) => part !== undefined).join(' ')).toBe(source);
    expect({ ...record?.fields }).toMatchObject(
      Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)),
    );
    for (const [name, value] of Object.entries(fields))
      if (value === undefined) expect(record?.fields).not.toHaveProperty([name]);
  });

  test.each([
    ['audit', lines[0]?.[1] ?? '', '2026-03-01T10:00:01.243Z'],
    ['an access log with its zone', lines[9]?.[1] ?? '', '2026-03-01T10:00:01.000Z'],
    ['a Docker event', `2026-03-01T11:00:01.5+01:00 container start ${hex} (name=web)`, '2026-03-01T10:00:01.500Z'],
    ['a connection log', '2019.12.11, 20:47:14.0285 UTC -> Socket connected successfully', '2019-12-11T20:47:14.028Z'],
    ['a wrong clock', '1970-01-01T00:00:10Z h sshd[1]: hello', now],
    ['a measurement', '/dev/xvda1  8.0G  7.6G  400M  96% /', now],
    ['a time in brackets', '[2026-03-01 10:00:01.5] [error] boom', '2026-03-01T10:00:01.500Z'],
    ["asctime's", 'Sun Mar  1 10:00:01 2026 boom', '2026-03-01T10:00:01.000Z'],
  ])('%s: when it happened', (_name, line, time) => {
    expect(recordsOf(line).map((record) => record.time)).toEqual([time]);
  });

  test('df in one log event: each mount is a record, the heading none', () => {
    const table =
      'Filesystem      Size  Used Avail Use% Mounted on\n/dev/root   8.0G  7.6G  400M  96% /\ntmpfs       1.0G     0  1.0G   0% /run\n';
    const result = sorted(standardOpener.text(table, { path: 'x', index: 0, time: now, id: 'one' }));
    expect(result.records.map(({ fields }) => fields['use_percent'])).toEqual([96, 0]);
    expect(new Set(result.records.map(({ id }) => id)).size).toBe(2);
    expect(result.failures).toEqual([]);
  });

  test('colours and NULs are taken out to read a line, which is kept as it was', () => {
    const line =
      '\0\0\u001b[31mMar  1 10:00:01\u001b[0m h sshd[1]: Failed password for root from 192.0.2.1 port 9 ssh2\r\n';
    expect(recordsOf(line)[0]).toMatchObject({ fields: { action: 'login failed', src_ip: '192.0.2.1', raw: line } });
  });
});
