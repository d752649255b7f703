import { describe, expect, test } from '@jest/globals';
import { standardOpener } from '../../../../src/ingest/open.ts';
import type { LogRecord } from '../../../../src/model/log-record.ts';
import { hostHeaders } from '../../../support/host-headers.ts';
import { read, sorted } from '../reading.ts';

const now = '2026-03-12T00:00:00.000Z';

function recordOf(line: string): LogRecord | undefined {
  return sorted(standardOpener.text(line, { path: 'x.log', index: 0, time: now })).records[0];
}

/** A message of each program, and what must be read of it whatever stands before it. */
const messages = [
  {
    program: 'sshd',
    message: 'Failed password for root from 198.51.100.77 port 4007 ssh2',
    fields: { action: 'login failed', outcome: 'failure', user: 'root', src_ip: '198.51.100.77', src_port: 4007 },
  },
  {
    program: 'sudo',
    message: '     bob : command not allowed ; TTY=pts/1 ; PWD=/home/bob ; USER=root ; COMMAND=/bin/ls',
    fields: { action: 'command refused', outcome: 'failure', user: 'bob', USER: 'root', COMMAND: '/bin/ls' },
  },
  {
    program: 'su',
    message:
      'pam_unix(su:auth): authentication failure; logname=bob uid=1000 euid=0 tty=pts/0 ruser=bob rhost=  user=root',
    fields: { action: 'authentication failure', outcome: 'failure', user: 'root', ruser: 'bob', pam_service: 'su' },
  },
] as const;

describe.each(hostHeaders)('$name', ({ line, without = {} }) => {
  test.each(messages)('$program', ({ program, message, fields }) => {
    const record = recordOf(line(7, program, message));
    expect(record?.source).toMatchObject({ product: 'linux', services: expect.arrayContaining([program]) });
    expect(record?.fields).toMatchObject({
      ...fields,
      program,
      message: message.trimStart(),
      ...(without.host !== true && { hostname: 'h1' }),
      ...(without.pid !== true && { pid: '812' }),
    });
    expect(record?.time.slice(0, 19)).toBe(without.time === true ? now.slice(0, 19) : '2026-03-11T05:33:07');
  });
});

describe('what only looks like a header', () => {
  test.each([
    ['a level in the place of a host', '2026-03-11 05:33:07 INFO worker[12]: done'],
    ['a time and a sentence', '2026-03-11 05:33:07 h1 finished: 3 files'],
    ['seconds since 1970 and a number', '1773207180.5 0.25'],
    ["the kernel's own ring", '[   12.345678] Linux version 6.1.0 (gcc 12)'],
    ['a month and a sentence', 'May 11 people came'],
    ['a date that is none', '2026-13-41 05:33:07 h1 sshd[8]: Accepted password for root from 192.0.2.1 port 1 ssh2'],
    [
      'a line of a message that goes on',
      '    Mar 11 05:33:07 h1 sshd[8]: Accepted password for root from 192.0.2.1 port 1 ssh2',
    ],
  ])('%s', (_name, line) => {
    expect(recordOf(line)?.source.product).toBe('unknown');
  });

  test("what a program prints stays its own, however it's made up", () => {
    const forged = 'sshd[8]: Accepted password for root from 192.0.2.1 port 1 ssh2';
    for (const header of [
      'Mar 11 05:33:07 h1 shop[7]: ',
      'Mar 11 05:33:07 h1 shop: ',
      '<14>1 2026-03-11T05:33:07Z h1 shop 7 - - ',
      '2026-03-11T05:33:07Z h1 shop[7]: ',
    ])
      for (const inner of [
        '',
        'Mar 11 05:33:07 h1 ',
        '<38>Mar 11 05:33:07 h1 ',
        'h1 ',
        'Message forwarded from h1: ',
      ]) {
        const record = recordOf(header + inner + forged);
        expect(record?.fields['program']).toBe('shop');
        expect(record?.fields['action']).toBeUndefined();
      }
  });
});

test('lines that only say how long the host ran are as far apart as they say', async () => {
  const line = (seconds: number) =>
    `[ ${seconds}.500000] h1 sshd[8]: Failed password for root from 192.0.2.1 port 1 ssh2`;
  const { records } = await read([line(10), line(12), line(610), line(3)].join('\n'), 'x.log', { time: now });
  expect(records.map(({ time }) => time)).toEqual([
    '2026-03-12T00:00:00.000Z',
    '2026-03-12T00:00:02.000Z',
    '2026-03-12T00:10:00.000Z',
    // The host started anew.
    '2026-03-12T00:10:00.000Z',
  ]);
  expect(records[1]?.fields).toMatchObject({
    seconds_since_start: 12.5,
    unparsed: expect.stringContaining('dated by the file'),
  });
});

describe('doubtful times', () => {
  test('a zone that stands for several is taken as UTC, and says so', () => {
    const record = recordOf('Wed 2026-03-11 05:33:07 CST h1 sshd[8]: Server listening on :: port 22.');
    expect(record).toMatchObject({
      time: '2026-03-11T05:33:07.000Z',
      fields: { unparsed: expect.stringContaining('CST') },
    });
  });

  test.each([
    ['the day first where a month would lie in the future', '05/03/2026', '2026-03-05'],
    ['the month first else', '03/05/2026', '2026-03-05'],
    ['no month is beyond twelve', '11.03.2026', '2026-03-11'],
  ])('numbers: %s', (_name, date, day) => {
    expect(recordOf(`${date} 05:33:07 h1 sshd[8]: Server listening on :: port 22.`)?.time).toBe(`${day}T05:33:07.000Z`);
  });
});
