import { describe, expect, test } from '@jest/globals';
import { parseSshd } from '../../../../../src/ingest/formats/programs/sshd/sshd.ts';
import { cpuMs } from '../../../../support/cpu-time.ts';

const failed = { action: 'login failed', activity: 'authentication', outcome: 'failure' };
const accepted = { action: 'login accepted', activity: 'authentication', outcome: 'success' };
const invalid = { action: 'invalid user', activity: 'authentication', outcome: 'failure', invalid_user: true };

describe('parseSshd reads', () => {
  test.each([
    [
      'Accepted password for root from 192.0.2.1 port 4711 ssh2',
      { ...accepted, auth_method: 'password', user: 'root', src_ip: '192.0.2.1', src_port: 4711 },
    ],
    [
      'Accepted publickey for deploy from 2001:db8::5 port 50022 ssh2: ED25519 SHA256:abcDEF0123/+xyz',
      { ...accepted, auth_method: 'publickey', user: 'deploy', src_ip: '2001:db8::5', src_port: 50022 },
    ],
    [
      'Accepted publickey for deploy from 192.0.2.1 port 1 ssh2: RSA-CERT SHA256:a ID ops@example (serial 7) CA RSA SHA256:b',
      {
        ...accepted,
        auth_method: 'publickey',
        user: 'deploy',
        src_ip: '192.0.2.1',
        src_port: 1,
        key_type: 'RSA-CERT',
        key_fingerprint: 'SHA256:a',
        cert_id: 'ops@example',
        cert_serial: '7',
        ca_type: 'RSA',
        ca_fingerprint: 'SHA256:b',
      },
    ],
    [
      'Accepted publickey for deploy from 192.0.2.1 port 1 ssh2: ED25519-CERT SHA256:a ID x (serial 1) CA RSA SHA256:c (serial 7) CA RSA SHA256:b',
      { user: 'deploy', cert_id: 'x (serial 1) CA RSA SHA256:c', cert_serial: '7', ca_fingerprint: 'SHA256:b' },
    ],
    [
      'Accepted publickey for deploy from 192.0.2.1 port 1 ssh2: ED25519 SHA256:a',
      { key_type: 'ED25519', key_fingerprint: 'SHA256:a' },
    ],
    [
      'Accepted certificate ID "ops" (serial 7) signed by ED25519 CA SHA256:b via /etc/ssh/ca.pub',
      { action: 'certificate accepted', cert_id: 'ops', cert_serial: '7', ca_type: 'ED25519' },
    ],
    [
      'Accepted key ED25519 SHA256:a found at /home/bob/.ssh/authorized_keys:1',
      { action: 'key accepted', key_file: '/home/bob/.ssh/authorized_keys:1' },
    ],
    ['error: Certificate invalid: expired', { action: 'certificate refused', outcome: 'failure', reason: 'expired' }],
    [
      'fatal: Access denied for user bob by PAM account configuration [preauth]',
      { action: 'login refused', user: 'bob', preauth: true },
    ],
    [
      'Authentication tried for root with correct key but not from a permitted host (host=client.example, ip=192.0.2.1, required=10.0.0.0/8).',
      { action: 'login refused', user: 'root', src_ip: '192.0.2.1' },
    ],
    [
      'Protocol major versions differ for 192.0.2.1 port 9: SSH-2.0-x vs. SSH-1.5-y',
      { action: 'bad identification', src_ip: '192.0.2.1', src_port: 9 },
    ],
    [
      'Nasty PTR record "203.0.113.6" is set up for 192.0.2.1, ignoring',
      { src_ip: '192.0.2.1', src_host: '203.0.113.6' },
    ],
    [
      'srclimit_penalise: ipv4: new 192.0.2.1/32 deferred penalty of 5 seconds for penalty: failed authentication',
      { action: 'address penalised', src_ip: '192.0.2.1', reason: 'failed authentication' },
    ],
    ['Connection from fe80::1%eth0 port 9 on fe80::2 port 22', { src_ip: 'fe80::1%eth0', src_port: 9 }],
    [
      'Connection from 192.0.2.1 port 9 on 198.51.100.1 port 22 rdomain ""',
      { action: 'connection opened', src_port: 9 },
    ],
    ['error: kex_exchange_identification: Connection closed by remote host', { action: 'bad identification' }],
    ['no hostkey alg [preauth]', { action: 'negotiation failed', preauth: true }],
    [
      'Timeout, client not responding from user bob 192.0.2.1 port 9',
      { action: 'timeout', user: 'bob', src_ip: '192.0.2.1' },
    ],
    [
      'Accepted keyboard-interactive/pam for bob from 192.0.2.1 port 2 ssh2',
      { ...accepted, auth_method: 'keyboard-interactive/pam', user: 'bob' },
    ],
    [
      'Failed password for root from ::ffff:192.0.2.1 port 3 ssh2',
      { ...failed, user: 'root', src_ip: '192.0.2.1', src_port: 3 },
    ],
    [
      'Failed password for invalid user admin from 192.0.2.1 port 3 ssh2',
      { ...failed, user: 'admin', invalid_user: true, src_ip: '192.0.2.1' },
    ],
    [
      'Failed none for invalid user  from 192.0.2.1 port 3 ssh2',
      { ...failed, auth_method: 'none', user: '', invalid_user: true, src_ip: '192.0.2.1' },
    ],
    [
      'Failed password for illegal user test from 192.0.2.1 port 3 ssh2',
      { ...failed, user: 'test', invalid_user: true },
    ],
    [
      'Postponed publickey for root from 192.0.2.1 port 3 ssh2 [preauth]',
      { action: 'login postponed', user: 'root', src_port: 3 },
    ],
    ['Invalid user admin from 192.0.2.1', { ...invalid, user: 'admin', src_ip: '192.0.2.1' }],
    ['Invalid user admin from 192.0.2.1 port 3', { ...invalid, user: 'admin', src_ip: '192.0.2.1', src_port: 3 }],
    ['Invalid user  from 192.0.2.1 port 3', { ...invalid, user: '', src_ip: '192.0.2.1', src_port: 3 }],
    ['input_userauth_request: invalid user admin [preauth]', { ...invalid, user: 'admin' }],
    [
      'Connection closed by 192.0.2.1 [preauth]',
      { action: 'connection closed', activity: 'connection', src_ip: '192.0.2.1' },
    ],
    ['Connection closed by 192.0.2.1 port 22', { action: 'connection closed', src_ip: '192.0.2.1', src_port: 22 }],
    [
      'Connection closed by authenticating user root 192.0.2.1 port 22 [preauth]',
      { action: 'connection closed', user: 'root', src_ip: '192.0.2.1', src_port: 22 },
    ],
    [
      'Connection reset by invalid user ftp 192.0.2.1 port 22 [preauth]',
      { action: 'connection reset', user: 'ftp', invalid_user: true, src_ip: '192.0.2.1' },
    ],
    [
      'Disconnected from user bob 192.0.2.1 port 22',
      { action: 'disconnected', user: 'bob', src_ip: '192.0.2.1', src_port: 22 },
    ],
    [
      'Disconnected from invalid user  192.0.2.1 port 22 [preauth]',
      { user: '', invalid_user: true, src_ip: '192.0.2.1' },
    ],
    [
      'Received disconnect from 192.0.2.1: 11: Bye Bye [preauth]',
      { action: 'disconnect received', src_ip: '192.0.2.1' },
    ],
    ['Received disconnect from 192.0.2.1 port 9:11: disconnected by user', { src_ip: '192.0.2.1', src_port: 9 }],
    [
      'error: Received disconnect from 2001:db8::1: 3: Auth fail [preauth]',
      { action: 'disconnect received', src_ip: '2001:db8::1' },
    ],
    [
      'Did not receive identification string from 192.0.2.1 port 9',
      { action: 'no identification', src_ip: '192.0.2.1', src_port: 9 },
    ],
    ['Did not receive identification string from UNKNOWN', { action: 'no identification' }],
    [
      'Disconnecting: Too many authentication failures for root [preauth]',
      { action: 'too many failures', user: 'root' },
    ],
    [
      'Disconnecting authenticating user root 192.0.2.1 port 9: Too many authentication failures [preauth]',
      { action: 'disconnected', user: 'root', src_ip: '192.0.2.1', src_port: 9 },
    ],
    [
      'error: maximum authentication attempts exceeded for invalid user x from 192.0.2.1 port 9 ssh2 [preauth]',
      { action: 'too many failures', user: 'x', invalid_user: true, src_ip: '192.0.2.1', src_port: 9 },
    ],
    ['PAM service(sshd) ignoring max retries; 6 > 3', { action: 'too many failures' }],
    [
      'PAM 2 more authentication failures; logname= uid=0 euid=0 tty=ssh ruser= rhost=192.0.2.1  user=root',
      { action: 'authentication failure', failures: 2, pam_rhost: '192.0.2.1', user: 'root' },
    ],
    [
      'error: PAM: Authentication failure for illegal user x from host.example',
      { action: 'login failed', user: 'x', invalid_user: true, src_host: 'host.example' },
    ],
    [
      'User root from 192.0.2.1 not allowed because not listed in AllowUsers',
      { action: 'login refused', user: 'root', src_ip: '192.0.2.1' },
    ],
    [
      'ROOT LOGIN REFUSED FROM 192.0.2.1 port 9',
      { action: 'login refused', user: 'root', src_ip: '192.0.2.1', src_port: 9 },
    ],
    [
      'reverse mapping checking getaddrinfo for a.example [192.0.2.1] failed - POSSIBLE BREAK-IN ATTEMPT!',
      { action: 'reverse mapping failed', src_ip: '192.0.2.1', src_host: 'a.example' },
    ],
    [
      'Address 192.0.2.1 maps to a.example, but this does not map back to the address.',
      { action: 'reverse mapping failed', src_ip: '192.0.2.1' },
    ],
    [
      'Unable to negotiate with 192.0.2.1 port 9: no matching MAC found. Their offer: hmac-md5 [preauth]',
      { action: 'negotiation failed', src_ip: '192.0.2.1', src_port: 9 },
    ],
    [
      'fatal: Timeout before authentication for 192.0.2.1 port 9',
      { action: 'timeout', src_ip: '192.0.2.1', src_port: 9 },
    ],
    [
      'Timeout before authentication for connection from 192.0.2.1 to 198.51.100.1, pid = 77',
      { action: 'timeout', src_ip: '192.0.2.1' },
    ],
    [
      'banner exchange: Connection from 192.0.2.1 port 9: invalid format',
      { action: 'bad identification', src_ip: '192.0.2.1', src_port: 9 },
    ],
    [
      "Bad protocol version identification 'GET / HTTP/1.1 from 203.0.113.6 port 1' from 192.0.2.1 port 9",
      { action: 'bad identification', src_ip: '192.0.2.1', src_port: 9 },
    ],
    [
      'ssh_dispatch_run_fatal: Connection from 192.0.2.1 port 9: message authentication code incorrect [preauth]',
      { action: 'connection failed', src_ip: '192.0.2.1', src_port: 9 },
    ],
    [
      'drop connection #10 from [192.0.2.1]:4711 on [198.51.100.1]:22 past MaxStartups',
      { action: 'connection refused', src_ip: '192.0.2.1', src_port: 4711 },
    ],
    ['refused connect from a.example (::ffff:192.0.2.1)', { action: 'connection refused', src_ip: '192.0.2.1' }],
    [
      'Connection from 192.0.2.1 port 9 on 198.51.100.1 port 22',
      { action: 'connection opened', src_ip: '192.0.2.1', src_port: 9 },
    ],
    [
      'Starting session: shell on pts/0 for root from 192.0.2.1 port 9 id 0',
      { action: 'session opened', user: 'root', src_ip: '192.0.2.1', src_port: 9 },
    ],
    [
      'Close session: user bob from 192.0.2.1 port 9 id 0',
      { action: 'session closed', user: 'bob', src_ip: '192.0.2.1', src_port: 9 },
    ],
    [
      'pam_unix(sshd:session): session opened for user root(uid=0) by (uid=0)',
      { action: 'session opened', activity: 'session', user: 'root', by_uid: '0', pam_service: 'sshd' },
    ],
    [
      'pam_unix(sshd:auth): check pass; user unknown',
      { action: 'authentication failure', invalid_user: true, pam_message: 'user unknown' },
    ],
  ])('%s', (message, fields) => {
    expect(parseSshd(message)).toMatchObject(fields);
  });
});

