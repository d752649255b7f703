import { readFileSync } from 'node:fs';
import { loadAwsServiceSpecSync } from '@aws-cdk/aws-service-spec';
import { describe, expect, test } from '@jest/globals';
import { canaryAlarm } from '../../deploy/resources/canary-alarm.ts';
import type { Resources as StackResources } from '../../deploy/cloudformation.ts';
import { most } from '../../deploy/stack/alarm.ts';
import { completeStack } from '../../deploy/stack/complete.ts';
import { ofType } from './checks.ts';
import type { Resource, Template } from './packaged.ts';
import { stageOf } from './stage-of.ts';
import { specificationProblems } from './specification.ts';

type Resources = Template['Resources'];
/** A stack of two functions: `pulled` reads a queue, a stream and a table's stream, `pushed` is called by a rule. */
function resourcesOf(more: Record<string, unknown> = {}): Record<string, unknown> {
  const getArn = (id: string): object => ({ 'Fn::GetAtt': [id, 'Arn'] });
  const lambda = (name: string, seconds: number): object => ({
    Type: 'AWS::Lambda::Function',
    Properties: {
      FunctionName: `trailwatch-prod-${name}`,
      Timeout: seconds,
      MemorySize: 512,
      Role: 'arn:aws:iam::111122223333:role/x',
      Code: { S3Bucket: 'b', S3Key: 'k' },
      ...(name === 'pushed' && { DeadLetterConfig: { TargetArn: 'arn:aws:sqs:eu-west-1:111122223333:x' } }),
    },
  });
  const logs = (name: string): object => ({
    Type: 'AWS::Logs::LogGroup',
    Properties: { LogGroupName: `/aws/lambda/trailwatch-prod-${name}`, RetentionInDays: 14 },
  });
  const mapping = (from: object): object => ({
    Type: 'AWS::Lambda::EventSourceMapping',
    Properties: { EventSourceArn: from, FunctionName: { Ref: 'Pulled' }, Enabled: true },
  });
  const rule = (name: string, bus: object, target: object): object => ({
    Type: 'AWS::Events::Rule',
    Properties: {
      Name: `trailwatch-prod-${name}`,
      ...bus,
      State: 'ENABLED',
      EventPattern: { source: ['x'] },
      Targets: [{ Id: 'x', Arn: target }],
    },
  });
  return {
    Pulled: lambda('pulled', 30),
    PulledLogs: logs('pulled'),
    Pushed: lambda('pushed', 60),
    PushedLogs: logs('pushed'),
    Queue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'trailwatch-prod-queue', VisibilityTimeout: 180 } },
    Dead: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'trailwatch-prod-queue-dead-letters' } },
    Stream: { Type: 'AWS::Kinesis::Stream', Properties: { Name: 'trailwatch-prod-stream', ShardCount: 1 } },
    FromQueue: mapping(getArn('Queue')),
    FromStream: mapping(getArn('Stream')),
    Bus: { Type: 'AWS::Events::EventBus', Properties: { Name: 'trailwatch-prod-findings' } },
    ToPushed: rule('to-pushed', {}, getArn('Pushed')),
    ToQueue: rule('to-queue', { EventBusName: { Ref: 'Bus' } }, getArn('Queue')),
    Table: {
      Type: 'AWS::DynamoDB::Table',
      Properties: { TableName: 'trailwatch-prod-state', KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }] },
    },
    AlertsTopic: { Type: 'AWS::SNS::Topic', Properties: { TopicName: 'trailwatch-prod-alerts' } },
    Findings: {
      Type: 'AWS::KinesisFirehose::DeliveryStream',
      Properties: { DeliveryStreamName: 'trailwatch-prod-findings' },
    },
    Group: { Type: 'AWS::Athena::WorkGroup', Properties: { Name: 'trailwatch-prod-reports' } },
    ...more,
  };
}

function manyFunctions(): Record<string, unknown> {
  return Object.fromEntries(
    Array.from({ length: 80 }, (_one, index) => [
      `F${index}`,
      { Type: 'AWS::Lambda::Function', Properties: { FunctionName: `trailwatch-prod-f${index}`, Timeout: 30 } },
    ]),
  );
}

function complete(given: Readonly<Record<string, string>> = {}, more: Record<string, unknown> = {}): Resources {
  const template = { Resources: resourcesOf(more) as unknown as StackResources };
  return completeStack(template, stageOf(given)).Resources;
}

