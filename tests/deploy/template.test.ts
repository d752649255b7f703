import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openWorkshop, type Packaged, type Resource, type Workshop } from './packaged.ts';

const stages = ['dev', 'staging', 'prod'] as const;
const everything = {
  trailBucket: 'example-trail',
  trailKeyArn: 'arn:aws:kms:eu-west-1:111122223333:key/0f0e0d0c-0b0a-4900-8800-070605040302',
  logGroups: '/aws/cloudtrail, /hosts/auth',
  alertEmails: 'security@example.com',
  slackWebhookParameter: '/trailwatch/prod/slack',
  readOnlyEvents: 'true',
  eventBuses: 'security',
  otherAccounts: '444455556666, 555566667777',
  logsStream: 'true',
};

let workshop: Workshop;
const packaged = new Map<string, Packaged>();

beforeAll(async () => {
  workshop = openWorkshop();
  for (const stage of stages) packaged.set(stage, await workshop.package(stage));
  // What is probed stands in the configuration, not in a parameter.
  workshop.write('config/prod.yml', 'probes: { endpoints: [{ name: shop, url: https://shop.example.com/ }] }');
  packaged.set('prod with every parameter', await workshop.package('prod', everything));
}, 120_000);
afterAll(() => workshop.remove());

const variants = [...stages, 'prod with every parameter'] as const;

