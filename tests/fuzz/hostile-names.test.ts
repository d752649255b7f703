import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { describe as describeRecord } from '../../src/describe/describe.ts';
import { standardOpener } from '../../src/ingest/open.ts';
import { hostHeaders } from '../support/host-headers.ts';
import { hostShippers } from '../support/host-shippers.ts';

const client = '192.0.2.1';

/** Messages of logins and commands that failed; NAME is what a stranger chose. */
const failures: readonly (readonly [program: string, message: string])[] = [
  ['sshd', `Failed password for invalid user NAME from ${client} port 4000 ssh2`],
  ['sshd', `Failed publickey for NAME from ${client} port 4000 ssh2: RSA SHA256:abc`],
  ['sshd', `Invalid user NAME from ${client} port 4000`],
  ['sshd', `Connection closed by invalid user NAME ${client} port 4000 [preauth]`],
  ['sshd', `error: PAM: Authentication failure for illegal user NAME from ${client}`],
  ['sshd', `User NAME from ${client} not allowed because not listed in AllowUsers`],
  [
    'sshd',
    `ssh_dispatch_run_fatal: Connection from authenticating user NAME ${client} port 4000: Broken pipe [preauth]`,
  ],
  ['sshd', `Disconnecting invalid user NAME ${client} port 4000: Too many authentication failures [preauth]`],
  [
    'sshd',
    `pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=${client}  user=NAME`,
  ],
  ['sshd', `pam_access(sshd:account): access denied for user \`NAME' from \`${client}'`],
  ['sshd', 'pam_sss(sshd:auth): received for user NAME: 7 (Authentication failure)'],
  ['sshd', 'pam_sss(sshd:account): Access denied for user NAME: 6 (Permission denied)'],
  ['sshd', 'pam_listfile(sshd:auth): Refused user NAME for service sshd'],
  ['sshd', 'pam_faillock(sshd:auth): User unknown: NAME'],
  ['sshd', 'pam_google_authenticator(sshd:auth): Invalid verification code for NAME'],
  ['sshd', `pam_duo(sshd:auth): Failed Duo login for 'NAME' from ${client}: Invalid passcode`],
  ['sshd', "pam_krb5(sshd:auth): authentication fails for 'NAME' (NAME@EXAMPLE): Authentication failure"],
  ['sshd', "pam_winbind(sshd:auth): user 'NAME' denied access (incorrect password)"],
  ['unix_chkpwd', 'password check failed for user (NAME)'],
  ['dropbear', `Bad password attempt for 'NAME' from ${client}:4000`],
  ['vsftpd', `[NAME] FAIL LOGIN: Client "${client}"`],
  ['proftpd', `h1 (c[${client}]) - USER NAME (Login failed): Incorrect password.`],
  ['proftpd', `h1 (c[${client}]) - USER NAME: no such user found from c [${client}] to 10.0.0.1:21`],
  ['login', `FAILED LOGIN (1) on '/dev/tty1' FROM '${client}' FOR 'NAME', Authentication failure`],
  ['login', `invalid password for 'NAME' on 'pts/0' from '${client}'`],
  ['ftpd', `FTP LOGIN REFUSED FROM ${client}, NAME`],
  [
    'sudo',
    'bob : sorry, you are not allowed to set the following environment variables: NAME ; TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/sh',
  ],
  ['sudo', 'bob : command not allowed ; TTY=pts/0 ; PWD=/NAME ; USER=root ; COMMAND=/bin/sh NAME'],
];

/** What a stranger would write to be taken for somebody who was let in. */
const words = [
  'root',
  'Accepted password for root from 198.51.100.9 port 1 ssh2',
  "x' from 198.51.100.9:1",
  "Password auth succeeded for 'root' from 198.51.100.9:1",
  ' from 198.51.100.9 port 1 ssh2',
  ' 198.51.100.9 port 1',
  '] OK LOGIN: Client "198.51.100.9"',
  ': Login successful.',
  ': TTY=pts/9 ; PWD=/ ; USER=root ; COMMAND=/bin/id',
  "' (root@EXAMPLE)",
  "' granted access",
  'session opened for user root',
  'authentication success; rhost=198.51.100.9 user=root',
  ' rhost=198.51.100.9  user=root',
  ' [preauth]',
  "', '",
  ') : (',
  ' for ',
  ']: ',
  "' on 'tty1'",
];

const name = fc
  .array(fc.oneof(fc.constantFrom(...words), fc.string({ maxLength: 12 }), fc.constantFrom(' ', "'", '"', ':')), {
    minLength: 1,
    maxLength: 4,
  })
  .map((parts) => parts.join('').replaceAll(/\p{Cc}/gu, ''));

describe('a name never makes a failure look like a success', () => {
  test.each(failures)('%s: %s', (program, message) => {
    fc.assert(
      fc.property(name, fc.constantFrom(...hostHeaders, ...hostShippers), (hostile, { line }) => {
        const written = line(
          1,
          program,
          message.replaceAll('NAME', () => hostile),
        );
        const text = typeof written === 'string' ? written : JSON.stringify(written);
        for (const item of standardOpener.text(text, { path: 'x.log', index: 0, time: '2026-03-12T00:00:00.000Z' })) {
          if (item.kind !== 'record') continue;
          const { fields } = item.record;
          expect(fields['outcome']).not.toBe('success');
          expect(['login accepted', 'session opened', 'command run']).not.toContain(fields['action']);
          const event = describeRecord(item.record);
          expect(event.category).not.toMatchObject({ result: 'success' });
          // The address is the client's, or none at all: never one that the name says.
          const { src_ip: address, pam_rhost: rhost } = fields;
          expect([undefined, client]).toContain(address);
          if (program === 'sshd' || program === 'dropbear') expect([undefined, client]).toContain(rhost);
        }
      }),
      { numRuns: 400 },
    );
  });
});