describe('alarms on itself', () => {
  const alarms = (resources: Resources): Record<string, Record<string, unknown>> =>
    Object.fromEntries(
      ofType(resources, 'AWS::CloudWatch::Alarm').map(([, { Properties }]) => [
        String(Properties['AlarmName']).replace('trailwatch-prod-', ''),
        Properties,
      ]),
    );

  test('there is one for each thing that can go wrong, of whatever the stack holds', () => {
    expect(Object.keys(alarms(complete()))).toEqual([
      'pulled-errors',
      'pulled-throttles',
      'pulled-duration',
      'pushed-errors',
      'pushed-throttles',
      'pushed-duration',
      'queue-age',
      'pulled-lag',
      'state-throttles',
      'findings-firehose-lag',
      'alerts-failed',
      'errors-logged',
      'lost-1',
    ]);
  });

  test('what could not even be set aside is counted, of each function and rule, ten of them an alarm', () => {
    const lost = alarms(complete())['lost-1']?.['Metrics'];
    expect(lost).toEqual([
      expect.objectContaining({
        MetricStat: expect.objectContaining({ Metric: metric('Lambda', { FunctionName: 'pushed' }) }),
      }),
      expect.objectContaining({
        MetricStat: expect.objectContaining({ Metric: metric('Events', { RuleName: 'to-pushed' }) }),
      }),
      expect.objectContaining({
        MetricStat: expect.objectContaining({
          Metric: metric('Events', { EventBusName: 'findings', RuleName: 'to-queue' }),
        }),
      }),
      expect.objectContaining({ Expression: 'SUM(METRICS())', ReturnData: true }),
    ]);
  });

  function metric(service: string, names: Readonly<Record<string, string>>): unknown {
    const Dimensions = Object.entries(names).map(([Name, name]) => ({ Name, Value: `trailwatch-prod-${name}` }));
    return expect.objectContaining({ Namespace: `AWS/${service}`, Dimensions });
  }

  test.each([
    { name: 'pulled-duration', Threshold: 27_000, why: 'nine tenths of the 30 s it has' },
    { name: 'queue-age', Threshold: 360, why: 'as long as two tries take' },
    { name: 'pulled-lag', Threshold: 3_600_000, why: 'an hour' },
  ])('$name rings above $why', ({ name, Threshold }) => {
    expect(alarms(complete())[name]).toMatchObject({ Threshold, ComparisonOperator: 'GreaterThanThreshold' });
  });

  test('they notify nobody themselves; the one over all of them does', () => {
    const resources = complete();
    expect(Object.values(alarms(resources)).filter((properties) => 'AlarmActions' in properties)).toEqual([]);
    const composites = ofType(resources, 'AWS::CloudWatch::CompositeAlarm');
    expect(composites.map(([id]) => id)).toEqual(['Unhealthy']);
    const { AlarmName, AlarmRule, AlarmActions, OKActions } = composites[0]?.[1].Properties ?? {};
    expect(AlarmName).toBe('trailwatch-prod-unhealthy');
    expect([AlarmActions, OKActions]).toEqual([[{ Ref: 'AlertsTopic' }], [{ Ref: 'AlertsTopic' }]]);
    const rule = (AlarmRule as { 'Fn::Sub': string })['Fn::Sub'];
    for (const [id] of ofType(resources, 'AWS::CloudWatch::Alarm')) expect(rule).toContain(`ALARM("\${${id}}")`);
  });

  test('more of them than one alarm takes are parted among several', () => {
    const resources = complete({}, manyFunctions());
    const rules = ofType(resources, 'AWS::CloudWatch::CompositeAlarm').map(([id, { Properties }]) => {
      const rule = (Properties['AlarmRule'] as { 'Fn::Sub': string })['Fn::Sub'];
      // As long as CloudWatch sees it, with names in the place of ids.
      const written = rule.replaceAll(/\$\{(\w+)\}/g, (_match, child: string) =>
        String(resources[child]?.Properties['AlarmName']),
      );
      return { id, children: rule.split(' OR ').length, characters: written.length };
    });
    expect(rules.map(({ id }) => id)).toEqual(['UnhealthyPart1', 'UnhealthyPart2', 'UnhealthyPart3', 'Unhealthy']);
    expect(rules.at(-1)?.children).toBe(3);
    expect(Math.max(...rules.map(({ children }) => children))).toBeLessThanOrEqual(most.children);
    expect(Math.max(...rules.map(({ characters }) => characters))).toBeLessThan(most.ruleCharacters);
  });

  test('errors are counted in every log group of a function, and in no other', () => {
    const other = { Type: 'AWS::Logs::LogGroup', Properties: { LogGroupName: '/aws/cloudtrail' } };
    const filters = ofType(complete({}, { Other: other }), 'AWS::Logs::MetricFilter');
    expect(filters.map(([, { Properties }]) => Properties['LogGroupName'])).toEqual([
      { Ref: 'PulledLogs' },
      { Ref: 'PushedLogs' },
    ]);
  });

  test('a stage can do without them', () => {
    const resources = complete({ healthAlarms: 'false' });
    expect(Object.values(resources).filter(({ Type }) => /Alarm|MetricFilter/.test(Type))).toEqual([]);
  });
});

