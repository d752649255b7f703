import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { createAccount } from '../../src/aws/account/account.ts';
import { aheadOf } from '../../src/aws/account/identity.ts';
import { checks } from '../../src/doctor/checks/index.ts';
import { diagnose } from '../../src/doctor/diagnose.ts';
import type { CheckResult } from '../../src/doctor/result.ts';
import { failure, publicAccessBlock, startLocalAccount, type LocalAccount } from '../support/local-account.ts';
import { trailwatch } from '../cli/trailwatch.ts';
import { packaged } from './stages.ts';

const region = 'eu-central-1';
const now = new Date();
const bucket = 'example-trail';
const before = { ...process.env };
let aws: LocalAccount;
let environment: Readonly<Record<string, string>>;

beforeAll(async () => {
  const { template } = await packaged('dev to be examined');
  aws = await startLocalAccount({ stage: 'dev', region, template, trailBucket: bucket, now });
  environment = {
    AWS_ENDPOINT_URL: aws.url,
    AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
    AWS_REGION: region,
  };
  Object.assign(process.env, environment);
}, 120_000);
afterEach(() => aws.reset());
afterAll(async () => {
  await aws.close();
  for (const name of Object.keys(environment)) {
    if (before[name] === undefined) delete process.env[name];
    else process.env[name] = before[name];
  }
});

/** Nothing leaves this machine: whatever is asked of the internet is refused at once. */
const offline = { NODE_USE_ENV_PROXY: '1', HTTPS_PROXY: 'http://127.0.0.1:9' };

const doctor = (...args: readonly string[]): ReturnType<typeof trailwatch> =>
  trailwatch(['doctor', ...args], { env: { ...environment, ...offline } });

async function examined(patienceMs = 15_000): Promise<readonly CheckResult[]> {
  const ending = new AbortController();
  const { results } = await diagnose(createAccount({ region, signal: ending.signal, now: () => new Date() }), {
    stage: 'dev',
    machine: {
      node: 'v24.1.0',
      version: '0.1.0',
      receivers: { slack: { kind: 'slack-webhook' } },
      fetch: async () => undefined,
    },
    checks,
    now: () => now,
    patienceMs,
    signal: ending.signal,
  });
  ending.abort();
  return results;
}

async function wrong(): Promise<readonly CheckResult[]> {
  return (await examined()).filter(({ state }) => state !== 'ok');
}

describe('an account in which all is well', () => {
  test('has nothing to mend, and every check says what it looked at', async () => {
    const results = await examined();
    expect(results.filter(({ state }) => state !== 'ok')).toEqual([]);
    expect(new Set(results.map(({ check }) => check))).toEqual(
      new Set(['credentials', ...checks.map(({ name }) => name)]),
    );
  });

  test('what is looked at comes from the stack: its bucket, log groups, queues, alarms and parameter', async () => {
    const says = (await examined()).map((result) => result.says).join('\n');
    for (const name of [bucket, '/hosts/auth', '/hosts/messages', '/trailwatch/dev/slack', 'security@example.com']) {
      expect(says).toContain(name);
    }
  });
});

