import { describe, expect, test } from '@jest/globals';
import { openValue } from '../../../src/ingest/open.ts';
import type { Fields } from '../../../src/model/log-record.ts';
import { fixture } from './fixture.ts';
import { cloudTrailRecord, idsOf, sorted } from './reading.ts';

const origin = { path: 'x.json', index: 0, time: '2026-03-02T00:00:00.000Z' };
const open = (value: unknown) => sorted(openValue(value, origin));
const line = 'Mar  1 10:00:01 web-1 sshd[42]: Failed password for root from 192.0.2.1 port 9 ssh2';
const id = '0123abcd'.repeat(8);

function wrappedTimes(value: unknown, times: number): unknown {
  return times === 0 ? value : { event: wrappedTimes(value, times - 1) };
}

describe('a record in a wrapping is opened', () => {
  const a = cloudTrailRecord('a');
  const text = JSON.stringify;
  test.each([
    ['event', { description: 'x', event: a }],
    ['event, as text', { event: text(a) }],
    ['an envelope beside an empty event', { event: null, envelope: { ...fixture('eventbridge-api-call'), detail: a } }],
    ['a hit of a search engine', { _index: 'logs', _source: a }],
    [
      "a hit with the shipper's event in it",
      { _source: { '@timestamp': '2026-03-01T10:00:00Z', event: { original: text(a) } } },
    ],
    ["a search's result", { preview: false, result: { _raw: text(a) } }],
    ['a message', { '@timestamp': '2026-03-01T10:00:00Z', message: text(a) }],
    ["CloudWatch Logs Insights' message", { '@timestamp': '2026-03-01 10:00:00.000', '@message': text(a) }],
    ["Docker's json-file", { log: `${text(a)}\n`, stream: 'stdout', time: '2026-03-01T10:00:00Z' }],
  ])('%s', (_name, value) => {
    const result = open(value);
    expect(result.failures).toEqual([]);
    expect(idsOf(result)).toEqual(['a']);
    expect(result.records[0]?.source.services).toEqual(['cloudtrail']);
  });

  test('a line of a known format, dated by its wrapping', () => {
    const { records } = open({ '@timestamp': '2024-06-01T00:00:00Z', message: line, host: { name: 'x' } });
    expect(records).toMatchObject([
      { time: '2024-03-01T10:00:01.000Z', source: { services: ['sshd', 'auth', 'syslog'] }, fields: { user: 'root' } },
    ]);
  });

  test.each([
    ['prose', { timestamp: 1772359201000, message: 'all is well' }],
    ["an application's own event", { timestamp: 1772359201000, event: { name: 'signed-up', user: 'alice' } }],
    ['more wrappings than anybody makes', { timestamp: 1772359201000, event: wrappedTimes(a, 11) }],
    ['JSON that is none', { timestamp: 1772359201000, message: '{"eventVersion":' }],
  ])('%s stays a record of its own', (_name, value) => {
    expect(open(value).records).toMatchObject([
      { fields: value, source: { product: 'unknown', services: ['json'], category: 'application' } },
    ]);
  });

  test('a bad record in a wrapping fails with its own reason', () => {
    expect(open({ event: { ...a, eventTime: '...' } }).failures).toEqual([
      expect.stringMatching(/eventTime is not an ISO 8601 time/),
    ]);
  });

  test('equal lines in different wrappings are different records', () => {
    const ids = [1, 2].map((offset) => idsOf(open({ offset, message: line }))[0]);
    expect(new Set(ids).size).toBe(2);
  });

  test("loggers' names for level and message are named as rules ask for them, and kept", () => {
    const value = { ts: 1772359201000, severity: 'WARNING', msg: 'slow' };
    expect(open(value).records[0]?.fields).toEqual({ ...value, level: 'WARNING', message: 'slow' });
  });
});

