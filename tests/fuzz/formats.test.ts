import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { describe as describeRecord } from '../../src/describe/describe.ts';
import { standardOpener } from '../../src/ingest/open.ts';
import { cpuMs } from '../support/cpu-time.ts';

const origin = { path: 'x.log', index: 0, time: '2026-03-02T00:00:00.000Z' };
const hex = '0123abcd'.repeat(8);

/** One line of each format: what is cut, changed and blown up below. */
const seeds: Readonly<Record<string, string>> = {
  sshd: 'Mar  1 10:00:01 web-1 sshd[42]: Failed password for invalid user bob from 192.0.2.1 port 9 ssh2',
  'sshd with a certificate':
    'Mar  1 10:00:01 web-1 sshd[42]: Accepted publickey for bob from 192.0.2.1 port 9 ssh2: ED25519-CERT SHA256:aaa ID bob@example (serial 42) CA ED25519 SHA256:bbb',
  sudo: 'Mar  1 10:00:01 web-1 sudo:   bob : TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/sh',
  PAM: 'Mar  1 10:00:01 web-1 su: pam_unix(su:auth): authentication failure; logname=a uid=1 euid=0 tty=pts/0 ruser=a rhost=192.0.2.1  user=root',
  'RFC 5424': '<34>1 2026-03-01T10:00:01Z web-1 app 42 - [a@1 k="v \\" ] x" j="y"] hello',
  'message repeated':
    'Mar  1 10:00:01 web-1 sshd[42]: message repeated 5 times: [ Failed password for root from 192.0.2.1 port 9 ssh2]',
  auditd: `type=USER_LOGIN msg=audit(1772359201.243:24287): pid=12 msg='op=login acct="root" exe=2F62696E addr=192.0.2.1 res=failed'\u001dAUID="a"`,
  'auditd EXECVE': 'type=EXECVE msg=audit(1772359201.243:2): argc=3 a0="cat" a1=2F746D70 a2[0]=2F a2[1]=41',
  'web access': '192.0.2.1 - - [01/Mar/2026:10:00:01 +0000] "GET /a?b HTTP/1.1" 404 153 "https://x/" "curl/8"',
  'web error':
    '2026/03/01 10:00:01 [error] 31#31: *1 open() "/srv/x" failed, client: 192.0.2.1, server: _, request: "GET / HTTP/1.1"',
  'Apache error': '[Sun Mar 01 10:00:00.123456 2026] [core:error] [pid 31] [client 192.0.2.1:4711] AH00126: x',
  'Docker event': `2026-03-01T10:00:01.5Z container exec_start: /bin/sh -c x ${hex} (execID=1, image=nginx:1, name=web)`,
  Compose: 'web-1  | 2026-03-01T10:00:01.5Z {"level":"error","msg":"boom"}',
  connection: '2019.12.11, 20:47:14.0285 UTC -> Disconnected: sockets disconnected',
  'CloudWatch agent': '2026-03-01T10:00:00Z E! [outputs.cloudwatchlogs] Aws error received',
  awslogs: '2019-03-01 10:00:00,123 - cwlogs.push - INFO - 12 - Thread-4 - Log group: g, log stream: s, queue size: 0',
  df: 'overlay          50G   47G  3.0G  95% /var/lib/docker/overlay2/abc/merged',
  uptime: ' 10:15:32 up 12 days,  3:04,  2 users,  load average: 8.08, 0.03, 0.05',
  polkit:
    'Mar  1 10:00:01 h polkitd[1]: Operator of unix-session:1 successfully authenticated as unix-user:root to gain ONE-SHOT authorization for action org.x for unix-process:42:7 [x] (owned by unix-user:alice)',
  pkexec:
    'Mar  1 10:00:01 h pkexec[7]: alice: Executing command [USER=root] [TTY=x] [CWD=/home/alice] [COMMAND=/usr/bin/id]',
  doas: 'Mar  1 10:00:01 h doas: alice ran command id as root from /home/alice',
  login: "Mar  1 10:00:01 h login[7]: FAILED LOGIN (1) on '/dev/tty1' FROM 'x' FOR 'bob', Authentication failure",
  ftpd: 'Mar  1 10:00:01 h vsftpd[7]: [bob] FAIL LOGIN: Client "192.0.2.1"',
  kernel:
    'Mar  1 10:00:01 h kernel: [ 12.3] [UFW BLOCK] IN=eth0 OUT= SRC=192.0.2.1 DST=198.51.100.1 LEN=40 PROTO=TCP SPT=1 DPT=22',
  systemd: 'Mar  1 10:00:01 h systemd[1]: web.service: Main process exited, code=killed, status=9/KILL',
  plain: '2026-03-01 10:00:00 ERROR request failed with status 503',
  journal: '{"__REALTIME_TIMESTAMP":"1772359201500000","_COMM":"sshd","SYSLOG_IDENTIFIER":"sshd","MESSAGE":[65,66]}',
  'short-full': 'Wed 2026-03-11 05:33:07 UTC web-1 sshd[42]: Invalid user bob from 192.0.2.1 port 9',
  BusyBox: "Mar 11 05:33:07 web-1 authpriv.warn dropbear[42]: Bad password attempt for 'root' from 192.0.2.1:9",
  relay:
    'Mar 11 05:34:59 relay <86>2026-03-11T05:33:07Z web-1 sshd[42]: Connection closed by invalid user x 192.0.2.1 port 9',
  'log show':
    '2026-03-11 05:33:07.123+0000 0x1a Default 0x0 812 0 sshd: (libpam.2.dylib) Failed password for a from 192.0.2.1 port 9 ssh2',
  proftpd: 'Mar 11 05:33:07 h proftpd[7]: h (c.example[192.0.2.1]) - USER bob (Login failed): Incorrect password.',
  'second factor':
    "Mar 11 05:33:07 h sshd[7]: pam_duo(sshd:auth): Failed Duo login for 'bob' from 192.0.2.1: Invalid passcode",
  gpasswd: 'Mar 11 05:33:07 h gpasswd[7]: user evil added by root to group wheel in /etc/gshadow',
  'ausearch -i':
    "type=USER_LOGIN msg=audit(03/11/2026 05:33:00.123:7) : pid=8 uid=root msg='op=login acct=root exe=/usr/sbin/sshd addr=192.0.2.1 terminal=ssh res=failed'",
  'Fluent Bit':
    '{"date":1773207180,"host":"h1","ident":"sshd","pid":"8","message":"Invalid user x from 192.0.2.1 port 9"}',
  'json-file': '{"log":"Mar  1 10:00:01 h sshd[1]: x\\n","stream":"stdout","time":"2026-03-01T10:00:00Z"}',
};