describe('what is broken, each with the way to mend it', () => {
  const trail = {
    Name: 'main',
    TrailARN: `arn:aws:cloudtrail:${region}:111122223333:trail/main`,
    HomeRegion: region,
    S3BucketName: bucket,
    LogFileValidationEnabled: true,
    IsMultiRegionTrail: true,
  };
  const attributes = (waiting: string): unknown => ({
    Attributes: { ApproximateNumberOfMessages: waiting, ApproximateNumberOfMessagesNotVisible: '0' },
  });

  test.each([
    {
      rule: 'the trail does not log',
      call: 'cloudtrail:GetTrailStatus',
      answer: () => ({ IsLogging: false }),
      check: 'logging',
      says: /organisation is not logging/,
      mend: /^aws cloudtrail start-logging --name arn:aws:cloudtrail/,
    },
    {
      rule: 'the trail cannot write',
      call: 'cloudtrail:GetTrailStatus',
      answer: () => ({ IsLogging: true, LatestDeliveryError: 'AccessDenied' }),
      check: 'logging',
      says: /could not write to example-trail: AccessDenied/,
      mend: /create-s3-bucket-policy-for-cloudtrail/,
    },
    {
      rule: 'the trail leaves out what changes things',
      call: 'cloudtrail:GetEventSelectors',
      answer: () => ({ EventSelectors: [{ ReadWriteType: 'ReadOnly', IncludeManagementEvents: true }] }),
      check: 'logging',
      says: /no write management events/,
      mend: /put-event-selectors .*'\[\{"ReadWriteType":"All"/,
    },
    {
      rule: 'log file validation is off',
      call: 'cloudtrail:DescribeTrails',
      answer: () => ({ trailList: [{ ...trail, LogFileValidationEnabled: false }] }),
      check: 'trail',
      says: /validation is off/,
      mend: /update-trail .* --enable-log-file-validation/,
    },
    {
      rule: 'the trail writes elsewhere',
      call: 'cloudtrail:DescribeTrails',
      answer: () => ({ trailList: [{ ...trail, S3BucketName: 'another' }] }),
      check: 'trail',
      says: /main writes to another/,
      mend: /serverless deploy --stage dev --region eu-central-1 --param="trailBucket=another" .*every other --param of this stage/,
    },
    {
      rule: 'there is no trail',
      call: 'cloudtrail:DescribeTrails',
      answer: () => ({ trailList: [] }),
      check: 'trail',
      says: /the account has no trail/,
      mend: /aws cloudtrail create-trail .* --enable-log-file-validation/,
    },
    {
      rule: 'the bucket does not let CloudTrail in',
      call: 's3:GetBucketPolicy',
      answer: () => ({ Statement: [{ Effect: 'Allow', Principal: '*', Action: 's3:*' }] }),
      check: 'bucket-policy',
      says: /s3:GetBucketAcl and s3:PutObject/,
      mend: /create-s3-bucket-policy/,
    },
    {
      rule: 'the bucket has no policy',
      call: 's3:GetBucketPolicy',
      answer: () => failure('NoSuchBucketPolicy'),
      check: 'bucket-policy',
      says: /has no bucket policy/,
      mend: /create-s3-bucket-policy/,
    },
    {
      rule: 'the bucket does not notify EventBridge',
      call: 's3:GetBucketNotification',
      answer: () => '<NotificationConfiguration/>',
      check: 'bucket-events',
      says: /reads none of them/,
      mend: /put-bucket-notification-configuration --bucket example-trail/,
    },
    {
      rule: 'a log group is not there',
      call: 'logs:DescribeLogGroups',
      answer: () => ({ logGroups: [{ logGroupName: '/hosts/auth/other' }] }),
      check: 'log-groups',
      says: /log group \/hosts\/auth does not exist/,
      mend: /create-log-group --log-group-name \/hosts\/auth/,
    },
    {
      rule: 'others have taken both subscription filters',
      call: 'logs:DescribeSubscriptionFilters',
      answer: () => ({ subscriptionFilters: [{ filterName: 'a' }, { filterName: 'b; rm -rf' }] }),
      check: 'log-groups',
      says: /its maximum of 2 subscription filters \(a, b; rm -rf\)/,
      mend: /delete-subscription-filter .* --filter-name 'b; rm -rf'/,
    },
    {
      rule: 'our subscription filter was deleted',
      call: 'logs:DescribeSubscriptionFilters',
      answer: () => ({ subscriptionFilters: [{ filterName: 'of-another' }] }),
      check: 'log-groups',
      says: /the subscription filter trailwatch-dev is missing/,
      mend: /put-subscription-filter .* --filter-pattern '' --destination-arn arn:aws:lambda:eu-central-1:111122223333:function:trailwatch-dev-logs-subscription/,
    },
    {
      rule: 'a rule was switched off',
      call: 'events:DescribeRule',
      answer: ({ Name }: Readonly<Record<string, unknown>>) => ({
        State: Name === 'trailwatch-dev-cloudtrail' ? 'DISABLED' : 'ENABLED',
      }),
      check: 'event-rules',
      says: /trailwatch-dev-cloudtrail is disabled/,
      mend: /aws events enable-rule --name trailwatch-dev-cloudtrail/,
    },
    {
      rule: 'no management event arrives',
      call: 'cloudwatch:GetMetricData',
      answer: () => ({ MetricDataResults: [] }),
      check: 'events-arrive',
      says: /received no management event/,
      mend: /run the doctor again/,
    },
    {
      rule: 'a subscription waits for its confirmation',
      call: 'sns:ListSubscriptionsByTopic',
      answer: () => ({
        Subscriptions: [{ Protocol: 'email', Endpoint: 'a@example.com', SubscriptionArn: 'PendingConfirmation' }],
      }),
      check: 'subscriptions',
      says: /a@example.com has not confirmed/,
      mend: /aws sns subscribe/,
    },
    {
      rule: "the receiver's parameter is not there",
      call: 'ssm:DescribeParameters',
      answer: () => ({ Parameters: [] }),
      check: 'secrets',
      says: /\/trailwatch\/dev\/slack does not exist/,
      mend: /put-parameter --type SecureString --name \/trailwatch\/dev\/slack --value "\$SECRET"/,
    },
    {
      rule: "the receiver's parameter is not encrypted",
      call: 'ssm:DescribeParameters',
      answer: () => ({ Parameters: [{ Name: '/trailwatch/dev/slack', Type: 'String' }] }),
      check: 'secrets',
      says: /is a String/,
      mend: /delete-parameter/,
    },
    {
      rule: 'dead letters wait',
      call: 'sqs:GetQueueAttributes',
      answer: ({ QueueUrl }: Readonly<Record<string, unknown>>) =>
        attributes(String(QueueUrl).endsWith('trailwatch-dev-deliver-dead-letters') ? '3' : '0'),
      check: 'dead-letters',
      says: /trailwatch-dev-deliver-dead-letters holds 3 messages/,
      mend: /trailwatch replay --stage dev --region eu-central-1 .*--dead-letters deliver$/,
    },
    {
      rule: 'an alarm is on',
      call: 'cloudwatch:DescribeAlarms',
      answer: ({ AlarmNames }: Readonly<Record<string, unknown>>) => ({
        MetricAlarms: (AlarmNames as readonly string[]).map((AlarmName, index) => ({
          AlarmName,
          StateValue: index === 0 ? 'ALARM' : 'OK',
          StateReason: 'Threshold Crossed',
        })),
      }),
      check: 'alarms',
      says: /Threshold Crossed/,
      mend: /docs\/operations.md/,
    },
    {
      rule: 'a function was switched off',
      call: 'lambda:GetFunctionConcurrency',
      answer: ({ FunctionName }: Readonly<Record<string, unknown>>) =>
        FunctionName === 'trailwatch-dev-deliver' ? { ReservedConcurrentExecutions: 0 } : {},
      check: 'functions',
      says: /trailwatch-dev-deliver is stopped: its reserved concurrency is 0/,
      mend: /delete-function-concurrency --function-name trailwatch-dev-deliver/,
    },
    {
      rule: 'the stage was stopped',
      call: 'lambda:GetFunctionConcurrency',
      answer: () => ({ ReservedConcurrentExecutions: 0 }),
      check: 'functions',
      says: /the stage is stopped/,
      mend: /--param="enabled=true"/,
    },
    {
      rule: 'a queue is not read any more',
      call: 'lambda:ListEventSourceMappings',
      answer: () => ({
        EventSourceMappings: [
          { UUID: '5d7b0f1e', EventSourceArn: 'arn:aws:sqs:eu-central-1:111122223333:q', State: 'Disabled' },
        ],
      }),
      check: 'functions',
      says: /does not read q/,
      mend: /update-event-source-mapping --uuid 5d7b0f1e --enabled/,
    },
    {
      rule: 'the state table is gone',
      call: 'dynamodb:DescribeTable',
      answer: () => failure('ResourceNotFoundException'),
      check: 'state',
      says: /trailwatch-dev-state does not exist/,
      mend: /serverless deploy/,
    },
    {
      rule: 'the account runs few functions at once',
      call: 'lambda:GetAccountSettings',
      answer: () => ({ AccountLimit: { ConcurrentExecutions: 10, UnreservedConcurrentExecutions: 2 } }),
      check: 'concurrency',
      says: /Lambda concurrency is 10/,
      mend: /request-service-quota-increase --service-code lambda --quota-code L-B99A9384/,
    },
    {
      rule: 'the work group is gone',
      call: 'athena:GetWorkGroup',
      answer: () => failure('InvalidRequestException', 'WorkGroup trailwatch-dev-reports is not found.'),
      check: 'athena',
      says: /work group .* does not exist/,
      mend: /serverless deploy/,
    },
    {
      rule: 'the database is gone',
      call: 'glue:GetDatabase',
      answer: () => failure('EntityNotFoundException'),
      check: 'tables',
      says: /database trailwatch_dev does not exist/,
      mend: /serverless deploy/,
    },
    {
      rule: 'the last deployment broke off',
      call: 'cloudformation:DescribeStacks',
      answer: () => ({
        Stacks: [
          { StackStatus: 'UPDATE_ROLLBACK_FAILED', StackStatusReason: 'no room', CreationTime: now.toISOString() },
        ],
      }),
      check: 'stack',
      says: /UPDATE_ROLLBACK_FAILED: no room/,
      mend: /describe-stack-events/,
    },
  ])('$rule', async ({ call, answer, check, says, mend }) => {
    aws.answer(call, answer);
    const found = (await wrong()).filter((result) => result.check === check && result.state === 'broken');
    const shown = found.find((result) => says.test(result.says));
    expect({ all: found.map((result) => result.says), says: shown?.says }).toMatchObject({
      says: expect.stringMatching(says),
    });
    expect(shown?.mend).toMatch(mend);
  });

  test('what only deserves a look is a warning', async () => {
    aws.answer('s3:GetBucketPublicAccessBlock', () => publicAccessBlock(false));
    aws.answer('events:ListRuleNamesByTarget', () => ({ RuleNames: [] }));
    aws.answer('sns:ListSubscriptionsByTopic', () => ({ Subscriptions: [] }));
    const found = await wrong();
    expect(found[0]?.mend).toMatch(
      /^aws cloudformation deploy --template-file deploy\/forwarding\/region\.yml .*HomeBusArn=arn:aws:events:eu-central-1:111122223333:event-bus\/default/,
    );
    expect(found.map(({ check, state }) => `${check} ${state}`)).toEqual([
      'region warning',
      'bucket-public warning',
      'subscriptions warning',
    ]);
  });
});

