import { describe, expect, test } from '@jest/globals';
import { parseSyslogLine } from '../../../../src/ingest/formats/header/syslog-line.ts';
import { idsOf, read } from '../reading.ts';

const now = '2026-03-02T00:00:00.000Z';
const web = { hostname: 'web-1', program: 'sshd', pid: '42', message: 'hello' };

describe('parseSyslogLine', () => {
  test.each([
    ['RFC 3164', 'Mar  1 10:00:01 web-1 sshd[42]: hello', { ...web, time: '2026-03-01T10:00:01.000Z' }],
    [
      'RFC 3164 with a priority',
      '<38>Mar  1 10:00:01 web-1 sshd[42]: hello',
      { ...web, priority: 38, time: '2026-03-01T10:00:01.000Z' },
    ],
    ['RFC 3164 without a host', 'Mar  1 10:00:01 sshd[42]: hello', { program: 'sshd', pid: '42', message: 'hello' }],
    [
      'RFC 3164 with a year',
      'Mar  1 2024 10:00:01 web-1 sshd[42]: hello',
      { ...web, time: '2024-03-01T10:00:01.000Z' },
    ],
    [
      'RFC 3164 with a fraction',
      'Mar  1 10:00:01.25 web-1 sshd[42]: hello',
      { ...web, time: '2026-03-01T10:00:01.250Z' },
    ],
    ['a tag without a process id', 'Mar  1 10:00:01 web-1 sudo: hello', { program: 'sudo', message: 'hello' }],
    ['a tag with a PAM module', 'Mar  1 10:00:01 web-1 sshd(pam_unix)[42]: hello', { ...web, module: 'pam_unix' }],
    ['a tag with a path', 'Mar  1 10:00:01 web-1 /usr/sbin/cron[42]: hello', { program: 'cron' }],
    [
      'no tag at all',
      'Mar  1 10:00:01 web-1 last message repeated 2 times',
      { hostname: 'web-1', message: 'last message repeated 2 times' },
    ],
    [
      'ISO 8601',
      '2026-03-01T11:00:01.123456+01:00 web-1 sshd[42]: hello',
      { ...web, time: '2026-03-01T10:00:01.123Z' },
    ],
    ['ISO 8601 without a process id', '2026-03-01T10:00:01Z web-1 sudo: hello', { hostname: 'web-1', program: 'sudo' }],
    [
      'RFC 5424',
      '<34>1 2026-03-01T10:00:01.003Z web-1 sshd 42 ID47 - hello',
      { ...web, priority: 34, messageId: 'ID47', time: '2026-03-01T10:00:01.003Z' },
    ],
    [
      'RFC 5424 with structured data',
      '<34>1 2026-03-01T10:00:01Z web-1 sshd 42 - [a@1 k="v \\" ] x"][b@2] \uFEFFhello',
      web,
    ],
    ['RFC 5424 with nothing known', '<34>1 - - - - - - hello', { message: 'hello', priority: 34 }],
    ['RFC 5424 without a priority', '1 2026-03-01T10:00:01Z web-1 sshd 42 - - hello', web],
    ['a leap day', 'Feb 29 10:00:01 web-1 sshd[42]: hello', { time: '2024-02-29T10:00:01.000Z' }],
  ])('%s', (_name, line, expected) => {
    expect(parseSyslogLine(line, now)).toMatchObject(expected);
  });

  test.each([
    [
      'a line of December read in January is of last year',
      'Dec 31 23:59:59',
      '2026-01-01T00:00:10.000Z',
      '2025-12-31T23:59:59.000Z',
    ],
    [
      'a line of January read in January is of this year',
      'Jan  1 00:00:01',
      '2026-01-01T00:00:10.000Z',
      '2026-01-01T00:00:01.000Z',
    ],
    [
      'a clock an hour ahead over New Year is of next year',
      'Jan  1 00:30:00',
      '2025-12-31T23:30:00.000Z',
      '2026-01-01T00:30:00.000Z',
    ],
    [
      'a line of tomorrow afternoon is of last year',
      'Mar  4 10:00:00',
      '2026-03-02T00:00:00.000Z',
      '2025-03-04T10:00:00.000Z',
    ],
  ])('%s', (_name, stamp, reference, time) => {
    expect(parseSyslogLine(`${stamp} web-1 sshd[42]: hello`, reference)?.time).toBe(time);
  });

  test.each([
    'Feb 30 10:00:01 web-1 sshd[42]: hello',
    'Mar  1 25:00:01 web-1 sshd[42]: hello',
    'Foo  1 10:00:01 web-1 sshd[42]: hello',
    '<34>1 yesterday web-1 sshd 42 - - hello',
    '<34>1 2026-03-01T10:00:01Z web-1 sshd 42 - [open hello',
    '<34',
    '<>',
    '2026-03-01T10:00:01Z done: 3 files',
    'hello world',
    '',
  ])('%j is no syslog line', (line) => {
    expect(parseSyslogLine(line, now)).toBeUndefined();
  });
});

