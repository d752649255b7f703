import { describe, expect, test } from '@jest/globals';
import { standardOpener } from '../../../../src/ingest/open.ts';
import type { LogRecord } from '../../../../src/model/log-record.ts';
import { hostShippers } from '../../../support/host-shippers.ts';
import { sorted } from '../reading.ts';

const now = '2026-03-12T00:00:00.000Z';

function recordsOf(value: unknown): readonly LogRecord[] {
  return sorted(standardOpener.text(JSON.stringify(value), { path: 'x.jsonl', index: 0, time: now })).records;
}

const messages = [
  {
    program: 'sshd',
    message: 'Failed password for root from 198.51.100.77 port 4007 ssh2',
    fields: { action: 'login failed', outcome: 'failure', user: 'root', src_ip: '198.51.100.77', src_port: 4007 },
  },
  {
    program: 'sudo',
    message: 'bob : command not allowed ; TTY=pts/1 ; PWD=/home/bob ; USER=root ; COMMAND=/bin/ls',
    fields: { action: 'command refused', outcome: 'failure', user: 'bob', USER: 'root', COMMAND: '/bin/ls' },
  },
  {
    program: 'su',
    message:
      'pam_unix(su:auth): authentication failure; logname=bob uid=1000 euid=0 tty=pts/0 ruser=bob rhost=  user=root',
    fields: { action: 'authentication failure', outcome: 'failure', user: 'root', ruser: 'bob', pam_service: 'su' },
  },
] as const;

describe.each(hostShippers)('$name', ({ line, without = {} }) => {
  test.each(messages)('$program', ({ program, message, fields }) => {
    const [record, more] = recordsOf(line(7, program, message));
    expect(more).toBeUndefined();
    expect(record?.source).toMatchObject({ product: 'linux', services: expect.arrayContaining([program]) });
    expect(record?.fields).toMatchObject({
      ...fields,
      program,
      message,
      hostname: 'h1',
      ...(without.pid !== true && { pid: '812' }),
    });
    expect(record?.time.slice(0, 19)).toBe('2026-03-11T05:33:07');
  });
});

describe('what only looks like it', () => {
  test.each([
    ['an application that has a program', { program: 'shop', host: 'h1', message: 'Accepted password for root' }],
    ['a service called as a program', { service: 'login', host: 'h1', message: 'user bob logged in' }],
    ['a message of sshd without a program', { host: 'h1', message: 'words of sshd' }],
    ['a program without host, process or priority', { ident: 'sshd', message: 'Invalid user x from 192.0.2.1 port 1' }],
    ['a program that is an object', { ident: { sshd: 1 }, host: 'h1', message: 'x' }],
  ])('%s stays JSON of an application', (_name, value) => {
    expect(recordsOf(value)[0]?.source.product).toBe('unknown');
  });

  test('what a shipper adds beside does not pass for what the message says', () => {
    const [record] = recordsOf({
      ident: 'sshd',
      host: 'h1',
      message: 'words of a later release',
      action: 'login accepted',
      outcome: 'success',
      user: 'root',
      src_ip: '192.0.2.1',
    });
    expect(record?.fields).toMatchObject({ program: 'sshd', hostname: 'h1' });
    for (const name of ['action', 'outcome', 'user', 'src_ip']) expect(record?.fields[name]).toBeUndefined();
  });

  test('an entry of the journal that another process wrote in sshd’s name', () => {
    const [record] = recordsOf({
      SYSLOG_IDENTIFIER: 'sshd',
      _COMM: 'logger',
      _HOSTNAME: 'h1',
      MESSAGE: 'Accepted password for root from 192.0.2.1 port 1 ssh2',
      '@timestamp': '2026-03-11T05:33:07Z',
    });
    expect(record?.fields).toMatchObject({ program: 'logger', unparsed: expect.stringContaining('calls itself sshd') });
    expect(record?.fields['action']).toBeUndefined();
  });
});

test("sshd's message taken apart by Elastic is put together again", () => {
  const [record] = recordsOf({
    '@timestamp': '2026-03-11T05:33:07Z',
    host: { hostname: 'h1' },
    process: { name: 'sshd', pid: 812 },
    system: { auth: { ssh: { event: 'Failed', method: 'password' } } },
    user: { name: 'root' },
    source: { ip: '198.51.100.77', port: 4007 },
    event: { action: 'ssh_login', outcome: 'failure' },
  });
  expect(record?.fields).toMatchObject({
    action: 'login failed',
    user: 'root',
    src_ip: '198.51.100.77',
    src_port: 4007,
  });
});
