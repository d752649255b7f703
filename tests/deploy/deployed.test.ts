import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { archiveFile, lambdaEvent, queueBody } from '../functions/local-lambda.ts';
import type { Finding } from '../../src/model/finding.ts';
import type { Stack } from '../support/cloudformation/stack.ts';
import { sqsEvent } from '../support/sqs-event.ts';
import { startDeployedAccount, type DeployedAccount, type Invocation } from './deployed-account.ts';
import { openWorkshop, type Workshop } from './workshop.ts';

const stages = ['dev', 'prod'] as const;
/** A deployment packages all functions first: some seconds, and many on a machine that has other things to do. */
const slowMs = 300_000;
const trailBucket = 'example-platform-audit-trail';
const trailFile =
  'AWSLogs/111122223333/CloudTrail/eu-west-1/2026/03/11/111122223333_CloudTrail_eu-west-1_20260311T0900Z_W8se7DIv3tmxvJm8.json';
const parameters = [`--param=trailBucket=${trailBucket}`, '--param=logGroups=/hosts/auth', '--param=logsStream=true'];
/** As a rule of EventBridge says that it is time. */
const scheduled = {
  version: '0',
  id: '53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa',
  'detail-type': 'Scheduled Event',
  source: 'aws.events',
  account: '111122223333',
  time: '2026-03-12T04:20:00Z',
  region: 'eu-west-1',
  resources: ['arn:aws:events:eu-west-1:111122223333:rule/trailwatch'],
  detail: {},
};
const report = {
  report: 'root-activity',
  period: 'last month',
  parameters: {},
  id: scheduled.id,
  time: scheduled.time,
};
const taken = { batchItemFailures: [] };
/** Functions that call no AWS service in these tests: without endpoints, the probe checks nothing. */
const withoutCalls = ['probe'];

let account: DeployedAccount;
let workshop: Workshop;

beforeAll(async () => {
  workshop = openWorkshop();
  account = await startDeployedAccount();
  // One after the other, as one account gets them: the second must not want what the first has.
  for (const stage of stages) await deploy(stage);
  await account.upload(trailBucket, trailFile, archiveFile(trailFile));
}, 2 * slowMs);
afterAll(async () => {
  workshop.remove();
  await account.close();
});

describe.each(stages)('deployed to %s', (stage) => {
  test('the stack is complete, and shares no name with the other stage in one account', () => {
    expect(failuresOf(stackOf(stage))).toEqual([]);
    expect(stackOf(stage).status).toBe('UPDATE_COMPLETE');
    expect(stackOf(stage).outputs['AlertsTopicArn']).toMatch(new RegExp(`:trailwatch-${stage}-alerts$`));
  });

  test('each package is in the deployment bucket', async () => {
    const bucket = stackOf(stage).resources.get('ServerlessDeploymentBucket')?.name ?? '';
    const packages = (await account.objects(bucket)).filter((key) => key.endsWith('.zip'));
    const functions = [...stackOf(stage).resources.values()].filter(({ type }) => type === 'AWS::Lambda::Function');
    expect(packages).toHaveLength(functions.length);
  });

  test('no variable of a function leads into the other stage', () => {
    const other = stages.find((name) => name !== stage) ?? '';
    const variables = [...stackOf(stage).resources.values()].flatMap(({ type, properties }) =>
      type === 'AWS::Lambda::Function' ? [JSON.stringify(properties['Environment'])] : [],
    );
    expect(variables.filter((text) => text.includes(`trailwatch-${other}`))).toEqual([]);
    expect(variables.filter((text) => text.includes(`trailwatch-${stage}`)).length).toBe(variables.length);
  });
});

