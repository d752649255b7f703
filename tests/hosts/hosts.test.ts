import { existsSync, globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { loadConfiguration } from '../../src/config/load-configuration.ts';
import { openLogsSubscription } from '../../src/ingest/envelopes/cloudwatch-logs.ts';
import type { Opener } from '../../src/ingest/ingested.ts';
import { createOpener } from '../../src/ingest/open.ts';
import type { LogRecord } from '../../src/model/log-record.ts';

const root = path.resolve(import.meta.dirname, '../..');
const read = (file: string): string => readFileSync(path.join(root, file), 'utf8');
const json = (file: string): unknown => JSON.parse(read(file));

const systems = ['ubuntu', 'amazon-linux-2023'] as const;
const agents = Object.fromEntries(
  systems.map((system) => [system, json(`hosts/cloudwatch-agent/${system}.json`) as Agent]),
) as Readonly<Record<(typeof systems)[number], Agent>>;
const daemon = json('hosts/docker/daemon.json') as Daemon;
const policy = json('hosts/iam/instance-policy.json') as Policy;
const unit = read('hosts/docker/trailwatch-docker-events.service');
const rotation = read('hosts/docker/trailwatch-docker-events.logrotate');
const page = read('docs/hosts.md');

/** Every log group that a host writes to. */
const groups = [
  '/hosts/agent',
  '/hosts/app',
  '/hosts/audit',
  '/hosts/auth',
  '/hosts/containers',
  '/hosts/docker-events',
  '/hosts/messages',
];

describe.each(systems)('the agent on %s', (system) => {
  const agent = agents[system];
  const files = agent.logs.logs_collected.files.collect_list;

  test('is configured by keys that it knows', () => {
    expect(Object.keys(agent).toSorted()).toEqual(['agent', 'logs', 'metrics']);
    expect(unknownKeys(agent.agent, ['metrics_collection_interval', 'run_as_user'])).toEqual([]);
    expect(unknownKeys(agent.logs, ['logs_collected', 'force_flush_interval'])).toEqual([]);
    expect(unknownKeys(agent.logs.logs_collected, ['files'])).toEqual([]);
    const known = ['file_path', 'log_group_name', 'log_stream_name', 'publish_multi_logs'];
    expect(files.flatMap((file) => unknownKeys(file, known))).toEqual([]);
    expect(unknownKeys(agent.metrics, ['namespace', 'append_dimensions', 'metrics_collected'])).toEqual([]);
    expect(Object.keys(agent.metrics.metrics_collected).toSorted()).toEqual(['disk', 'mem', 'statsd', 'swap']);
  });

  test('reads authentication, messages, audit, applications, Docker and itself', () => {
    expect(Object.fromEntries(files.map(({ log_group_name, file_path }) => [log_group_name, file_path]))).toEqual({
      '/hosts/agent': '/opt/aws/amazon-cloudwatch-agent/logs/amazon-cloudwatch-agent.log',
      '/hosts/app': '/var/log/app/*.log',
      '/hosts/audit': '/var/log/audit/audit.log',
      '/hosts/auth': system === 'ubuntu' ? '/var/log/auth.log' : '/var/log/secure',
      '/hosts/docker-events': '/var/log/trailwatch/docker-events.log',
      '/hosts/messages': system === 'ubuntu' ? '/var/log/syslog' : '/var/log/messages',
    });
  });

  test('gives each host a stream of its own, and each file of a pattern', () => {
    for (const { file_path, log_stream_name, publish_multi_logs } of files) {
      expect(log_stream_name).toBe('{instance_id}');
      // Of several files that fit, the agent otherwise reads only the newest.
      expect([file_path, publish_multi_logs ?? false]).toEqual([file_path, file_path.includes('*')]);
    }
  });

  test('takes numbers from this host alone, and sends them under the name that its role may write', () => {
    expect(agent.metrics.metrics_collected.statsd.service_address).toMatch(/^127\.0\.0\.1:\d+$/);
    const metrics = policy.Statement.find(({ Action }) => Action === 'cloudwatch:PutMetricData');
    expect(metrics?.Condition).toEqual({ StringEquals: { 'cloudwatch:namespace': agent.metrics.namespace } });
  });
});

test('containers log to a group of their own, a stream a container', () => {
  expect(daemon).toMatchObject({ 'log-driver': 'awslogs', 'log-opts': { 'awslogs-group': '/hosts/containers' } });
  const known = ['awslogs-group', 'tag', 'mode', 'max-buffer-size'];
  expect(unknownKeys(daemon['log-opts'], known)).toEqual([]);
  // Colons and stars may not stand in a stream's name; the id keeps two hosts' containers of one name apart.
  expect(daemon['log-opts'].tag).toMatch(/^[^:*]*\{\{\.ID\}\}$/);
  expect(Object.values(daemon['log-opts']).every((value) => typeof value === 'string')).toBe(true);
});

describe('log groups are the same everywhere:', () => {
  test('in the agents and the Docker daemon', () => {
    const written = [
      ...systems.flatMap((system) =>
        agents[system].logs.logs_collected.files.collect_list.map(({ log_group_name }) => log_group_name),
      ),
      daemon['log-opts']['awslogs-group'],
    ];
    expect([...new Set(written)].toSorted()).toEqual(groups);
  });

  test("in the instance's role, which may write to them and to nothing else", () => {
    const logs = policy.Statement.filter(({ Action }) => String([Action].flat()).includes('logs:'));
    expect(logs).toHaveLength(1);
    expect([logs[0]?.Resource ?? []].flat()).toEqual(
      groups.flatMap((group) => [
        `arn:aws:logs:*:*:log-group:${group}`,
        `arn:aws:logs:*:*:log-group:${group}:log-stream:*`,
      ]),
    );
    const actions = policy.Statement.flatMap(({ Action }) => Action);
    expect(actions.filter((action) => /\*|Delete|Create(?!LogStream)|Retention/.test(action))).toEqual([]);
  });

  test('on the page, where they are made and where they are given to the stack', () => {
    expect([...new Set(page.match(/\/hosts\/[a-z-]+(?![a-z-]*[./])/g))].toSorted()).toEqual(groups);
    const given = /^groups=(\S+)$/m.exec(page)?.[1]?.split(',').toSorted();
    expect(given).toEqual(groups);
  });
});

describe('the unit for Docker events', () => {
  const sections = sectionsOf(unit);

  test('is of sections and settings, each of a kind that systemd has', () => {
    expect([...sections.keys()]).toEqual(['Unit', 'Service', 'Install']);
    for (const settings of sections.values()) {
      expect([...settings.keys()].filter((key) => !/^[A-Z][A-Za-z]+$/.test(key))).toEqual([]);
    }
  });

  test('writes JSON lines into the file that the agents read', () => {
    const service = sections.get('Service');
    const command = /^\/bin\/sh -c 'exec \/usr\/bin\/docker events --format "\{\{json \.\}\}" >> (\S+)'$/;
    const file = command.exec(service?.get('ExecStart') ?? '')?.[1];
    expect(file).toBeDefined();
    for (const system of systems) {
      const read = agents[system].logs.logs_collected.files.collect_list;
      expect(read.find(({ log_group_name }) => log_group_name === '/hosts/docker-events')?.file_path).toBe(file);
    }
    expect(path.dirname(file ?? '')).toBe(`/var/log/${service?.get('LogsDirectory')}`);
    expect(service?.get('Restart')).toBe('always');
  });

  test('lets systemd open no file in a folder that it makes only afterwards', () => {
    expect(['StandardOutput', 'StandardError'].filter((key) => sections.get('Service')?.has(key))).toEqual([]);
  });

  test('has its file rotated in place, since it keeps the file open', () => {
    expect(rotation).toMatch(/^\/var\/log\/trailwatch\/\*\.log \{\n(?: {4}[^\n]+\n)+\}\n$/);
    expect(rotation).toMatch(/^ {4}copytruncate$/m);
    expect(rotation).toMatch(/^ {4}rotate \d+$/m);
  });
});

describe('a line of each log is read as what it is', () => {
  let opener: Opener;
  beforeAll(async () => {
    opener = createOpener((await loadConfiguration([path.join(root, 'config/default.yml')])).logs);
  });

  test.each([
    {
      group: '/hosts/auth',
      log: "Ubuntu's auth.log",
      line: '2026-03-11T09:00:01.012000+00:00 web-1 sshd[811]: Failed password for root from 198.51.100.23 port 40274 ssh2',
      source: ['linux', 'sshd'],
      fields: { action: 'login failed', user: 'root', src_ip: '198.51.100.23' },
    },
    {
      group: '/hosts/auth',
      log: "Amazon Linux's secure",
      line: 'Mar 11 09:00:01 ip-10-0-1-7 sudo[912]: ec2-user : TTY=pts/0 ; PWD=/home/ec2-user ; USER=root ; COMMAND=/bin/bash',
      source: ['linux', 'sudo'],
      fields: { user: 'ec2-user', USER: 'root' },
    },
    {
      group: '/hosts/messages',
      log: 'a daemon in messages',
      line: 'Mar 11 09:00:01 ip-10-0-1-7 systemd[1]: Started nginx.service - The nginx HTTP and reverse proxy server.',
      source: ['linux', 'syslog'],
      fields: { program: 'systemd' },
    },
    {
      group: '/hosts/messages',
      log: 'what looks like a CloudTrail record, but was written by a host',
      line: '{"eventVersion":"1.11","eventTime":"2026-03-11T09:00:01Z","eventSource":"iam.amazonaws.com","eventName":"CreateUser"}',
      source: ['unknown', 'plain'],
      fields: {},
    },
    {
      group: '/hosts/audit',
      log: "auditd's record of a login",
      line: `type=USER_LOGIN msg=audit(1773219601.123:4567): pid=811 uid=0 auid=1000 ses=3 msg='op=login id=1000 exe="/usr/sbin/sshd" hostname=198.51.100.23 addr=198.51.100.23 terminal=/dev/pts/0 res=success'`,
      source: ['linux', 'auditd'],
      fields: {},
    },
    {
      group: '/hosts/docker-events',
      log: 'a container that dies',
      line: '{"status":"die","id":"4f1c0de1a2b3","from":"shop/api:1.4","Type":"container","Action":"die","Actor":{"ID":"4f1c0de1a2b3","Attributes":{"exitCode":"137","image":"shop/api:1.4","name":"shop-api-1"}},"scope":"local","time":1773219601,"timeNano":1773219601123456789}',
      source: ['docker', 'events'],
      fields: { action: 'die', container: 'shop-api-1', exit_code: 137, outcome: 'failure' },
    },
    {
      group: '/hosts/app',
      log: "an application's line",
      line: '2026-03-11 09:00:01 ERROR could not reach the database',
      source: ['unknown', 'plain'],
      fields: {},
    },
    {
      group: '/hosts/containers',
      log: "a web server's access line",
      line: '198.51.100.23 - - [11/Mar/2026:09:00:01 +0000] "GET /admin HTTP/1.1" 404 153 "-" "curl/8.5.0"',
      source: undefined,
      fields: {},
    },
    {
      group: '/hosts/agent',
      log: 'the agent, which may not write',
      line: '2026-03-11T09:00:01Z E! [outputs.cloudwatchlogs] Aws error received when sending logs to /hosts/auth/i-0abc: AccessDeniedException',
      source: ['aws', 'cloudwatch_agent'],
      fields: {},
    },
  ])('$group: $log', ({ group, line, source, fields }) => {
    const record = recordOf(group, line, opener);
    expect(record.fields).toMatchObject(fields);
    expect(record.time.slice(0, 17)).toBe('2026-03-11T09:00:');
    if (source !== undefined) {
      expect(record.source.product).toBe(source[0]);
      expect(record.source.services).toContain(source[1]);
    }
  });
});

describe('what a host or an application writes passes for nobody else', () => {
  const trail = {
    eventVersion: '1.11',
    eventID: '6f0a2a1e-4a3c-4b0a-9d52-3a64a1f6c7aa',
    eventTime: '2026-03-11T09:00:01Z',
    eventSource: 'ec2.amazonaws.com',
    eventName: 'StopInstances',
    awsRegion: 'eu-west-1',
    userIdentity: { type: 'IAMUser', userName: 'ana', accountId: '111122223333' },
  };
  const event = {
    version: '0',
    id: '7bf73129-1428-4cd3-a780-95db273d1602',
    'detail-type': 'EC2 Instance State-change Notification',
    source: 'aws.ec2',
    time: '2026-03-11T09:00:01Z',
    detail: { 'instance-id': 'i-0abc', state: 'stopped' },
  };
  const forged: Readonly<Record<string, string>> = {
    'a CloudTrail record': JSON.stringify(trail),
    'a CloudTrail file': JSON.stringify({ Records: [trail, trail] }),
    'a list of records': JSON.stringify([trail]),
    'a record looked up': JSON.stringify({ CloudTrailEvent: JSON.stringify(trail) }),
    'an event of the bus': JSON.stringify(event),
    'a record that an event carries': JSON.stringify({
      ...event,
      'detail-type': 'AWS API Call via CloudTrail',
      detail: trail,
    }),
    'an alert of Trailwatch': JSON.stringify({ ...event, source: 'trailwatch', 'detail-type': 'Trailwatch Finding' }),
    'a record in an SNS notification': JSON.stringify({
      Type: 'Notification',
      TopicArn: 'arn:aws:sns:eu-west-1:111122223333:trail',
      Message: JSON.stringify(trail),
    }),
    'a record in a wrapping': JSON.stringify({ message: JSON.stringify(trail) }),
    'a log event of another group': JSON.stringify({
      messageType: 'DATA_MESSAGE',
      owner: '111122223333',
      logGroup: 'aws-cloudtrail-logs-1',
      logStream: 's',
      subscriptionFilters: ['f'],
      logEvents: [{ id: '1', timestamp: 1_773_219_601_000, message: JSON.stringify(trail) }],
    }),
    'a control message': JSON.stringify({ messageType: 'CONTROL_MESSAGE', logEvents: [] }),
    "a line of a container's": `web_1  | ${JSON.stringify(trail)}`,
    'a line with its time before it': `2026-03-11T09:00:01.000Z ${JSON.stringify(trail)}`,
    "Docker's wrapping": JSON.stringify({ log: JSON.stringify(trail), stream: 'stdout', time: '2026-03-11T09:00:01Z' }),
    "a journal's entry": JSON.stringify({
      __REALTIME_TIMESTAMP: '1773219601000000',
      _HOSTNAME: 'h',
      MESSAGE: JSON.stringify(trail),
    }),
    'an empty list': '[]',
  };
  const asDocker = JSON.stringify({
    Type: 'container',
    Action: 'exec_start: sh',
    Actor: { ID: '1', Attributes: {} },
    time: 1_773_219_601,
  });
  const asSshd = 'Mar 11 09:00:01 web-1 sshd[1]: Accepted password for root from 198.51.100.23 port 22 ssh2';
  const asAudit = 'type=USER_LOGIN msg=audit(1773219601.123:1): pid=1 uid=0 msg=\'op=login acct="root" res=success\'';

  let opener: Opener;
  beforeAll(async () => {
    opener = createOpener((await loadConfiguration([path.join(root, 'config/default.yml')])).logs);
  });

  test.each(groups.flatMap((group) => Object.keys(forged).map((name) => [group, name] as const)))(
    '%s: %s is no record of AWS',
    (group, name) => {
      const record = recordOf(group, forged[name] ?? '', opener);
      expect(record.source.product).not.toBe('aws');
      expect(record.source.services).not.toContain('cloudtrail');
    },
  );

  test.each(['/hosts/app', '/hosts/containers'])('%s: nor is a line one of sshd, auditd or Docker', (group) => {
    for (const line of [asSshd, asAudit, asDocker, `web_1  | ${asSshd}`, JSON.stringify({ message: asSshd })]) {
      expect(recordOf(group, line, opener).source.product).toBe('unknown');
    }
  });

  test('/hosts/docker-events: nor is a line there one of sshd or auditd', () => {
    for (const line of [asSshd, asAudit]) {
      expect(recordOf('/hosts/docker-events', line, opener).source.product).toBe('unknown');
    }
    expect(recordOf('/hosts/docker-events', asDocker, opener).source.product).toBe('docker');
  });

  test.each([
    ['/hosts/app', '{"level":"error","msg":"no database","time":"2026-03-11T09:00:01Z"}', { message: 'no database' }],
    ['/hosts/app', '{"level":"error", cut in the middle', { message: '{"level":"error", cut in the middle' }],
    ['/hosts/app', '2019.12.11, 20:47:14.0285 UTC -> Disconnected: sockets disconnected', {}],
  ])('%s: %s is still read', (group, line, fields) => {
    const record = recordOf(group, line, opener);
    expect(record.source).toMatchObject({ product: 'unknown', category: 'application' });
    expect(record.fields).toMatchObject(fields);
  });
});

describe('the page', () => {
  test('names every file of the folder, and no other', () => {
    const named = [...new Set(page.match(/hosts\/(?:cloudwatch-agent|docker|iam)\/[\w.-]+\w/g))].toSorted();
    expect(named).toEqual(globSync('hosts/*/*', { cwd: root }).toSorted());
  });

  test('links only to what is there', () => {
    const links = [...page.matchAll(/\]\((?!https:)([^)#]+)/g)].map(([, link]) => link ?? '');
    expect(links.filter((link) => !existsSync(path.join(root, 'docs', link)))).toEqual([]);
  });
});

/** A record as the subscription's function would read it. */
function recordOf(logGroup: string, message: string, opener: Opener): LogRecord {
  const payload = {
    messageType: 'DATA_MESSAGE',
    owner: '111122223333',
    logGroup,
    logStream: 'i-0abc1234def567890',
    subscriptionFilters: ['trailwatch-dev'],
    logEvents: [{ id: '38834572111111111111111111111111111111111111111111111111', timestamp: 1773219602000, message }],
  };
  const event = { awslogs: { data: gzipSync(JSON.stringify(payload)).toString('base64') } };
  const [item] = [...openLogsSubscription(event, undefined, opener)];
  if (item?.kind !== 'record') throw new Error(`no record: ${JSON.stringify(item)}`);
  return item.record;
}

function unknownKeys(value: object, known: readonly string[]): string[] {
  return Object.keys(value).filter((key) => !known.includes(key));
}

function sectionsOf(text: string): ReadonlyMap<string, ReadonlyMap<string, string>> {
  const sections = new Map<string, Map<string, string>>();
  let current: Map<string, string> | undefined;
  for (const line of text.split('\n').filter((each) => each !== '' && !each.startsWith('#'))) {
    const [, section] = /^\[(\w+)\]$/.exec(line) ?? [];
    const equals = line.indexOf('=');
    if (section !== undefined) sections.set(section, (current = new Map<string, string>()));
    else if (current === undefined || equals < 1) throw new Error(`not a unit file's line: ${line}`);
    else current.set(line.slice(0, equals), line.slice(equals + 1));
  }
  return sections;
}

interface Agent {
  readonly agent: object;
  readonly logs: {
    readonly logs_collected: {
      readonly files: {
        readonly collect_list: readonly {
          readonly file_path: string;
          readonly log_group_name: string;
          readonly log_stream_name: string;
          readonly publish_multi_logs?: boolean;
        }[];
      };
    };
  };
  readonly metrics: {
    readonly namespace: string;
    readonly metrics_collected: { readonly statsd: { readonly service_address: string } };
  };
}

interface Daemon {
  readonly 'log-opts': Readonly<Record<'awslogs-group' | 'tag', string>>;
}

interface Policy {
  readonly Statement: readonly {
    readonly Action: string | readonly string[];
    readonly Resource: string | readonly string[];
    readonly Condition?: unknown;
  }[];
}
