import { beforeAll, afterAll, describe, expect, test } from '@jest/globals';
import { DuckDBInstance } from '@duckdb/node-api';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cloudTrailRecord, gzip, sorted } from '../reading.ts';
import { given } from './reading-given.ts';

const record = cloudTrailRecord('one');
const cell = (text: string) => `"${text.replaceAll('"', '""')}"`;

describe('CSV', () => {
  test.each<[string, string, readonly string[]]>([
    ['events in a column', `@timestamp,@message\n2026-03-01 10:00:00.000,${cell(JSON.stringify(record))}\n`, ['one']],
    ['the only column', `@message\n${cell(JSON.stringify(record))}\n`, ['one']],
    [
      'semicolons, and lines of Windows',
      `_time;_raw\r\n2026-03-01T10:00:00Z;${cell(JSON.stringify(record))}\r\n`,
      ['one'],
    ],
    ['tabs', `eventid\teventname\teventsource\teventtime\nx\tA\tb.amazonaws.com\t2026-03-01T10:00:00Z\n`, ['x']],
    [
      'a byte order mark, quoted names',
      `\uFEFF"eventname","eventsource","eventid","eventtime"\n"A","b","x","2026-03-01T10:00:00Z"\n`,
      ['x'],
    ],
    [
      'a line break within a cell',
      `eventid,eventname,eventsource,eventtime,note\nx,A,b,2026-03-01T10:00:00Z,"two\nlines"\ny,A,b,2026-03-01T10:00:00Z,\n`,
      ['x', 'y'],
    ],
    [
      "a column for each of CloudTrail's values",
      'eventName,eventSource,eventID,eventTime,userIdentity.type\nA,b,x,2026-03-01T10:00:00Z,Root\n',
      ['x'],
    ],
    [
      "Kibana's columns",
      `"@timestamp","event.action","event.provider","event.id","event.dataset"\n"Mar 1, 2026 @ 10:00:00.000",A,b.amazonaws.com,x,aws.cloudtrail\n`,
      ['x'],
    ],
  ])('%s', async (_name, content, ids) => {
    for (const size of [1 << 16, 5]) {
      for (const bytes of [Buffer.from(content), gzip(content)]) {
        const { records, failures } = sorted(await given(bytes, 'x.csv', {}, size));
        expect([records.map(({ id }) => id), failures]).toEqual([ids, []]);
        expect(records.map(({ source }) => source.services[0])).toEqual(ids.map(() => 'cloudtrail'));
      }
    }
  });

  test("CloudTrail's console: what it keeps is read, and what it leaves out is said", async () => {
    const content =
      'Event name,Event time,User name,Event source,Resource type,Resource name,AWS access key,AWS region,Error code,Event ID,Read-only,Request ID,Source IP address\n' +
      'DeleteTrail,"April 1, 2026, 12:00:00 (UTC+02:00)",eve,cloudtrail.amazonaws.com,AWS::CloudTrail::Trail,t,AKIA1,eu-west-1,AccessDenied,id-1,false,r,203.0.113.9\n';
    const { records, failures } = sorted(await given(content, 'event_history.csv'));
    expect(records).toMatchObject([
      {
        id: 'id-1',
        time: '2026-04-01T10:00:00.000Z',
        source: { services: ['cloudtrail'] },
        fields: {
          eventName: 'DeleteTrail',
          errorCode: 'AccessDenied',
          awsRegion: 'eu-west-1',
          sourceIPAddress: '203.0.113.9',
          readOnly: false,
          userIdentity: { userName: 'eve', accessKeyId: 'AKIA1' },
          resources: [{ ARN: 't', type: 'AWS::CloudTrail::Trail' }],
        },
      },
    ]);
    expect(failures).toEqual([expect.stringMatching(/download the event history as JSON/)]);
  });

  test.each<[string, string, number, RegExp]>([
    [
      'columns of something else',
      'a,b\n1,2\n3,4\n',
      2,
      /no known record in it, and no time: an object with the keys "a", "b"/,
    ],
    ['no row', '@timestamp,@message\n', 1, /CSV without a row/],
    [
      'a quote that never ends',
      `@timestamp,@message\n1,${cell('x')}\n2,"${'y'.repeat(5_000)}`,
      1,
      /CSV that cannot be read behind row 1/,
    ],
  ])('%s is named', async (_name, content, failures, reason) => {
    const result = sorted(await given(content, 'x.csv', { recordBytes: 4_000 }));
    expect(result.failures).toHaveLength(failures);
    expect(result.failures.at(-1)).toMatch(reason);
  });

  test('a line of a log that has commas is no header', async () => {
    const { records } = sorted(
      await given('2026-03-01 10:00:00 INFO one, two, three\n2026-03-01 10:00:01 INFO four\n', 'x.log'),
    );
    expect(records.map(({ fields }) => fields['message'])).toEqual([
      '2026-03-01 10:00:00 INFO one, two, three',
      '2026-03-01 10:00:01 INFO four',
    ]);
  });
});