describe.each(stages)(
  'the packages deployed to %s, loaded as Lambda does, with the variables that were deployed',
  (stage) => {
    /** What each function asked AWS for. */
    const called = new Map<string, Set<string>>();
    const invoke = async (key: string, event: unknown): Promise<Invocation> => {
      const invocation = await account.invoke(`trailwatch-${stage}`, key, event);
      called.set(key, new Set([...(called.get(key) ?? []), ...(invocation.calls ?? [])]));
      return invocation;
    };
    const titles = (): readonly string[] =>
      account.bus.entries
        .filter(({ EventBusName }) => EventBusName === `trailwatch-${stage}-findings`)
        .map(({ Detail }) => (JSON.parse(Detail) as Finding).rule.title);

    beforeEach(() => {
      account.bus.clear();
      account.firehose.clear();
      account.elsewhere.splice(0);
    });

    test.each([
      { key: 'logsSubscription', event: lambdaEvent('cloudwatch-logs/auth-log'), finding: 'SSH login as root' },
      { key: 'eventBus', event: lambdaEvent('event-bridge/console-sign-in'), finding: 'Root user was active' },
      { key: 'kinesis', event: lambdaEvent('kinesis/two-accounts'), finding: 'SSH login as root', result: taken },
      {
        key: 'trailFile',
        event: lambdaEvent('s3-sqs/event-bridge-object-created'),
        finding: 'Administration or database port opened to the world',
        result: taken,
      },
      { key: 'verify', event: scheduled, finding: 'Gap in the digests of a trail' },
    ])('$key raises findings, of which one is: $finding', async ({ key, event, finding, result = null }) => {
      expect(await invoke(key, event)).toMatchObject({ result });
      expect(titles()).toContain(finding);
      expect(account.elsewhere).toEqual([]);
    });

    test.each(['logsSubscription', 'kinesis'])('%s writes lines of hosts to the archive', async (key) => {
      const event = lambdaEvent(key === 'kinesis' ? 'kinesis/two-accounts' : 'cloudwatch-logs/auth-log');
      await invoke(key, event);
      expect(account.firehose.taken.join('')).toContain('198.51.100.23');
    });

    test('an event becomes an alert: detected, delivered, and noted in the archive', async () => {
      account.subscribe(stackOf(stage).outputs['AlertsTopicArn'] ?? '', `inbox-${stage}`);
      await invoke('eventBus', lambdaEvent('event-bridge/console-sign-in'));
      const queued = sqsEvent(account.bus.entries.map(queueBody));
      expect(await invoke('deliver', queued)).toMatchObject({ result: taken });
      expect(account.messages(`inbox-${stage}`)).toEqual([expect.stringContaining('Root user was active')]);
      expect(account.firehose.taken.join('')).toContain('"kind":"told"');
    });

    test('a canary flies, and comes back', async () => {
      await invoke('watch', { ...scheduled, time: new Date().toISOString() });
      const canary = account.bus.entries.find(({ EventBusName }) => EventBusName === 'default');
      const event = { ...scheduled, source: canary?.Source, 'detail-type': canary?.DetailType };
      await invoke('eventBus', { ...event, detail: JSON.parse(canary?.Detail ?? '{}') as unknown });
      const found = account.bus.entries.filter(({ EventBusName }) => EventBusName !== 'default');
      const { output } = await invoke('deliver', sqsEvent(found.map(queueBody)));
      expect(output).toContain('"CanaryLatency":');
    });

    test.each(['flush', 'probe'])('%s has nothing to do, and says nothing', async (key) => {
      expect(await invoke(key, scheduled)).toMatchObject({ result: null });
      expect(titles()).toEqual([]);
      expect(account.elsewhere).toEqual([]);
    });

    test.each([
      { key: 'compact', event: scheduled, asked: 'Glue.GetTable' },
      { key: 'report', event: report, asked: 'Athena.StartQueryExecution', finding: 'Report without an answer' },
    ])(
      '$key gets as far as $asked, which is not here, and fails by its name',
      async ({ key, event, asked, finding }) => {
        const { error, output } = await invoke(key, event);
        expect([error, output].join('\n')).toContain(`${asked} is not here`);
        expect(error).toBeDefined();
        expect(account.elsewhere).toContain(asked);
        expect(titles()).toEqual(finding === undefined ? [] : [finding]);
      },
    );

    test('none asked AWS for what its role does not allow', () => {
      const refused = [...called].flatMap(([key, calls]) => {
        const allowed = actionsOf(stackOf(stage), key);
        return [...calls].filter((call) => !allowed.has(actionOf(call))).map((call) => `${key}: ${call}`);
      });
      expect(refused).toEqual([]);
      const calledNothing = [...called].filter(([, { size }]) => size === 0).map(([key]) => key);
      expect(calledNothing).toEqual(withoutCalls);
      expect(called.get('deliver')).toContain('dynamodb:UpdateItem');
    });

    test('every function of the stage is called in a test above', () => {
      const deployed = [...stackOf(stage).resources].flatMap(([id, { type }]) =>
        type === 'AWS::Lambda::Function' ? [id.charAt(0).toLowerCase() + id.slice(1, -'LambdaFunction'.length)] : [],
      );
      expect([...called.keys()].toSorted()).toEqual(deployed.toSorted());
    });
  },
);

