import { describe, expect, test } from '@jest/globals';
import { parsePam, parsePamText } from '../../../../../src/ingest/formats/programs/pam/pam.ts';

const forged = '192.0.2.99';
const client = '203.0.113.66';

describe('whose address a failed PAM authentication names', () => {
  test.each([
    ['a program that hands on the name twice', `tty=dovecot ruser=ana rhost=${client}  user=ana`, client],
    ['sshd, of a user that the host has', `tty=ssh ruser= rhost=${client}  user=root`, client],
    ['sshd, of a user it does not have', `tty=ssh ruser= rhost=${client} `, client],
    [
      'sshd, whose client can choose the last word alone',
      `tty=ssh ruser= rhost=${client}  user=x rhost=${forged}`,
      client,
    ],
    [
      'a name with an address in it',
      `tty=dovecot ruser=x rhost=${forged} rhost=${client}  user=x rhost=${forged}`,
      undefined,
    ],
    [
      'a name that begins as one',
      `tty=dovecot ruser= rhost=${forged} rhost=${client}  user= rhost=${forged}`,
      undefined,
    ],
    ['such a name alone', `tty=dovecot ruser=x rhost=${forged}  user=root rhost=${client} `, undefined],
  ])('%s', (_name, text, address) => {
    for (const parse of [parsePam, parsePamText]) {
      const head = parse === parsePam ? 'pam_unix(auth:auth): ' : '';
      const fields = parse(`${head}authentication failure; logname= uid=0 euid=0 ${text}`);
      expect(fields).toMatchObject({ action: 'authentication failure', outcome: 'failure' });
      expect(fields?.['pam_rhost']).toBe(address);
      expect(fields?.['unparsed'] === undefined).toBe(address !== undefined);
    }
  });
});