describe('the dashboard', () => {
  interface Widget {
    readonly x: number;
    readonly y: number;
    readonly width: number;
    readonly properties: { readonly title: string; readonly metrics?: readonly (readonly unknown[])[] };
  }
  const bodyOf = (resources: Resources): { readonly widgets: readonly Widget[] } => {
    const { DashboardBody } = (resources['Dashboard'] as Resource).Properties as {
      DashboardBody: { 'Fn::Sub': string };
    };
    return JSON.parse(DashboardBody['Fn::Sub']) as { readonly widgets: readonly Widget[] };
  };

  test('has a chart for each question, none over another', () => {
    const { widgets } = bodyOf(complete());
    expect(widgets.map(({ properties }) => properties.title)).toEqual(
      expect.arrayContaining([
        'Health',
        'Records read, by source',
        'Records that could not be read',
        'Findings, by level',
        'Outcome of findings',
        'Notifications',
        'Time from event to notification, in milliseconds',
        'Own metrics with alarms',
        'Dead letters, to be replayed',
        'Age of the oldest message, in seconds',
        'Duration (p95), in milliseconds',
        'Concurrent executions',
        'Cost: bytes that Athena read an hour',
      ]),
    );
    for (const { x, width } of widgets) expect(x + width).toBeLessThanOrEqual(24);
    expect(new Set(widgets.map(({ x, y }) => `${x},${y}`)).size).toBe(widgets.length);
  });

  test('each of our own metrics that it or an alarm names is one that the code counts', () => {
    const watch = canaryAlarm(stageOf());
    const alarmed = ofType({ ...complete(), ...watch.Resources }, 'AWS::CloudWatch::Alarm')
      .flatMap(([, { Properties }]) => metricsOf(Properties))
      .flatMap(([namespace, name]) => (namespace === 'Trailwatch' ? [String(name)] : []));
    expect(alarmed.filter((name) => !ownMetrics().has(name))).toEqual([]);
    const searched = JSON.stringify(bodyOf(complete())).matchAll(/\{Trailwatch,[\w,]+\} MetricName=\\+"(\w+)/g);
    const names = new Set([...searched].map(([, name]) => name ?? ''));
    expect(names.size).toBeGreaterThan(6);
    expect([...names].filter((name) => !ownMetrics().has(name))).toEqual([]);
  });

  test('each metric of AWS that it or an alarm names is one that AWS has', () => {
    const resources = complete();
    const named = [
      ...bodyOf(resources).widgets.flatMap(({ properties }) => properties.metrics ?? []),
      ...ofType(resources, 'AWS::CloudWatch::Alarm').flatMap(([, { Properties }]) => metricsOf(Properties)),
    ].filter((metric): metric is [string, string] => typeof metric[0] === 'string');
    expect(named.length).toBeGreaterThan(30);
    const known = awsMetrics();
    const unknown = named
      .map(([namespace, name]) => `${namespace} ${name}`)
      .filter((name) => !name.startsWith('Trailwatch ') && !known.has(name));
    expect(unknown).toEqual([]);
  });

  const listed = (resources: Resources): string[] =>
    [...JSON.stringify(bodyOf(resources)).matchAll(/:alarm:([\w.-]+)"/g)].map(([, name]) => name ?? '');

  test('lists every alarm, first those that ring', () => {
    const resources = complete();
    const names = Object.values(resources).flatMap(({ Type, Properties }) =>
      Type.endsWith('Alarm') ? [String(Properties['AlarmName'])] : [],
    );
    expect(listed(resources).toSorted((a, b) => a.localeCompare(b))).toEqual(
      names.toSorted((a, b) => a.localeCompare(b)),
    );
    expect(listed(resources)[0]).toBe('trailwatch-prod-unhealthy');
  });

  test('lists no more alarms than a widget shows', () => {
    expect(listed(complete({}, manyFunctions()))).toHaveLength(100);
  });
});

describe('brakes', () => {
  const reserved = (resources: Resources): unknown[] =>
    ofType(resources, 'AWS::Lambda::Function').map(([, { Properties }]) => Properties['ReservedConcurrentExecutions']);

  test.each([
    { given: '', pulled: undefined, pushed: undefined, why: 'nothing is limited' },
    { given: '20', pulled: undefined, pushed: 20, why: 'a function that reads a queue has its own brake' },
    {
      given: '20',
      pulled: undefined,
      pushed: undefined,
      why: 'a schedule calls for one copy',
      schedule: 'rate(1 hour)',
    },
  ])('reservedConcurrency=$given: $why', ({ given, pulled, pushed, schedule }) => {
    const Targets = [{ Id: 'x', Arn: { 'Fn::GetAtt': ['Pushed', 'Arn'] } }];
    const hourly = {
      Type: 'AWS::Events::Rule',
      Properties: { Name: 'x-x-hourly', ScheduleExpression: schedule, Targets },
    };
    const resources = complete({ reservedConcurrency: given }, schedule === undefined ? {} : { Hourly: hourly });
    expect(reserved(resources)).toEqual([pulled, pushed]);
  });

  test('a stage that is off runs nothing, and lets its queues fill', () => {
    const resources = complete({ enabled: 'false', reservedConcurrency: '20' });
    expect(reserved(resources)).toEqual([0, 0]);
    const enabled = ofType(resources, 'AWS::Lambda::EventSourceMapping').map(
      ([, { Properties }]) => Properties['Enabled'],
    );
    expect(enabled).toEqual([false, false]);
    expect(resources['ToPushed']?.Properties['State']).toBe('DISABLED');
    expect(resources['ToQueue']?.Properties['State']).toBe('ENABLED');
  });
});

describe('log groups', () => {
  test('have the key that is given', () => {
    const [first] = ofType(
      complete({ logsKeyArn: 'arn:aws:kms:eu-west-1:111122223333:key/0f0e0d0c' }),
      'AWS::Logs::LogGroup',
    );
    expect(first?.[1].Properties['KmsKeyId']).toBe('arn:aws:kms:eu-west-1:111122223333:key/0f0e0d0c');
    expect(ofType(complete(), 'AWS::Logs::LogGroup')[0]?.[1].Properties).not.toHaveProperty('KmsKeyId');
  });

  test('that the stack makes are there before a subscription is', () => {
    const resources = complete(
      {},
      {
        Made: { Type: 'AWS::Logs::LogGroup', Properties: { LogGroupName: '/made' } },
        OnMade: { Type: 'AWS::Logs::SubscriptionFilter', DependsOn: 'Pushed', Properties: { LogGroupName: '/made' } },
        OnOther: { Type: 'AWS::Logs::SubscriptionFilter', Properties: { LogGroupName: '/other' } },
      },
    );
    expect(resources['OnMade']?.DependsOn).toEqual(['Pushed', 'Made']);
    expect(resources['OnOther']?.DependsOn).toBeUndefined();
  });
});

test('what is added is as AWS specifies it', () => {
  const before = new Set(Object.keys(resourcesOf()));
  const problems = specificationProblems({ Resources: complete({ reservedConcurrency: '5' }) });
  expect(problems.filter((problem) => !before.has(problem.split(/[.:]/, 1)[0] ?? ''))).toEqual([]);
});

/** Counts and durations are unions in the code; the two others are made elsewhere: levels by a method, errors by filters of the logs. */
function ownMetrics(): ReadonlySet<string> {
  const source = readFileSync(new URL('../../src/runtime/metrics.ts', import.meta.url), 'utf8');
  const unions = [...source.matchAll(/export type (?:Count|Duration) =[^;]+;/g)].join('\n');
  const names = [...unions.matchAll(/'(\w+)'/g)].map(([, name]) => name ?? '');
  return new Set([...names, 'Findings', 'ErrorsLogged']);
}

function awsMetrics(): ReadonlySet<string> {
  const known = [...loadAwsServiceSpecSync().all('metric')].map(({ namespace, name }) => `${namespace} ${name}`);
  // https://docs.aws.amazon.com/athena/latest/ug/query-metrics-viewing.html
  return new Set([...known, 'AWS/Athena ProcessedBytes']);
}

function metricsOf(properties: Readonly<Record<string, unknown>>): unknown[][] {
  const several = (properties['Metrics'] ?? []) as readonly {
    readonly MetricStat?: { readonly Metric: { readonly Namespace: string; readonly MetricName: string } };
  }[];
  return [
    ...('MetricName' in properties ? [[properties['Namespace'], properties['MetricName']]] : []),
    ...several.flatMap(({ MetricStat }) =>
      MetricStat ? [[MetricStat.Metric.Namespace, MetricStat.Metric.MetricName]] : [],
    ),
  ];
}