test('a message that sshd has not got is not guessed at', () => {
  expect(parseSshd('something entirely new')).toBeUndefined();
});

describe('what the client chose never becomes an address', () => {
  const forged = 'x from 203.0.113.6 port 22 ssh2';
  test.each([
    ['a user name, in a failed login', `Failed password for invalid user ${forged} from 192.0.2.1 port 9 ssh2`],
    [
      'a user name with a key behind it',
      `Failed publickey for invalid user ${forged}: RSA SHA256:abc from 192.0.2.1 port 9 ssh2: RSA SHA256:def`,
    ],
    ['a user name, invalid', `Invalid user x from 203.0.113.6 port 22 from 192.0.2.1 port 9`],
    ['a user name, old form', 'Invalid user x from 203.0.113.6 from 192.0.2.1'],
    ['a user name, closing', 'Connection closed by invalid user x 203.0.113.6 port 22 192.0.2.1 port 9 [preauth]'],
    [
      'a user name, disconnecting',
      'Disconnected from authenticating user x 203.0.113.6 port 22 192.0.2.1 port 9 [preauth]',
    ],
    [
      'a user name, too often',
      `error: maximum authentication attempts exceeded for invalid user ${forged} from 192.0.2.1 port 9 ssh2 [preauth]`,
    ],
    [
      'a user name that ends as sshd does',
      'Failed password for invalid user x [preauth] from 203.0.113.6 port 22 from 192.0.2.1 port 9 ssh2',
    ],
    ['the words of a disconnect', 'Received disconnect from 192.0.2.1 port 9:11: bye from 203.0.113.6 port 22 ssh2'],
    [
      'the name that DNS gives',
      'reverse mapping checking getaddrinfo for x [203.0.113.6] failed [192.0.2.1] failed - POSSIBLE BREAK-IN ATTEMPT!',
    ],
    [
      'the offer in a negotiation',
      'Unable to negotiate with 192.0.2.1 port 9: no matching key exchange method found. Their offer: from 203.0.113.6 port 22',
    ],
  ])('%s', (_name, message) => {
    expect(parseSshd(message)?.['src_ip']).toBe('192.0.2.1');
  });

  test.each([
    [
      "a certificate's key id",
      `Failed publickey for root from 192.0.2.1 port 9 ssh2: RSA-CERT SHA256:a ID ${forged} (serial 1) CA RSA SHA256:b`,
    ],
    [
      'a user name with a reason behind it',
      'Disconnecting invalid user x 203.0.113.6 port 22: y 192.0.2.1 port 9: Change of username or service not allowed: (a,b) -> (c,d) [preauth]',
    ],
  ])('%s can stand on both sides: then no address is believed', (_name, message) => {
    expect(parseSshd(message)).toMatchObject({ unparsed: 'more than one address in what the client chose' });
    expect(parseSshd(message)).not.toHaveProperty('src_ip');
  });
});

test.each([
  ['spaces', ' '.repeat(1_000_000)],
  ['from', ' from'.repeat(200_000)],
  ['ports', ' port 1'.repeat(150_000)],
  ['brackets', '['.repeat(1_000_000)],
  ['ssh2', ' ssh2: a b'.repeat(100_000)],
])('a megabyte of %s is read in linear time', (_name, noise) => {
  const started = cpuMs();
  for (const start of [
    'Failed password for ',
    'Invalid user ',
    'Disconnecting ',
    'Connection closed by ',
    'refused connect from ',
    'reverse mapping checking getaddrinfo for ',
    'drop connection ',
    'PAM: ',
  ]) {
    parseSshd(start + noise);
  }
  expect(cpuMs() - started).toBeLessThan(2000);
});