describe('the journal', () => {
  const entry = (more: Fields) => ({
    __CURSOR: 's=1',
    __REALTIME_TIMESTAMP: '1772359201500000',
    _HOSTNAME: 'web-1',
    _COMM: 'sshd',
    SYSLOG_IDENTIFIER: 'sshd',
    _PID: '42',
    PRIORITY: '6',
    SYSLOG_FACILITY: '4',
    MESSAGE: 'Failed password for root from 192.0.2.1 port 9 ssh2',
    ...more,
  });

  test.each<[string, Fields, Fields, string]>([
    [
      'a line of sshd',
      {},
      { action: 'login failed', user: 'root', hostname: 'web-1', pid: '42', priority: 38 },
      'sshd',
    ],
    [
      'a message as bytes',
      { MESSAGE: [...Buffer.from('Failed password for \u00e4 from 192.0.2.1 port 9 ssh2')] },
      { user: '\u00e4' },
      'sshd',
    ],
    ['a message that was too large', { MESSAGE: null }, { message: '' }, 'sshd'],
    ['only a process name', { SYSLOG_IDENTIFIER: undefined }, { program: 'sshd', action: 'login failed' }, 'sshd'],
    ['a program whose process has a longer name', { _COMM: 'sshd-session' }, { action: 'login failed' }, 'sshd'],
    [
      'cron in capitals',
      { _COMM: 'cron', SYSLOG_IDENTIFIER: 'CRON', MESSAGE: '(root) CMD (x)' },
      { action: 'job run' },
      'cron',
    ],
    [
      'somebody who calls himself sshd',
      { _COMM: 'logger' },
      { action: undefined, program: 'logger', unparsed: 'it calls itself sshd, but logger wrote it' },
      'syslog',
    ],
    [
      'an audit record',
      {
        _COMM: undefined,
        SYSLOG_IDENTIFIER: undefined,
        _TRANSPORT: 'audit',
        MESSAGE: 'USER_LOGIN pid=1 msg=\'op=login acct="root" res=failed\'',
      },
      { type: 'USER_LOGIN', action: 'login failed' },
      'auditd',
    ],
    [
      "a container's line",
      { CONTAINER_NAME: 'web-1', MESSAGE: '192.0.2.1 - - [01/Mar/2026:10:00:01 +0000] "GET / HTTP/1.1" 500 1 "-" "-"' },
      { container: 'web-1', 'sc-status': 500 },
      'access',
    ],
  ])('%s', (_name, more, fields, service) => {
    const { records } = open(entry(more));
    expect(records).toHaveLength(1);
    expect(records[0]?.source.services[0]).toBe(service);
    for (const [name, value] of Object.entries(fields)) expect(records[0]?.fields[name]).toEqual(value);
    expect(records[0]?.time.slice(0, 19)).toBe('2026-03-01T10:00:01');
  });

  test('a time that is none, and no other', () => {
    expect(sorted(openValue(entry({ __REALTIME_TIMESTAMP: 'x' }), { path: 'x', index: 0 })).failures).toHaveLength(1);
  });
});

describe('Docker, as JSON', () => {
  const event = {
    status: 'die',
    id,
    from: 'nginx:1',
    Type: 'container',
    Action: 'die',
    Actor: {
      ID: id,
      Attributes: { exitCode: '137', image: 'nginx:1', name: 'web', 'com.docker.compose.service': 'front' },
    },
    scope: 'local',
    time: 1772359201,
    timeNano: 1772359201500000000,
  };
  const composed = {
    time: '2026-03-01T10:00:01.500000Z',
    type: 'container',
    service: 'front',
    id,
    action: 'die',
    attributes: { exitCode: '137', image: 'nginx:1', name: 'web' },
  };

  test.each([
    ['docker events', event],
    ['docker compose events', composed],
    ['docker events in a wrapping', { timestamp: 1, log: JSON.stringify(event) }],
  ])('%s: the same fields as the text has', (_name, value) => {
    expect(open(value).records).toMatchObject([
      {
        time: '2026-03-01T10:00:01.500Z',
        source: { product: 'docker', services: ['events'] },
        fields: {
          action: 'die',
          outcome: 'failure',
          container: 'web',
          image: 'nginx:1',
          service: 'front',
          exit_code: 137,
          object_id: id,
        },
      },
    ]);
  });

  test.each(['create', 'start', 'stop', 'restart', 'kill', 'oom', 'pause', 'destroy', 'attach', 'exec_die'])(
    '%s is read',
    (action) => {
      expect(open({ ...composed, action }).records[0]?.fields).toMatchObject({ action, container: 'web' });
    },
  );

  test("a line of json-file that isn't the JSON it looks like", () => {
    const { records, failures } = open({ log: '{"cut', stream: 'stderr', time: '2026-03-01T10:00:00.5Z' });
    expect(failures).toEqual([]);
    expect(records).toMatchObject([
      { time: '2026-03-01T10:00:00.500Z', fields: { message: '{"cut', stream: 'stderr' } },
    ]);
  });
});

describe('measurements, as JSON', () => {
  test.each<[string, Fields, Fields]>([
    [
      'df, as jc writes it',
      { filesystem: '/dev/sda1', size: '8.0G', used: '7.6G', available: '400M', use_percent: 96, mounted_on: '/' },
      { use_percent: 96, size_bytes: 8 * 1024 ** 3 },
    ],
    [
      'df, by its columns',
      { Filesystem: 'overlay', Size: '50G', Used: '47G', Avail: '3G', 'Use%': '95%', 'Mounted on': '/x' },
      { use_percent: 95, mounted_on: '/x' },
    ],
    [
      'uptime, as jc writes it',
      {
        time: '11:35',
        uptime: '3 days, 4:03',
        users: 5,
        load_1m: 1.88,
        load_5m: 2,
        load_15m: 1.94,
        uptime_total_seconds: 273_780,
      },
      { load1: 1.88, load15: 1.94, users: 5, uptime_days: 3 },
    ],
    ['a list of loads', { load_average: [9, 8, 7] }, { load1: 9, load5: 8, load15: 7 }],
  ])('%s', (_name, value, fields) => {
    expect(open(value).records).toMatchObject([
      { time: origin.time, source: { product: 'linux' }, fields: { ...fields } },
    ]);
  });
});