describe.each(variants)('%s', (variant) => {
  const all = (): [string, Resource][] => Object.entries(get(variant).template.Resources);
  const ofType = (type: string): [string, Resource][] => all().filter(([, resource]) => resource.Type === type);

  test('packages offline in a moment, and far below what CloudFormation takes', () => {
    expect(get(variant).seconds).toBeLessThan(120);
    expect(get(variant).templateBytes).toBeLessThan(500_000);
    expect(all().length).toBeLessThan(250);
  });

  test('refers only to what it has', () => {
    const missing = referencesIn(get(variant).template.Resources).filter(
      (name) => !name.startsWith('AWS::') && !(name in get(variant).template.Resources),
    );
    expect(missing).toEqual([]);
  });

  test('each function runs on the current Node, with a role and a log group of its own that forgets in time', () => {
    const functions = ofType('AWS::Lambda::Function').map(([, { Properties }]) => Properties);
    const groups = new Map(
      ofType('AWS::Logs::LogGroup').map(([, { Properties }]) => [Properties['LogGroupName'], Properties]),
    );
    expect(functions).toHaveLength(7);
    expect(new Set(functions.map(({ Role }) => JSON.stringify(Role))).size).toBe(functions.length);
    for (const properties of functions) {
      expect(properties).toMatchObject({ Runtime: 'nodejs24.x', Architectures: ['arm64'] });
      expect(groups.get(`/aws/lambda/${String(properties['FunctionName'])}`)?.['RetentionInDays']).toBeGreaterThan(0);
    }
  });

  test('each function that is called asynchronously has dead letters, and may write them', () => {
    const called = ofType('AWS::Lambda::Permission').map(([, { Properties }]) => refOf(Properties['FunctionName']));
    expect([...new Set(called)].toSorted()).toEqual(
      variant === 'prod with every parameter'
        ? ['EventBusLambdaFunction', 'LogsSubscriptionLambdaFunction', 'ProbeLambdaFunction', 'VerifyLambdaFunction']
        : ['EventBusLambdaFunction'],
    );
    // The subscription function is called by hand-made subscriptions, too, which the stack knows nothing of.
    for (const id of [
      'EventBusLambdaFunction',
      'LogsSubscriptionLambdaFunction',
      'ProbeLambdaFunction',
      'VerifyLambdaFunction',
    ]) {
      const { DeadLetterConfig, Role } = resource(id).Properties as {
        DeadLetterConfig?: { TargetArn: unknown };
        Role: unknown;
      };
      const queue = refOf(DeadLetterConfig?.TargetArn);
      expect(queue).toMatch(/DeadLetters$/);
      expect(statementsOf(resource(refOf(Role)))).toContainEqual(
        expect.objectContaining({ Action: 'sqs:SendMessage', Resource: { 'Fn::GetAtt': [queue, 'Arn'] } }),
      );
    }
  });

  test('nobody is let in but the named caller', () => {
    for (const [id, { Properties }] of ofType('AWS::Lambda::Permission')) {
      expect([id, Properties['SourceArn']]).toEqual([id, expect.anything()]);
    }
  });

  test('each queue is encrypted, refuses plain text, and hands on what fails; dead letters ring', () => {
    const policies = ofType('AWS::SQS::QueuePolicy').map(([, { Properties }]) => Properties);
    const alarmed = ofType('AWS::CloudWatch::Alarm').map(([, { Properties }]) =>
      refOf((Properties['Dimensions'] as Dimension[])[0]?.Value),
    );
    for (const [id, { Properties }] of ofType('AWS::SQS::Queue')) {
      expect([id, Properties['SqsManagedSseEnabled']]).toEqual([id, true]);
      const policy = policies.find(({ Queues }) => refOf((Queues as unknown[])[0]) === id);
      expect((policy?.['PolicyDocument'] as PolicyDocument | undefined)?.Statement).toContainEqual(
        expect.objectContaining({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
      );
      const redrive = Properties['RedrivePolicy'] as { deadLetterTargetArn: unknown } | undefined;
      const deadLetters = redrive === undefined ? id : refOf(redrive.deadLetterTargetArn);
      expect(deadLetters).toMatch(/DeadLetters$/);
      expect(alarmed).toContain(deadLetters);
    }
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
    for (const [id, role] of ofType('AWS::IAM::Role')) {
      for (const { Sid, Action, Resource } of statementsOf(role)) {
        const actions = [Action].flat();
        expect(actions.filter((action) => action.includes('*'))).toEqual([]);
        // X-Ray and the keys of digests have no resources to name.
        if (Resource === '*')
          expect([id, Sid, actions.every((action) => /^(?:xray:|cloudtrail:ListPublicKeys$)/.test(action))]).toEqual([
            id,
            Sid,
            true,
          ]);
      }
    }
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

describe('stages', () => {
  test('two stages in one account share no name', () => {
    const names = (stage: string): string[] =>
      Object.values(get(stage).template.Resources).flatMap(({ Properties }) =>
        Object.entries(Properties ?? {})
          .filter(([key]) => /^(Function|Queue|Table|Topic|Role|Rule|Alarm|Alias|Archive|LogGroup)?Name$/.test(key))
          // A reference to another resource is no name of its own.
          .filter(([, value]) => typeof value === 'string' || 'Fn::Sub' in (value as object))
          .map(([, value]) => JSON.stringify(value)),
      );
    expect(names('dev').length).toBeGreaterThan(20);
    expect(names('dev').filter((name) => names('prod').includes(name))).toEqual([]);
  });

  test('what a parameter turns on is off without it', () => {
    const [plain, full] = [get('prod').template.Resources, get('prod with every parameter').template.Resources];
    const types = (resources: Readonly<Record<string, Resource>>, type: string): number =>
      Object.values(resources).filter((resource) => resource.Type === type).length;
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
    expect(sids(plain['DeliverRole'])).not.toContain('ReadSlackWebhook');
    expect(sids(full['DeliverRole'])).toEqual(expect.arrayContaining(['ReadSlackWebhook', 'DecryptSlackWebhook']));
  });

  test('other accounts may only subscribe to the destination, and pass on what AWS publishes', () => {
    const [plain, full] = [get('prod').template.Resources, get('prod with every parameter').template.Resources];
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
      Object.values(get('prod with every parameter').template.Resources)
        .filter(({ Type, Properties }) => Type === 'AWS::Events::Rule' && Properties['EventBusName'] === bus)
        .filter(({ Properties }) => refOf((Properties['Targets'] as Target[])[0]?.Arn) === 'EventBusLambdaFunction')
        .map(({ Properties }) => Properties['EventPattern']);
    expect(ruleOf('security')).toEqual(ruleOf(undefined));
    expect(ruleOf(undefined)).toHaveLength(8);
  });

  test("alarms and findings of Trailwatch's own reach no rule", () => {
    const { AlarmStateRule } = get('dev').template.Resources;
    expect(AlarmStateRule?.Properties['EventPattern']).toMatchObject({
      detail: { alarmName: [{ 'anything-but': { prefix: 'trailwatch-' } }] },
    });
  });

  test.each([
    { parameter: 'tracing', value: 'yes', says: /parameter tracing: "yes" is not one of Active, PassThrough/ },
    {
      parameter: 'readOnlyEvents',
      value: 'maybe',
      says: /parameter readOnlyEvents: "maybe" is not one of true, false/,
    },
    {
      parameter: 'logGroups',
      value: '/aws/lambda/trailwatch-dev-deliver',
      says: /parameter logGroups: .* is Trailwatch's own/,
    },
    {
      parameter: 'logGroups',
      value: '/aws/cloudtrail,/aws/lambda/trailwatch-prod-deliver',
      says: /parameter logGroups: .*prod-deliver is Trailwatch's own/,
    },
    {
      parameter: 'trailBucket',
      value: 'trailwatch-dev-serverlessdeploymentbucket-1x2y',
      says: /parameter trailBucket: .* is Trailwatch's own/,
    },
    {
      parameter: 'eventBuses',
      value: 'security,trailwatch-dev-findings',
      says: /parameter eventBuses: trailwatch-dev-findings is Trailwatch's own/,
    },
    { parameter: 'otherAccounts', value: '1234', says: /parameter otherAccounts: "1234" is no account id/ },
    { parameter: 'logsStream', value: 'yes', says: /parameter logsStream: "yes" is not one of true, false/ },
  ])('packaging refuses $parameter=$value', async ({ parameter, value, says }) => {
    const refused = await workshop
      .package('dev', { [parameter]: value })
      .catch((error: { stdout: string; stderr: string }) => error.stdout + error.stderr);
    expect(refused).toMatch(says);
  });
});

interface Statement {
  readonly Sid?: string;
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
}
interface PolicyDocument {
  readonly Statement: readonly Statement[];
}
interface Target {
  readonly Arn: unknown;
  readonly DeadLetterConfig?: { readonly Arn: unknown };
}
interface Dimension {
  readonly Value: unknown;
}

function get(variant: string): Packaged {
  const found = packaged.get(variant);
  if (found === undefined) throw new Error(`${variant} was not packaged`);
  return found;
}

function statementsOf(role: Resource | undefined): readonly Statement[] {
  const policies = (role?.Properties['Policies'] ?? []) as readonly { readonly PolicyDocument: PolicyDocument }[];
  return policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
}

/** refOf gives the logical id that a Ref or GetAtt names. */
function refOf(value: unknown): string {
  return referencesIn(value)[0] ?? '';
}

function referencesIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(referencesIn);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]: [string, unknown]) => {
    switch (key) {
      case 'Ref':
        return [String(inner)];
      case 'Fn::GetAtt':
        return [String((inner as unknown[])[0])];
      case 'Fn::Sub':
        return [...String(inner).matchAll(/\$\{([\w:]+)\}/g)].map(([, name]) => name ?? '');
      default:
        return referencesIn(inner);
    }
  });
}
