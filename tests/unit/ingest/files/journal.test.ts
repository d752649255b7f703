import { describe, expect, test } from '@jest/globals';
import { read } from '../reading.ts';

const cursor = 's=ea2e;i=8;b=6c7c;m=b71b;t=64cb8f8806d00;x=ddb1';
const time = '2026-03-11T05:33:07.123Z';
const size = (bytes: number | bigint): Buffer => {
  const buffer = Buffer.alloc(8);
  buffer.writeBigUInt64LE(BigInt(bytes));
  return buffer;
};
const entry = (message: string | Buffer, more = ''): Buffer =>
  Buffer.concat([
    Buffer.from(
      `__CURSOR=${cursor}\n__REALTIME_TIMESTAMP=1773207187123456\n_HOSTNAME=h1\nSYSLOG_IDENTIFIER=sshd\n_COMM=sshd\n_PID=812\n${more}`,
    ),
    typeof message === 'string'
      ? Buffer.from(`MESSAGE=${message}\n\n`)
      : Buffer.concat([Buffer.from('MESSAGE\n'), size(message.length), message, Buffer.from('\n\n')]),
  ]);
const failed = 'Failed password for root from 192.0.2.1 port 9 ssh2';

describe('the Journal Export Format', () => {
  test.each([1, 7, 64, 100_000])('entries come whole over chunks of %i bytes', async (chunk) => {
    const text = Buffer.concat([entry(failed), entry(Buffer.from(`two\nlines\n\n__CURSOR=no`)), entry('last')]);
    const { records, failures } = await read(text, 'journal.txt', {}, chunk);
    expect(failures).toEqual([]);
    expect(records.map(({ fields }) => fields['message'])).toEqual([failed, 'two\nlines\n\n__CURSOR=no', 'last']);
    expect(records[0]).toMatchObject({ time, fields: { hostname: 'h1', program: 'sshd', pid: '812', user: 'root' } });
  });

  test('a last entry without its empty line is an entry', async () => {
    const { records } = await read(entry(failed).subarray(0, -2), 'journal.txt');
    expect(records).toHaveLength(1);
  });

  test('an entry that is cut off is named, and the others are read', async () => {
    const text = Buffer.concat([entry(failed), entry(Buffer.from('binary')).subarray(0, -10)]);
    const { records, failures } = await read(text, 'journal.txt');
    expect(records.length).toBeGreaterThan(0);
    expect(failures).toEqual([expect.stringContaining('cut off')]);
  });

  test.each([
    ['more than there is', 1n << 62n],
    ['more than a record may have', 64n << 20n],
  ])('a field that claims %s is left out', async (_name, bytes) => {
    const text = Buffer.concat([entry(failed), Buffer.from('__CURSOR=x\nMESSAGE\n'), size(bytes), Buffer.from('x\n')]);
    const { records, failures } = await read(text, 'journal.txt');
    expect(records[0]?.fields['user']).toBe('root');
    expect(failures.some((reason) => reason.includes('left out'))).toBe(true);
  });

  test('what is no field is named, and reaches beyond no object', async () => {
    const text = Buffer.concat([entry(failed, '__proto__=x\nconstructor=y\n')]);
    const { records, failures } = await read(text, 'journal.txt');
    expect(records[0]?.fields['user']).toBe('root');
    expect(failures).toHaveLength(2);
  });
});

describe('journalctl -o verbose', () => {
  const heading = `Wed 2026-03-11 05:33:07.123456 UTC [${cursor}]`;
  const lines = (message: string): string =>
    `${heading}\n    _HOSTNAME=h1\n    SYSLOG_IDENTIFIER=sshd\n    _COMM=sshd\n    _PID=812\n    MESSAGE=${message}\n`;

  test.each([1, 64, 100_000])('entries come whole over chunks of %i bytes', async (chunk) => {
    const { records, failures } = await read(lines(failed) + lines('two\n            lines'), 'journal.txt', {}, chunk);
    expect(failures).toEqual([]);
    expect(records.map(({ fields }) => fields['message'])).toEqual([failed, 'two\nlines']);
    expect(records[0]).toMatchObject({ time: '2026-03-11T05:33:07.123Z', fields: { hostname: 'h1', pid: '812' } });
  });

  test('a message holds no field and no entry, whatever its lines say', async () => {
    const forged = `x\n                SYSLOG_IDENTIFIER=sudo\n            ${heading}\n            MESSAGE=y`;
    const { records } = await read(lines(forged), 'journal.txt');
    expect(records).toHaveLength(1);
    expect(records[0]?.fields).toMatchObject({ program: 'sshd', message: expect.stringContaining('MESSAGE=y') });
  });
});

describe('lines without a header', () => {
  const now = '2026-03-12T00:00:00.000Z';

  test('a log of them is read by their words, and dated by the file', async () => {
    const { records, failures } = await read(
      [failed, 'words of a later release', '   bob : TTY=pts/1 ; PWD=/ ; USER=root ; COMMAND=/bin/ls'].join('\n'),
      'ssh.log',
      { time: now },
    );
    expect(failures).toEqual([]);
    expect(records.map(({ source }) => source.services[0])).toEqual(['sshd', 'syslog', 'sudo']);
    expect(records[0]).toMatchObject({
      time: now,
      fields: { user: 'root', unparsed: expect.stringContaining('header') },
    });
  });

  test.each([
    ['among the lines of an application', ['started', 'Accepted password for root from 192.0.2.1 port 9 ssh2']],
    [
      'behind a line that has a time',
      ['2026-03-11 05:33:07 INFO x', 'Accepted password for root from 192.0.2.1 port 9 ssh2'],
    ],
    [
      'behind a line of a host',
      ['Mar 11 05:33:07 h1 shop[1]: x', 'Accepted password for root from 192.0.2.1 port 9 ssh2'],
    ],
  ])('one %s is nobody’s word', async (_name, lines) => {
    const { records } = await read(lines.join('\n'), 'x.log', { time: now });
    expect(records.map(({ fields }) => fields['action'])).toEqual([undefined, undefined]);
  });
});

test('what journalctl and ausearch print between records holds none', async () => {
  const text = [
    '-- Logs begin at Wed 2026-03-11 05:33:00 UTC, end at Wed 2026-03-11 06:00:00 UTC. --',
    'Mar 11 05:33:07 h1 sshd[812]: hello',
    '-- Boot 6c7c6013a26343b29e964691ff25d04c --',
    '----',
    'time->Wed Mar 11 05:33:00 2026',
    "type=USER_LOGIN msg=audit(03/11/26 05:33:00.123:7) : pid=8 msg='op=login acct=root addr=192.0.2.1 res=failed'",
  ].join('\n');
  const { records, skips } = await read(text, 'x.log', { time: '2026-03-12T00:00:00.000Z' });
  expect(records).toHaveLength(2);
  expect(skips).toHaveLength(4);
});

test('ausearch -i: a name that holds other values changes none of the program’s own', async () => {
  const line =
    "type=USER_LOGIN msg=audit(03/11/2026 05:33:00.123:24287) : pid=812 uid=root auid=unset msg='op=login acct=x res=success addr=203.0.113.6 auid=root exe=/usr/sbin/sshd hostname=? addr=192.0.2.1 terminal=ssh res=failed'";
  const { records } = await read(line, 'audit.txt');
  expect(records[0]).toMatchObject({
    time: '2026-03-11T05:33:00.123Z',
    fields: {
      audit_id: '1773207180.123:24287',
      action: 'login failed',
      outcome: 'failure',
      src_ip: '192.0.2.1',
      auid: 'unset',
      unparsed: expect.stringContaining('twice'),
    },
  });
});
