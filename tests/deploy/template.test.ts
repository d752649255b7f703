import { readFileSync, writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { diagram } from '../../deploy/stack/diagram.ts';
import { assumptions } from '../../src/cost/workload.ts';
import {
  asynchronousProblems,
  functionProblems,
  namesOf,
  ofType as typed,
  permissionProblems,
  queueProblems,
  refOf,
  secretProblems,
  type Statement,
  statementsOf,
} from './checks.ts';
import type { Packaged, Resource } from './packaged.ts';
import { runbookProblems } from './runbook.ts';
import { specificationProblems } from './specification.ts';
import { packaged, type StageName } from './stages.ts';
import { openWorkshop } from './workshop.ts';

const stages = ['dev', 'staging', 'prod'] as const;
const stageOf = new Map<StageName, Packaged>();

beforeAll(async () => {
  for (const name of variants) stageOf.set(name, await packaged(name));
}, 300_000);

const variants = [...stages, 'prod with every parameter'] as const;

describe.each(variants)('%s', (variant) => {
  const all = (): [string, Resource][] => Object.entries(get(variant).template.Resources);
  const resources = (): Packaged['template']['Resources'] => get(variant).template.Resources;
  const ofType = (type: string): [string, Resource][] => typed(resources(), type);

  test('packages offline in a moment, and below what CloudFormation takes', () => {
    expect(get(variant).seconds).toBeLessThan(120);
    expect(get(variant).templateBytes).toBeLessThan(1_000_000);
    expect(all().length).toBeLessThan(500);
  });

  test('is as AWS specifies its resources, and refers only to what it has', () => {
    expect(specificationProblems(get(variant).template)).toEqual([]);
  });

  test('each function runs on the current Node, with a role and a log group of its own that forgets in time', () => {
    expect(functionProblems(resources())).toEqual([]);
  });

  test('each function that is called asynchronously has dead letters that ring, and may write them', () => {
    expect(asynchronousProblems(resources())).toEqual([]);
    // The subscription function is called by hand-made subscriptions, too, which the stack knows nothing of.
    expect(resource('LogsSubscriptionLambdaFunction').Properties).toHaveProperty('DeadLetterConfig.TargetArn');
  });

  test('the runbook says what to do for each alarm', () => {
    expect(runbookProblems(resources(), `trailwatch-${variant.split(' ')[0]}`)).toEqual([]);
  });

  test('nobody is let in but the named caller', () => {
    for (const [id, { Properties }] of ofType('AWS::Lambda::Permission')) {
      expect([id, Properties['SourceArn']]).toEqual([id, expect.anything()]);
    }
  });

  test('each queue is encrypted, refuses plain text, and hands on what fails; dead letters ring', () => {
    expect(queueProblems(resources())).toEqual([]);
  });

  test('no variable of a function holds a secret', () => {
    expect(secretProblems(resources())).toEqual([]);
  });

  test('each rule may send to its queues, and what it cannot deliver is kept', () => {
    for (const [id, { Properties }] of ofType('AWS::Events::Rule')) {
      for (const target of Properties['Targets'] as Target[]) {
        const queues = [target.Arn, target.DeadLetterConfig?.Arn]
          .map(refOf)
          .filter((name) => !/(?:Function|Stream)$/.test(name));
        expect(queues.length).toBeGreaterThan(0);
        for (const queue of queues) {
          const { PolicyDocument } = resource(`${queue}Policy`).Properties as { PolicyDocument: PolicyDocument };
          expect(PolicyDocument.Statement).toContainEqual(
            expect.objectContaining({
              Principal: { Service: 'events.amazonaws.com' },
              Action: 'sqs:SendMessage',
              Condition: { ArnEquals: { 'aws:SourceArn': { 'Fn::GetAtt': [id, 'Arn'] } } },
            }),
          );
        }
      }
    }
  });

  test('a queue gives its function the time AWS advises, and takes back only what failed', () => {
    const mappings = ofType('AWS::Lambda::EventSourceMapping').filter(([id]) => id !== 'LogsStreamMapping');
    expect(mappings.length).toBeGreaterThan(0);
    for (const [, { Properties }] of mappings) {
      const lambda = resource(refOf(Properties['FunctionName'])).Properties;
      const queue = resource(refOf(Properties['EventSourceArn'])).Properties;
      expect(queue['VisibilityTimeout']).toBeGreaterThanOrEqual(6 * Number(lambda['Timeout']));
      expect(Properties['FunctionResponseTypes']).toEqual(['ReportBatchItemFailures']);
    }
  });

  test('a stream parts what fails from what does not, and names it to the dead letters of a function that may write them', () => {
    for (const [, { Properties }] of ofType('AWS::Kinesis::Stream')) {
      expect(Properties).toMatchObject({ StreamEncryption: { EncryptionType: 'KMS' } });
      expect(resource('LogsStreamMapping').Properties).toMatchObject({
        EventSourceArn: { 'Fn::GetAtt': ['LogsStream', 'Arn'] },
        FunctionName: { Ref: 'KinesisLambdaFunction' },
        FunctionResponseTypes: ['ReportBatchItemFailures'],
        BisectBatchOnFunctionError: true,
        MaximumRetryAttempts: expect.any(Number),
        DestinationConfig: { OnFailure: { Destination: { 'Fn::GetAtt': ['KinesisDeadLetters', 'Arn'] } } },
      });
      const sids = statementsOf(resource('KinesisRole')).map(({ Sid }) => Sid);
      expect(sids).toEqual(expect.arrayContaining(['DeadLetters', 'ReadStream']));
    }
  });

  test('each role names its actions and what it acts on', () => {
    expect(permissionProblems(resources())).toEqual([]);
  });

  test('a role may trace only where its function is traced', () => {
    const active = resource('DeliverLambdaFunction').Properties['TracingConfig'];
    const may = statementsOf(resource('DeliverRole')).some(({ Sid }) => Sid === 'SendTraces');
    expect({ active, may }).toEqual(
      variant === 'dev' ? { active: { Mode: 'PassThrough' }, may: false } : { active: { Mode: 'Active' }, may: true },
    );
  });

  function resource(id: string): Resource {
    const found = get(variant).template.Resources[id];
    if (found === undefined) throw new Error(`${variant}: the template has no ${id}`);
    return found;
  }
});

test('docs/architecture.md shows the stack as it is (UPDATE_GOLDEN=1 draws it anew)', () => {
  const page = new URL('../../docs/architecture.md', import.meta.url);
  const drawn = diagram(get('prod with every parameter').template);
  const [before = '', after = ''] = readFileSync(page, 'utf8').split(/(?<=```mermaid\n)[^`]*(?=```)/);
  if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(page, `${before}${drawn}\n${after}`);
  expect(readFileSync(page, 'utf8')).toBe(`${before}${drawn}\n${after}`);
});

test('there are about as many metrics in alarms as `trailwatch cost` reckons with', () => {
  const alarms = typed(get('prod').template.Resources, 'AWS::CloudWatch::Alarm').map(
    ([, { Properties }]) => Properties,
  );
  // AWS counts each metric of an alarm.
  const metrics = alarms.flatMap(({ Metrics = [{ MetricStat: {} }] }) =>
    (Metrics as readonly object[]).filter((metric) => 'MetricStat' in metric),
  );
  const reckoned = assumptions.alwaysAlarms + assumptions.healthAlarms;
  expect(metrics.length).toBeGreaterThan(0.85 * reckoned);
  expect(metrics.length).toBeLessThan(1.15 * reckoned);
});

describe('stages', () => {
  test('two stages in one account share no name', () => {
    const names = namesOf(get('dev').template.Resources);
    expect(names.length).toBeGreaterThan(80);
    expect(namesOf(get('staging').template.Resources).filter((name) => names.includes(name))).toEqual([]);
    expect(namesOf(get('prod with every parameter').template.Resources).filter((name) => names.includes(name))).toEqual(
      [],
    );
  });

  test('one stage in two regions shares no name of what has no region', () => {
    const { Resources } = get('prod with every parameter').template;
    const global = /^AWS::(?:IAM::Role|CloudWatch::Dashboard|Budgets::Budget) /;
    const names = namesOf(Resources).filter((name) => global.test(name));
    expect(names.length).toBeGreaterThan(8);
    expect(names.filter((name) => !name.includes('${AWS::Region}'))).toEqual([]);
  });

  test('no name is longer than AWS takes, in the region with the longest one', () => {
    const longest: Readonly<Record<string, number>> = {
      'AWS::IAM::Role': 64,
      'AWS::Lambda::Function': 64,
      'AWS::Events::Rule': 64,
      'AWS::Events::Archive': 48,
      'AWS::SQS::Queue': 80,
      'AWS::S3::Bucket': 63,
    };
    const names = namesOf(get('prod with every parameter').template.Resources)
      .map((name) =>
        name.replaceAll('${AWS::Region}', 'ap-southeast-1').replaceAll('${AWS::AccountId}', '111122223333'),
      )
      .flatMap((name) => {
        const [type = '', own = ''] = name.split(' ');
        // A name is written as JSON, within Fn::Sub or not.
        return [{ type, own: own.replace(/^\{"Fn::Sub":/, '').replaceAll(/["}]/g, '') }];
      });
    expect(names.filter(({ type }) => type in longest).length).toBeGreaterThan(40);
    // A stage's name may be seven letters longer than `prod`.
    expect(names.filter(({ type, own }) => own.length + 7 > (longest[type] ?? 1_000))).toEqual([]);
  });

  test('what a parameter turns on is off without it', () => {
    const [plain, full] = [get('staging').template.Resources, get('prod with every parameter').template.Resources];
    const types = (of: Readonly<Record<string, Resource>>, type: string): number => typed(of, type).length;
    expect(types(plain, 'AWS::Logs::SubscriptionFilter')).toBe(0);
    expect(types(full, 'AWS::Logs::SubscriptionFilter')).toBe(2);
    expect(types(full, 'AWS::SNS::Subscription')).toBe(1);
    expect(Object.keys(plain)).not.toContain('TrailFileRule');
    expect(full['TrailFileRule']?.Properties['EventPattern']).toMatchObject({
      detail: { bucket: { name: ['example-trail'] } },
    });
    expect(Object.keys(plain)).not.toContain('ProbeRule');
    expect(full['ProbeRule']?.Properties).toMatchObject({ ScheduleExpression: 'rate(5 minutes)', State: 'ENABLED' });
    expect(plain['CloudTrailRule']?.Properties['State']).toBe('ENABLED');
    expect(full['CloudTrailRule']?.Properties['State']).toBe('ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS');
    const sids = (role: Resource | undefined): (string | undefined)[] => statementsOf(role).map(({ Sid }) => Sid);
    expect(sids(plain['TrailFileRole'])).not.toContain('ReadTrail');
    expect(sids(full['TrailFileRole'])).toEqual(expect.arrayContaining(['ReadTrail', 'DecryptTrail']));
    expect(sids(plain['DeliverRole'])).not.toContain('ReadParameters');
    expect(sids(full['DeliverRole'])).toEqual(expect.arrayContaining(['ReadParameters', 'DecryptParameters']));
  });

  test('other accounts may only subscribe to the destination, and pass on what AWS publishes', () => {
    const [plain, full] = [get('staging').template.Resources, get('prod with every parameter').template.Resources];
    expect(Object.keys(plain).filter((id) => /^(LogsStream|LogsDestination|EventsOfOther)/.test(id))).toEqual([]);
    const { DestinationPolicy, TargetArn, RoleArn } = full['LogsDestination']?.Properties ?? {};
    const document = JSON.parse((DestinationPolicy as { 'Fn::Sub': string })['Fn::Sub']) as PolicyDocument;
    expect(document.Statement).toEqual([
      expect.objectContaining({
        Effect: 'Allow',
        Principal: { AWS: ['444455556666', '555566667777'] },
        Action: 'logs:PutSubscriptionFilter',
        Resource: 'arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:destination:trailwatch-prod-logs',
      }),
    ]);
    expect([TargetArn, RoleArn].map(refOf)).toEqual(['LogsStream', 'LogsDestinationRole']);
    expect(statementsOf(full['LogsDestinationRole'])).toEqual([
      expect.objectContaining({ Action: ['kinesis:PutRecord', 'kinesis:PutRecords'] }),
    ]);
    expect(JSON.stringify(full['LogsDestinationRole']?.Properties['AssumeRolePolicyDocument'])).toContain(
      'logs:${AWS::Region}:444455556666:*',
    );
    expect(full['EventsOfOtherAccounts']?.Properties).toMatchObject({
      EventBusName: 'default',
      Statement: {
        Action: 'events:PutEvents',
        Condition: { 'ForAllValues:StringLike': { 'events:source': ['aws.*'] } },
      },
    });
  });

  test('a further bus has every rule of the default one', () => {
    const ruleOf = (bus: string | undefined): unknown[] =>
      Object.entries(get('prod with every parameter').template.Resources)
        // Canaries are sent to the default bus alone.
        .flatMap(([id, resource]) => (id === 'CanaryRule' ? [] : [resource]))
        .filter(({ Type, Properties }) => Type === 'AWS::Events::Rule' && Properties['EventBusName'] === bus)
        .filter(({ Properties }) => refOf((Properties['Targets'] as Target[])[0]?.Arn) === 'EventBusLambdaFunction')
        .map(({ Properties }) => Properties['EventPattern']);
    expect(ruleOf('security')).toEqual(ruleOf(undefined));
    expect(ruleOf(undefined)).toHaveLength(8);
  });

  test('only canaries of the own account and stage count, and an alarm rings when none comes back', () => {
    const { CanaryAlarm, CanaryRule, WatchRule } = get('staging').template.Resources;
    expect(CanaryRule?.Properties['EventPattern']).toEqual({
      source: ['trailwatch.canary'],
      'detail-type': ['Trailwatch Canary'],
      account: [{ Ref: 'AWS::AccountId' }],
      detail: { stage: ['staging'] },
    });
    expect(CanaryAlarm?.Properties).toMatchObject({
      MetricName: 'CanaryLatency',
      TreatMissingData: 'breaching',
      Threshold: 120_000,
      AlarmActions: [{ Ref: 'AlertsTopic' }],
    });
    expect(WatchRule?.Properties).toMatchObject({ ScheduleExpression: 'rate(5 minutes)', State: 'ENABLED' });
    expect(statementsOf(get('staging').template.Resources['WatchRole'])).toContainEqual(
      expect.objectContaining({
        Action: 'events:PutEvents',
        Condition: { 'ForAllValues:StringEquals': { 'events:source': ['trailwatch.canary'] } },
      }),
    );
  });

  test("alarms and findings of Trailwatch's own reach no rule", () => {
    const { AlarmStateRule } = get('dev').template.Resources;
    expect(AlarmStateRule?.Properties['EventPattern']).toMatchObject({
      detail: { alarmName: [{ 'anything-but': { prefix: 'trailwatch-' } }] },
    });
  });

  // What else is refused is in parameters.test.ts; these show that packaging asks, and how it is said.
  test.each([
    {
      given: { trailBuket: 'example-trail' },
      says: 'parameter trailBuket: unknown parameter; did you mean trailBucket?',
    },
    { given: { tracing: 'yes' }, says: 'parameter tracing: expected Active or PassThrough, got "yes"' },
    {
      given: { createTrail: 'true' },
      says: 'parameter createTrail: requires trailBucket, the name of the bucket to create',
    },
  ])('packaging refuses $given in one line', async ({ given, says }) => {
    const workshop = openWorkshop();
    const refused = await workshop.package('dev', given).then(
      () => 'packaged',
      ({ stdout, stderr }: { stdout: string; stderr: string }) => stdout + stderr,
    );
    workshop.remove();
    expect(refused.split('\n')).toContain(says);
    expect(refused).not.toMatch(/^ {4}at /m);
  });
});

interface PolicyDocument {
  readonly Statement: readonly Statement[];
}
interface Target {
  readonly Arn: unknown;
  readonly DeadLetterConfig?: { readonly Arn: unknown };
}
function get(variant: StageName): Packaged {
  const found = stageOf.get(variant);
  if (found === undefined) throw new Error(`${variant} was not packaged`);
  return found;
}