describe('what cannot be looked at', () => {
  test('each missing permission is named, and hides nothing else', async () => {
    aws.deny('cloudtrail:GetTrailStatus', 's3:GetBucketPolicy', 'sqs:GetQueueAttributes', 'ssm:DescribeParameters');
    const found = await wrong();
    expect(found.map(({ check, state, says }) => `${check} ${state}: ${says}`)).toEqual([
      'logging unknown: not allowed to check: cloudtrail:GetTrailStatus is missing',
      'bucket-policy unknown: not allowed to check: s3:GetBucketPolicy is missing',
      'dead-letters unknown: not allowed to check: sqs:GetQueueAttributes is missing',
      'queues unknown: not allowed to check: sqs:GetQueueAttributes is missing',
      'secrets unknown: not allowed to check: ssm:DescribeParameters is missing',
    ]);
  });

  test('who may look at nothing hears it of everything', async () => {
    aws.deny();
    const found = await wrong();
    expect(found.every(({ state }) => state === 'unknown')).toBe(true);
    expect(found[0]).toMatchObject({ check: 'stack', says: expect.stringContaining('cloudformation:DescribeStacks') });
  });

  test('a call that never answers is given up, and hides nothing else', async () => {
    aws.hang('athena:GetWorkGroup');
    const found = (await examined(5_000)).filter(({ state }) => state !== 'ok');
    expect(found).toEqual([{ check: 'athena', state: 'unknown', says: 'no response within 5 s' }]);
  });

  test('without the stack, the rest of the account is still looked at', async () => {
    aws.answer('cloudformation:DescribeStacks', () =>
      failure('ValidationError', 'Stack with id trailwatch-dev does not exist'),
    );
    const results = await examined();
    expect(results.find(({ check }) => check === 'stack')).toMatchObject({
      state: 'broken',
      mend: expect.stringContaining('npx serverless deploy --stage dev'),
    });
    expect(results.map(({ check }) => check)).toEqual(expect.arrayContaining(['logging', 'concurrency', 'region']));
  });
});

