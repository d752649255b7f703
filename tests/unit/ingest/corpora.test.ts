import { describe, expect, test } from '@jest/globals';
import { createReadStream, existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readPaths } from '../../../src/ingest/files/local-files.ts';
import { readLogStream } from '../../../src/ingest/files/read-log-stream.ts';
import { idsOf, inChunks, read, sorted } from './reading.ts';
import type { Read } from './reading.ts';

/** Real logs, read in place where a checkout has them beside it. */
const corpora = fileURLToPath(new URL('../../../../shared/corpora', import.meta.url));
const real = existsSync(corpora) ? describe : describe.skip;

async function readFiles(...parts: readonly string[]): Promise<Read> {
  const all = [];
  const found = await readPaths([join(corpora, ...parts)], {
    stdin: inChunks(Buffer.alloc(0)),
    now: '2026-01-01T00:00:00.000Z',
  });
  for await (const item of found.ingested) all.push(item);
  return sorted(all);
}

function counted(values: readonly unknown[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const value of values) counts[String(value)] = (counts[String(value)] ?? 0) + 1;
  return counts;
}

real('real logs are read whole', () => {
  test.each([
    ['invictus_aws_dataset', 2900],
    ['stratus_red_team', 310],
  ])(
    '%s: %i records, the very ones that JSON.parse finds',
    async (name, records) => {
      const result = await readFiles(name, 'raw');
      expect([result.failures, result.skips]).toEqual([[], []]);
      expect(result.records).toHaveLength(records);
      expect(result.records.every(({ source }) => source.services[0] === 'cloudtrail')).toBe(true);
      const folder = join(corpora, name, 'raw');
      const plain = readdirSync(folder).flatMap((file) => {
        const content = JSON.parse(readFileSync(join(folder, file), 'utf8')) as { Records?: unknown[] } | unknown[];
        return Array.isArray(content) ? content : (content.Records ?? []);
      });
      const byId = (value: unknown) => (value as { eventID: string }).eventID;
      const sort = (values: readonly unknown[]) => [...values].sort((a, b) => byId(a).localeCompare(byId(b)));
      expect(sort(result.records.map(({ fields }) => fields))).toEqual(sort(plain));
    },
    60_000,
  );

  test('the same records as JSON lines', async () => {
    const lines = await readFiles('invictus_aws_dataset', 'events.jsonl');
    const raw = await readFiles('invictus_aws_dataset', 'raw');
    expect(new Set(idsOf(lines))).toEqual(new Set(idsOf(raw)));
  }, 60_000);

  test('StreamAlert: anonymised records fail where their time is a placeholder, the others are read', async () => {
    const lines = readFileSync(join(corpora, 'streamalert_cloudtrail', 'tests.jsonl'), 'utf8')
      .trimEnd()
      .split('\n');
    const rows = lines.map(
      (line) =>
        JSON.parse(line) as {
          event: { eventTime?: unknown } | null;
          envelope: { detail?: { eventTime?: unknown } } | null;
        },
    );
    const { records, failures } = await read(
      rows.map((row) => JSON.stringify(row.envelope ?? row.event)).join('\n'),
      'tests.jsonl',
    );
    const dated = rows.filter((row) => /^\d{4}-/.test(String(row.envelope?.detail?.eventTime ?? row.event?.eventTime)));
    expect(records.length + failures.length).toBe(54);
    expect(records).toHaveLength(dated.length);
    expect(failures.every((reason) => reason.includes('ime is not an ISO 8601 time'))).toBe(true);
  });

  test('Logstash-flattened CloudTrail is dated by @timestamp', async () => {
    const { records, failures } = await readFiles(
      'otrf_security_datasets_aws',
      'ec2_proxy_s3_exfiltration_2020-09-14011940.json',
    );
    expect([records.length, failures]).toEqual([103, []]);
  });

  test('every one of the 2,000 OpenSSH lines is understood', async () => {
    const { records, failures } = await readFiles('loghub_openssh_linux', 'OpenSSH_2k.log');
    expect(failures).toEqual([]);
    expect(counted(records.map(({ fields }) => fields['action']))).toEqual({
      'authentication failure': 639,
      'connection closed': 34,
      'connection failed': 1,
      'disconnect received': 468,
      'invalid user': 226,
      'login accepted': 1,
      'login failed': 524,
      'no identification': 10,
      'reverse mapping failed': 85,
      'session closed': 1,
      'session opened': 1,
      'too many failures': 10,
    });
    // The templates that the corpus's authors found name an address exactly where one is read here.
    const withAddress = records.filter(
      ({ fields }) => fields['src_ip'] !== undefined || fields['pam_rhost'] !== undefined,
    );
    expect(withAddress.length).toBe(
      records.filter(({ fields }) =>
        / (?:from|by|for) \S*\d+\.\d+\.\d+\.\d+|rhost=\S|\[\d+\./.test(String(fields['message'])),
      ).length,
    );
    expect(new Set(idsOf({ records, failures: [], skips: [] })).size).toBe(2000);
  });

  test('Linux_2k.log: all sshd, su, login lines', async () => {
    const { records, failures } = await readFiles('loghub_openssh_linux', 'Linux_2k.log');
    expect([records.length, failures]).toEqual([2000, []]);
    const programs = records.map(({ fields }) => fields['program']);
    expect(programs.filter((program) => program === 'sshd')).toHaveLength(677);
    expect(programs.filter((program) => program === 'su')).toHaveLength(172);
    expect(
      records.filter(
        ({ fields }) => ['sshd', 'su', 'login'].includes(String(fields['program'])) && fields['action'] === undefined,
      ),
    ).toEqual([]);
    expect(records.filter(({ fields }) => fields['unparsed'] !== undefined)).toEqual([]);
  });

  test('Linux_2k.log: every ftpd and Kerberos line too', async () => {
    const { records } = await readFiles('loghub_openssh_linux', 'Linux_2k.log');
    const of = (program: string) => records.filter(({ fields }) => fields['program'] === program);
    expect(of('ftpd')).toHaveLength(916);
    expect([...of('ftpd'), ...of('klogind')].filter(({ fields }) => fields['action'] === undefined)).toEqual([]);
    expect(counted(of('ftpd').map(({ fields }) => fields['action']))).toEqual({
      'connection failed': 4,
      'connection opened': 909,
      'login accepted': 2,
      timeout: 1,
    });
    expect(
      of('ftpd').filter(({ fields }) => fields['action'] === 'connection opened' && fields['src_ip'] === undefined),
    ).toEqual([]);
  });

  test('StreamAlert, just as its folder stands there: wrapped records are opened', async () => {
    const { records, failures } = await readFiles('streamalert_cloudtrail');
    expect(records.length + failures.length).toBe(54);
    expect(counted(records.map(({ source }) => source.services[0]))).toEqual({ cloudtrail: 41 });
    expect(failures.every((reason) => reason.includes('ime is not an ISO 8601 time'))).toBe(true);
  });

  test("AWS's and others' samples: all wrapped, one without an id of its own", async () => {
    const { records, failures } = await readFiles('small_cloudtrail_samples');
    expect(records).toHaveLength(29);
    expect(records.every(({ source }) => source.services[0] === 'cloudtrail')).toBe(true);
    expect(failures).toEqual([]);
  });

  test("Elastic's sample: who, from where, what", async () => {
    const { records } = await readFiles('elastic_auth_sample', 'test.log');
    expect(
      records.map(({ fields }) => [
        fields['action'],
        fields['user'] ?? fields['group'],
        fields['src_ip'] ?? fields['COMMAND'] ?? fields['shell'],
      ]),
    ).toEqual([
      ['login accepted', 'vagrant', '10.0.2.2'],
      ['login accepted', 'vagrant', '192.168.33.1'],
      ['invalid user', 'test', '10.0.2.2'],
      ['login failed', 'root', '216.160.83.57'],
      ['command run', 'vagrant', '/bin/ls'],
      ['no identification', undefined, '2.125.160.217'],
      ['command run', 'vagrant', '/bin/cat /var/log/secure'],
      ['command refused', 'tsg', '/bin/ls'],
      ['group created', 'apache', undefined],
      ['user created', 'apache', '/sbin/nologin'],
    ]);
  });

  test.each([
    ['the sample of sshd, sudo, groupadd and useradd', 'elastic_auth_sample/test.log', 10],
    ["sshd's messages", 'crowdsec_hub_tests/sshd-logs/sshd-logs.log', undefined],
  ])('%s: no line without an action', async (_name, file, count) => {
    const all = [];
    for await (const item of readLogStream(createReadStream(join(corpora, file)), file, {
      time: '2026-01-01T00:00:00.000Z',
    }))
      all.push(item);
    const { records, failures } = sorted(all);
    expect(failures).toEqual([]);
    if (count !== undefined) expect(records).toHaveLength(count);
    expect(
      records.filter(({ fields }) => fields['action'] === undefined).map(({ fields }) => fields['message']),
    ).toEqual([]);
  });
});
