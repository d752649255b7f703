import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { lambdaEvent, queueBody } from '../functions/local-lambda.ts';
import type { Stack } from '../support/cloudformation/stack.ts';
import { sqsEvent } from '../support/sqs-event.ts';
import { startDeployedAccount, type DeployedAccount } from './deployed-account.ts';
import { openWorkshop, type Workshop } from './packaged.ts';

const stages = ['dev', 'prod'] as const;
const trail = '--param=trailBucket=example-trail';

let account: DeployedAccount;
let workshop: Workshop;

beforeAll(async () => {
  workshop = openWorkshop();
  account = await startDeployedAccount();
  // One after the other, as one account gets them: the second must not want what the first has.
  for (const stage of stages) await deploy(stage);
}, 240_000);
afterAll(async () => {
  workshop.remove();
  await account.close();
});

describe.each(stages)('deployed to %s', (stage) => {
  test('the stack is complete, and stands beside the other stage in one account', () => {
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

  test('the packages that were deployed turn an event into an alert, with the variables that were deployed', async () => {
    account.subscribe(stackOf(stage).outputs['AlertsTopicArn'] ?? '', `inbox-${stage}`);
    account.bus.clear();
    const detected = await account.invoke(
      `trailwatch-${stage}`,
      'eventBus',
      lambdaEvent('event-bridge/console-sign-in'),
    );
    expect(detected).toMatchObject({ result: null });
    expect(account.bus.entries).toEqual([expect.objectContaining({ EventBusName: `trailwatch-${stage}-findings` })]);

    const queued = sqsEvent(account.bus.entries.map(queueBody));
    const delivered = await account.invoke(`trailwatch-${stage}`, 'deliver', queued);
    expect(delivered).toMatchObject({ result: { batchItemFailures: [] } });
    expect(account.messages(`inbox-${stage}`)).toEqual([expect.stringContaining('Root user was active')]);
  });
});

describe('deployed again', () => {
  test('without a change, nothing happens', async () => {
    const events = stackOf('dev').events.length;
    await deploy('dev');
    expect(stackOf('dev').events).toHaveLength(events);
  }, 60_000);

  test('with a change, what is there stays and what is new comes', async () => {
    const before = stackOf('dev');
    await deploy('dev', '--param=alertEmails=security@example.com');
    const after = stackOf('dev');
    expect(failuresOf(after)).toEqual([]);
    expect(added(before, after)).toEqual(['AlertsEmail1']);
    expect(namesOf(before).filter((name) => !namesOf(after).includes(name))).toEqual([]);
  }, 60_000);
});

describe('removed', () => {
  test('what holds evidence stays, and the command says which and how it goes', async () => {
    const said = await workshop.serverless(['remove', '--stage', 'dev'], account.environment);
    const bucket = stackOf('prod').resources.get('ArchiveBucket')?.name.replace('-prod-', '-dev-');
    const line = `  ${bucket} (AWS::S3::Bucket). To delete it: aws s3 rb s3://${bucket} --force`;
    const [before = '', after = ''] = said.split('These are still there:');
    expect(before).toContain(`These stay, since they hold evidence, or record it:\n${line}`);
    expect(after).toContain(line);
  }, 60_000);
});

async function deploy(stage: string, ...options: readonly string[]): Promise<string> {
  try {
    return await workshop.serverless(['deploy', '--stage', stage, trail, ...options], account.environment);
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

function failuresOf(stack: Stack | undefined): readonly unknown[] {
  return (stack?.events ?? []).filter(({ ResourceStatus }) => ResourceStatus.endsWith('FAILED'));
}

function namesOf({ resources }: Stack): readonly string[] {
  return [...resources.values()].map(({ claim }) => claim);
}

function added(before: Stack, after: Stack): readonly string[] {
  return [...after.resources.keys()].filter((id) => !before.resources.has(id));
}