describe('YAML', () => {
  const quoted = `'${JSON.stringify(record)}'`;
  test.each<[string, string, string]>([
    ['LookupEvents', `Events:\n- AccessKeyId: AKIA\n  CloudTrailEvent: ${quoted}\n  EventId: one\n`, 'x.yaml'],
    ["LookupEvents by --query 'Events[]'", `- AccessKeyId: AKIA\n  CloudTrailEvent: ${quoted}\n`, 'x.txt'],
    ["the texts alone, by --query 'Events[].CloudTrailEvent'", `- ${quoted}\n`, 'x.txt'],
    [
      'a page at a time, by --output yaml-stream',
      `- Events:\n  - CloudTrailEvent: ${quoted}\n    EventId: one\n`,
      'x.yml',
    ],
    [
      'a record as yq prints it',
      'eventVersion: "1.11"\nuserIdentity:\n  type: Root\neventTime: "2026-03-01T10:00:00Z"\neventSource: a\neventName: B\neventID: one\n',
      'x.txt',
    ],
  ])('%s', async (_name, content, path) => {
    const { records, failures } = sorted(await given(content, path));
    expect([records.map(({ id }) => id), failures]).toEqual([['one'], []]);
  });

  test('what refers to itself without end is refused', async () => {
    const levels = Array.from(
      { length: 12 },
      (_, level) => `l${level + 1}: &l${level + 1} [${Array(10).fill(`*l${level}`).join(', ')}]`,
    );
    const { failures } = sorted(await given(`Events: &l0 [x]\n${levels.join('\n')}\n`, 'x.yaml'));
    expect(failures).toEqual([expect.stringMatching(/refers to itself too often/)]);
  });

  test('lines that only look like it are lines', async () => {
    const { records } = sorted(await given('message: started\nat 10:00: stopped: [\n', 'x.log'));
    expect(records.map(({ fields }) => fields['message'])).toEqual(['message: started', 'at 10:00: stopped: [']);
  });
});

describe('Parquet', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'trailwatch-'));
    const connection = await (await DuckDBInstance.create(':memory:')).connect();
    const copy = (query: string, name: string) =>
      connection.run(`COPY (${query}) TO '${join(folder, name)}' (FORMAT parquet, COMPRESSION zstd)`);
    await copy(
      `SELECT 'e' || i AS eventid, 'StopLogging' AS eventname, 'cloudtrail.amazonaws.com' AS eventsource,
        TIMESTAMP '2026-04-01 10:00:00' + INTERVAL (i) SECOND AS eventtime, '{"name":"t"}' AS requestparameters,
        {'type': 'IAMUser', 'arn': 'arn:aws:iam::111122223333:user/eve', 'sessioncontext': {'attributes': {'mfaauthenticated': 'false'}}} AS useridentity
        FROM range(3000) r(i)`,
      'trail.parquet',
    );
    await copy(
      `SELECT {'product': {'name': 'CloudTrail', 'version': '1.11'}, 'uid': 'o1', 'event_code': 'AwsApiCall'} AS metadata,
        1775037600000 AS time, {'region': 'eu-west-1', 'account': {'uid': '111122223333'}} AS cloud,
        {'operation': 'StopLogging', 'service': {'name': 'cloudtrail.amazonaws.com'}, 'request': {'uid': 'r', 'data': '{"name":"t"}'}} AS api,
        {'user': {'type': 'Root', 'uid': 'arn:aws:iam::111122223333:root'}} AS actor,
        MAP {'readOnly': 'false', 'userIdentity.sessionContext.attributes.mfaAuthenticated': 'true'} AS unmapped`,
      'lake.parquet',
    );
    await copy('SELECT 1 AS a', 'other.parquet');
    connection.closeSync();
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const read = async (name: string) => sorted(await given(await readFile(join(folder, name)), name));

  test("CloudTrail's columns", async () => {
    const { records, failures } = await read('trail.parquet');
    expect([records.length, failures]).toEqual([3_000, []]);
    expect(records[1]).toMatchObject({
      id: 'e1',
      time: '2026-04-01T10:00:01.000Z',
      source: { services: ['cloudtrail'] },
      fields: {
        eventTime: '2026-04-01 10:00:01',
        requestParameters: { name: 't' },
        userIdentity: {
          arn: 'arn:aws:iam::111122223333:user/eve',
          sessionContext: { attributes: { mfaAuthenticated: 'false' } },
        },
      },
    });
  });

  test("Security Lake's OCSF", async () => {
    expect((await read('lake.parquet')).records).toMatchObject([
      {
        id: 'o1',
        time: '2026-04-01T10:00:00.000Z',
        fields: {
          eventName: 'StopLogging',
          requestParameters: { name: 't' },
          userIdentity: { type: 'Root', sessionContext: { attributes: { mfaAuthenticated: 'true' } } },
        },
      },
    ]);
  });

  test.each<[string, () => Promise<ReturnType<typeof sorted>>, RegExp]>([
    ['columns of something else', () => read('other.parquet'), /no known record in it/],
    [
      'a damaged file',
      async () => sorted(await given('PAR1 and nothing more PAR1', 'x.parquet')),
      /Parquet file that cannot be read/,
    ],
  ])('%s is named', async (_name, get, reason) => {
    expect(await get()).toMatchObject({ records: [], failures: [expect.stringMatching(reason)] });
  });
});

test.each<[string, Buffer, string, RegExp]>([
  ["aws's table", Buffer.from('---------\n|  Look  |\n'), 'x.txt', /--output json/],
  ['XML', Buffer.from('<?xml version="1.0"?><results/>'), 'x.xml', /XML: export it as JSON or CSV/],
  ['a page of a login', Buffer.from('<!DOCTYPE html><html>'), 'x.json', /an HTML page/],
])('%s is refused by name', async (_name, content, path, reason) => {
  expect(sorted(await given(content, path))).toMatchObject({ records: [], failures: [expect.stringMatching(reason)] });
});

test('UTF-16, as Windows PowerShell writes files, is read', async () => {
  const text = JSON.stringify({ Records: [cloudTrailRecord('ä')] });
  const le = Buffer.from(`\uFEFF${text}`, 'utf16le');
  for (const bytes of [le, Buffer.from(le).swap16()]) {
    for (const size of [1 << 16, 3]) {
      expect(sorted(await given(bytes, 'x.json', {}, size)).records.map(({ id }) => id)).toEqual(['ä']);
    }
  }
});