describe('deployed again', () => {
  test(
    'without a change, nothing happens',
    async () => {
      const events = stackOf('dev').events.length;
      await deploy('dev');
      expect(stackOf('dev').events).toHaveLength(events);
    },
    slowMs,
  );

  test(
    'with a change, what is there stays and what is new comes',
    async () => {
      const before = stackOf('dev');
      await deploy('dev', '--param=alertEmails=security@example.com');
      const after = stackOf('dev');
      expect(failuresOf(after)).toEqual([]);
      expect(added(before, after)).toEqual(['AlertsEmail1']);
      expect(namesOf(before).filter((name) => !namesOf(after).includes(name))).toEqual([]);
    },
    slowMs,
  );
});

describe('removed', () => {
  test(
    'what holds evidence stays, and the command says which and how it goes',
    async () => {
      const said = await workshop.serverless(['remove', '--stage', 'dev'], account.environment);
      const bucket = stackOf('prod').resources.get('ArchiveBucket')?.name.replace('-prod-', '-dev-');
      const line = `  ${bucket} (AWS::S3::Bucket). To delete it: aws s3 rb s3://${bucket} --force`;
      const [before = '', after = ''] = said.split('These still exist:');
      expect(before).toContain('These stay, since they hold or record evidence:\n');
      expect(before).toContain(`${line}, once`);
      expect(after).toContain(line);
    },
    slowMs,
  );
});

async function deploy(stage: string, ...options: readonly string[]): Promise<string> {
  try {
    return await workshop.serverless(['deploy', '--stage', stage, ...parameters, ...options], account.environment);
  } catch (cause) {
    const failed = JSON.stringify(failuresOf(account.stacks.get(`trailwatch-${stage}`)));
    throw new Error(`deploy ${stage}: ${failed}`, { cause });
  }
}

function stackOf(stage: string): Stack {
  const stack = account.stacks.get(`trailwatch-${stage}`);
  if (stack === undefined) throw new Error(`there is no stack of ${stage}`);
  return stack;
}

/** The actions that a function's role allows. */
function actionsOf({ resources }: Stack, key: string): ReadonlySet<string> {
  const role = resources.get(`${key.charAt(0).toUpperCase()}${key.slice(1)}Role`)?.properties;
  const { Policies } = role as { readonly Policies: readonly { readonly PolicyDocument: PolicyDocument }[] };
  return new Set(Policies.flatMap(({ PolicyDocument: { Statement } }) => Statement.flatMap(({ Action }) => Action)));
}

interface PolicyDocument {
  readonly Statement: readonly { readonly Action: string | readonly string[] }[];
}

/** What a call is allowed by, where that has another name. SNS's calls don't name themselves outside of their body. */
function actionOf(call: string): string {
  return call === 'sns:/' ? 'sns:Publish' : call.replace(/^(sqs:.*)Batch$/, '$1');
}

function failuresOf(stack: Stack | undefined): readonly unknown[] {
  return (stack?.events ?? []).filter(({ ResourceStatus }) => ResourceStatus.endsWith('FAILED'));
}

function namesOf({ resources }: Stack): readonly string[] {
  return [...resources.values()].map(({ claim }) => claim);
}

function added(before: Stack, after: Stack): readonly string[] {
  return [...after.resources.keys()].filter((id) => !before.resources.has(id));
}