describe('a log file of lines', () => {
  const sshd = (text: string, second = 1) => `Mar  1 10:00:0${second} web-1 sshd[42]: ${text}`;
  const failed = sshd('Failed password for root from 192.0.2.1 port 9 ssh2');

  test('CRLF, empty lines and a missing last newline', async () => {
    const { records } = await read(`${failed}\r\n\r\n\n  \n${failed}`, 'auth.log', { time: now });
    expect(records.map(({ fields }) => fields['message'])).toEqual(
      Array(2).fill('Failed password for root from 192.0.2.1 port 9 ssh2'),
    );
    expect(records.map(({ origin }) => origin.index)).toEqual([0, 1]);
  });

  test('equal lines are different records, and the same wherever and however they are read', async () => {
    const text = `${failed}\n${failed}\n${sshd('other')}\n`;
    const ids = idsOf(await read(text, 'auth.log', { time: now }));
    expect(new Set(ids).size).toBe(3);
    expect(idsOf(await read(text, '/elsewhere/secure', { time: '2026-05-01T00:00:00.000Z' }, 5))).toEqual(ids);
  });

  test('`message repeated` counts, and is read as the message inside', async () => {
    const line = sshd('message repeated 5 times: [ Failed password for root from 192.0.2.1 port 9 ssh2]');
    const { records } = await read(line, 'auth.log', { time: now });
    expect(records[0]?.fields).toMatchObject({
      repeat: 5,
      action: 'login failed',
      user: 'root',
      src_ip: '192.0.2.1',
      src_port: 9,
    });
  });

  test('`last message repeated` stands for the line before it, of the same host', async () => {
    const repeat = 'Mar  1 10:00:05 web-1 last message repeated 9 times';
    const { records } = await read(
      `${failed}\n${repeat}\n${failed.replaceAll('web-1', 'web-2')}\n${repeat}\n`,
      'auth.log',
      {
        time: now,
      },
    );
    expect(records[1]).toMatchObject({
      time: '2026-03-01T10:00:05.000Z',
      source: { services: expect.arrayContaining(['sshd']) },
      fields: { action: 'login failed', user: 'root', src_ip: '192.0.2.1', repeat: 9 },
    });
    expect(records[3]?.fields['action']).toBeUndefined();
  });

  test('a line that fits nothing is a record with its text and the reason', async () => {
    const { records, failures } = await read(`${failed}\n   at some.stack(trace)\n`, 'auth.log', { time: now });
    expect(failures).toEqual([]);
    expect(records[1]).toMatchObject({
      time: '2026-03-01T10:00:01.000Z',
      source: { product: 'linux', services: ['syslog'] },
      fields: { message: '   at some.stack(trace)', unparsed: 'no log format known here' },
    });
  });

  test('outside of a syslog file it is of no product', async () => {
    const { records } = await read('2026-03-01 10:00:00,5 INFO started\n', 'app.log', { time: now });
    expect(records).toMatchObject([
      {
        time: '2026-03-01T10:00:00.500Z',
        source: { product: 'unknown', services: ['plain'], category: 'application' },
      },
    ]);
  });

  test('a line without any time, from a place without one, fails', async () => {
    expect(await read('hello\n', 'app.log')).toMatchObject({
      records: [],
      failures: [expect.stringMatching(/^line without a time/)],
    });
  });

  test('JSON among the lines is opened', async () => {
    const { records, failures } = await read(
      `${failed}\n{"eventVersion":"1","eventID":"a","eventTime":"2026-03-01T10:00:00Z"}\n{"cut`,
      'x.log',
      { time: now },
    );
    expect(records.map(({ source }) => source.services[0])).toEqual(['sshd', 'cloudtrail']);
    expect(failures).toHaveLength(1);
  });

  test('bytes that are no UTF-8 are replaced and told', async () => {
    const seen: number[] = [];
    const bytes = Buffer.concat([
      Buffer.from(`${failed}\n${sshd('name ')}`),
      Buffer.from([0xff, 0xfe, 0xc3]),
      Buffer.from('\n'),
    ]);
    const { records } = await read(bytes, 'auth.log', { time: now, onInvalidText: (index) => seen.push(index) });
    expect(seen).toEqual([1]);
    expect(records[1]?.fields['message']).toBe('name \uFFFD\uFFFD\uFFFD');
  });

  test('NULs and colours are taken out before a line is read; the line as it was is kept beside', async () => {
    const { records } = await read(`${failed}\n${sshd('a\0b \x1b[31mred\x1b[0m')}\n`, 'auth.log', { time: now });
    expect(records[1]?.fields).toMatchObject({ message: 'ab red', raw: sshd('a\0b \x1b[31mred\x1b[0m') });
  });

  test('a line of a megabyte is whole, a longer one than allowed is cut and says so', async () => {
    const long = sshd(`x${'y'.repeat(1_000_000)}`);
    const whole = await read(`${long}\n${failed}`, 'auth.log', { time: now });
    expect(String(whole.records[0]?.fields['message'])).toHaveLength(1_000_001);
    const cut = await read(`${long}\n${failed}`, 'auth.log', { time: now, lineBytes: 1000 }, 100);
    expect(cut.records[0]?.fields['unparsed']).toBe(`line of ${long.length} bytes, cut`);
    expect(String(cut.records[0]?.fields['message']).length).toBeLessThan(1000);
    expect(cut.records[1]?.fields['action']).toBe('login failed');
  });

  test("CloudWatch Logs' export: syslog inside is dated by the export, applications' lines stay whole", async () => {
    const text = `2019-12-31T23:59:59.000Z Dec 31 23:59:58 web-1 sshd[42]: hello\n2019-12-31T23:59:59.000Z worker: done\n`;
    const { records } = await read(text, 'export', { time: now });
    expect(records[0]).toMatchObject({ time: '2019-12-31T23:59:58.000Z', fields: web });
    expect(records[1]).toMatchObject({
      time: '2019-12-31T23:59:59.000Z',
      fields: { message: '2019-12-31T23:59:59.000Z worker: done' },
    });
  });
});