describe('the clock', () => {
  test.each([
    ['within the second', 10_000, 10_400, 10_900, 0],
    ['ahead by a minute', 10_000, 71_000, 71_500, 60_000],
    ['behind by a minute', 70_000, 9_500, 10_000, -60_000],
  ])('%s', (_rule, date, sent, received, ahead) => {
    expect(aheadOf(date, sent, received)).toBe(ahead);
  });

  test('ten minutes behind AWS, requests are refused', async () => {
    aws.clock(600_000);
    expect(await wrong()).toEqual([
      expect.objectContaining({
        check: 'clock',
        state: 'broken',
        says: expect.stringMatching(/(599|600|601) s behind AWS/),
      }),
    ]);
  });
});

describe('the command', () => {
  test.each([
    { rule: '0: nothing is broken', prepare: () => undefined, code: 0, last: /^\d+ ok(?:, 1 warning)?$/ },
    {
      rule: '1: something is',
      prepare: () => aws.answer('cloudtrail:GetTrailStatus', () => ({ IsLogging: false })),
      code: 1,
      last: /1 broken/,
    },
    {
      rule: '3: something could not be looked at',
      prepare: () => aws.deny('glue:GetDatabase'),
      code: 3,
      last: /1 unknown$/,
    },
  ])('$rule', async ({ prepare, code, last }) => {
    prepare();
    const ended = await doctor('--stage', 'dev');
    expect(ended).toMatchObject({ code, stderr: '' });
    expect(ended.stdout.trimEnd().split('\n').at(-1)).toMatch(last);
    expect(ended.stdout).not.toContain('\u001b');
  });

  test('--send: each receiver gets a test message, and no secret is shown when one fails', async () => {
    const secret = 'https://hooks.example.com/services/T0/B0/hunter2';
    aws.answer('sns:Publish', () => ({ MessageId: '95df01b4' }));
    aws.answer('ssm:GetParameter', ({ Name }) => ({ Parameter: { Name, Type: 'SecureString', Value: secret } }));
    const { code, stdout, stderr } = await doctor('--stage', 'dev', '--send');
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    expect(stdout).toMatch(/^ok +send +receiver sns accepted a test message$/m);
    expect(stdout).toMatch(/^broken +send +receiver slack did not accept a test message: /m);
    expect(stdout).not.toContain('hunter2');
  });

  test('without --send nothing is sent, and no secret is read', async () => {
    await doctor('--stage', 'dev');
    expect(aws.asked.filter((call) => /Publish|GetParameter$|GetSecretValue|Put|Delete|Update/.test(call))).toEqual([]);
  });

  test('--format json says the same to programs', async () => {
    aws.deny('glue:GetDatabase');
    const { stdout } = await doctor('--stage', 'dev', '--format', 'json');
    const shown = JSON.parse(stdout) as { counts: Record<string, number>; results: readonly CheckResult[] };
    expect(shown.counts['unknown']).toBe(1);
    expect(shown.results).toContainEqual(expect.objectContaining({ check: 'tables', state: 'unknown' }));
  });

  test.each([
    [[], /--stage/],
    [['--stage', '../x'], /--stage ..\/x: expected lower-case letters/],
    [['--stage', 'dev', '--region', 'moon'], /--region moon: expected an AWS region/],
  ])('2: %j', async (args, says) => {
    const { code, stderr } = await doctor(...args);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(says) });
  });
});