/** Opens and describes; every text must come out as something, and nothing may throw. */
function outcomes(text: string): number {
  let count = 0;
  for (const item of standardOpener.text(text, origin)) {
    count++;
    if (item.kind === 'record') describeRecord(item.record);
  }
  return count;
}

describe('nothing is lost and nothing throws', () => {
  test.each(Object.entries(seeds))('%s, cut anywhere', (_name, seed) => {
    for (let cut = 0; cut <= seed.length; cut++) {
      expect(outcomes(seed.slice(0, cut))).toBe(1);
      expect(outcomes(seed.slice(cut))).toBe(1);
    }
  });

  test('random texts, and random texts within lines of every format', () => {
    const all = Object.values(seeds);
    const noise = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 60 }),
      fc.constantFrom(' from ', ' port ', '="', "='", '\u001b[', '\0', ' [preauth]', ' | ', '\n', '\\"', ': '),
    );
    fc.assert(
      fc.property(
        fc.constantFrom(...all),
        fc.constantFrom(...all),
        noise,
        fc.nat(200),
        fc.nat(200),
        (one, other, random, from, to) => {
          const text = one.slice(0, from) + random + other.slice(to);
          expect(outcomes(text)).toBeGreaterThanOrEqual(1);
          outcomes(random);
        },
      ),
      { numRuns: 3000 },
    );
  });

  test('random bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(outcomes(Buffer.from(bytes).toString('utf8'))).toBeGreaterThanOrEqual(1);
      }),
      { numRuns: 2000 },
    );
  });
});

/** What makes backtracking and repeated searching slow: what a format looks for, a hundred thousand times. */
const noises = [
  'a',
  ' ',
  '  x',
  ' from ',
  ' port 1',
  '="',
  'a=b ',
  "='",
  '[x] ',
  '(a, b=c) ',
  '\u001b[',
  '\u001b]',
  '\0',
  ': ',
  ' | ',
  '\\"',
  '"',
  `${hex} (`,
  ', a=b',
  '1% /',
  ' up 1 day, ',
  ' (serial 1) CA x ',
  ' ID ',
  ' for ',
  'ERROR',
  ' HTTP/1.1 4',
  '[0]=41 ',
  'Mar 11 05:33:07 ',
  '2026-03-11 05:33:07 ',
  '<38>',
  'auth.info ',
  'h1 ',
  "' from ",
  ']) - ',
  '.a',
];

test.each(Object.entries(seeds))(
  '%s: a hostile megabyte takes no longer than a megabyte does',
  (_name, seed) => {
    const started = cpuMs();
    const half = Math.floor(seed.length / 2);
    for (const noise of noises) {
      const million = noise.repeat(Math.ceil(1e6 / noise.length));
      for (const text of [seed + million, seed.slice(0, half) + million + seed.slice(half)])
        expect(outcomes(text)).toBe(1);
    }
    // Fifty-four megabytes: quadratic time would be hours.
    expect(cpuMs() - started).toBeLessThan(30_000);
  },
  60_000,
);
