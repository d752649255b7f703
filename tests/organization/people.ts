import type { Random } from './random.ts';
import { accounts, recordOf, roleIdentity, userIdentity, type Caller, type CloudTrailRecord } from './record.ts';

const hour = 3_600_000;
const browser =
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36';

/** What a console page asks by itself when it is opened; a part of it may be denied to whoever looks. */
const pages: readonly (readonly string[])[] = [
  [
    'ec2.DescribeInstances',
    'ec2.DescribeInstanceStatus',
    'ec2.DescribeVolumes',
    'ec2.DescribeAddresses',
    'ec2.DescribeTags',
    'ec2.DescribeAccountAttributes',
    'autoscaling.DescribeAutoScalingGroups',
    'elasticloadbalancing.DescribeLoadBalancers',
    'compute-optimizer.GetEnrollmentStatus',
    'cloudwatch.DescribeAlarms',
    'ec2.DescribeSnapshots',
    'ec2.DescribeInstanceTypes',
  ],
  [
    's3.ListBuckets',
    's3.GetBucketLocation',
    's3.GetBucketPolicyStatus',
    's3.GetBucketPublicAccessBlock',
    's3.GetAccountPublicAccessBlock',
    's3.GetBucketAcl',
    's3.GetBucketVersioning',
    's3.GetStorageLensConfiguration',
    'access-analyzer.ListAnalyzers',
  ],
  [
    'iam.GetAccountSummary',
    'iam.ListUsers',
    'iam.ListRoles',
    'iam.ListMFADevices',
    'iam.GetAccountPasswordPolicy',
    'iam.ListAccountAliases',
    'organizations.DescribeOrganization',
    'iam.GenerateServiceLastAccessedDetails',
    'iam.ListGroups',
    'iam.ListPolicies',
  ],
  [
    'lambda.ListFunctions20150331',
    'lambda.GetFunction20150331v2',
    'lambda.GetPolicy20150331v2',
    'lambda.GetAccountSettings20160819',
    'lambda.ListEventSourceMappings20150331',
    'logs.DescribeLogGroups',
    'xray.GetServiceGraph',
    'codedeploy.ListApplications',
  ],
  [
    'rds.DescribeDBInstances',
    'rds.DescribeDBClusters',
    'rds.DescribePendingMaintenanceActions',
    'rds.DescribeEvents',
    'pi.GetResourceMetrics',
    'rds.DescribeDBSnapshots',
    'kms.ListAliases',
  ],
  [
    'cloudwatch.DescribeAlarms',
    'cloudwatch.ListDashboards',
    'cloudwatch.ListMetrics',
    'logs.DescribeLogGroups',
    'logs.StartQuery',
    'logs.GetQueryResults',
    'health.DescribeEventAggregates',
    'rum.ListAppMonitors',
    'synthetics.DescribeCanaries',
  ],
  [
    'secretsmanager.ListSecrets',
    'secretsmanager.DescribeSecret',
    'secretsmanager.GetResourcePolicy',
    'kms.DescribeKey',
  ],
  [
    'ecs.ListClusters',
    'ecs.DescribeClusters',
    'ecs.ListServices',
    'ecs.DescribeServices',
    'ecs.ListTasks',
    'ecs.DescribeTasks',
    'servicediscovery.ListNamespaces',
  ],
  [
    'ce.GetCostAndUsage',
    'ce.GetCostForecast',
    'budgets.DescribeBudgets',
    'cur.DescribeReportDefinitions',
    'freetier.GetFreeTierUsage',
    'payments.ListPaymentPreferences',
  ],
];

interface Person {
  readonly name: string;
  readonly set: string;
  readonly home: string;
  /** Of the calls of a page, the share that the permission set refuses. */
  readonly denied: number;
}

const office = ['192.0.2.10', '192.0.2.11'];
const people: readonly Person[] = [
  { name: 'ana', set: 'Administrator', home: '198.51.100.21', denied: 0 },
  { name: 'ben', set: 'Administrator', home: '198.51.100.34', denied: 0 },
  { name: 'chi', set: 'Developer', home: '198.51.100.57', denied: 0.22 },
  { name: 'dara', set: 'Developer', home: '203.0.113.16', denied: 0.22 },
  { name: 'eli', set: 'Developer', home: '203.0.113.88', denied: 0.22 },
  { name: 'fay', set: 'Billing', home: '203.0.113.120', denied: 0.45 },
  { name: 'gus', set: 'Support', home: '198.51.100.140', denied: 0.3 },
  { name: 'hana', set: 'DataEngineer', home: '198.51.100.201', denied: 0.25 },
];

/** What people do by hand now and then, with a name that says which. None of it is an attack. */
const chores: readonly ((random: Random) => readonly [string, unknown, unknown?])[] = [
  (random) => ['ec2.RebootInstances', { instancesSet: { items: [{ instanceId: `i-${random.hex(17)}` }] } }],
  (random) => ['ec2.StopInstances', { instancesSet: { items: [{ instanceId: `i-${random.hex(17)}` }] } }],
  () => ['lambda.Invoke', { functionName: 'report-daily', invocationType: 'RequestResponse' }],
  () => ['cloudwatch.PutMetricAlarm', { alarmName: 'checkout-latency', threshold: 800 }],
  () => ['cloudwatch.PutDashboard', { dashboardName: 'team' }],
  () => ['ecs.UpdateService', { cluster: 'web', service: 'shop', forceNewDeployment: true }],
  (random) => [
    'ssm.StartSession',
    { target: `i-${random.hex(17)}` },
    { sessionId: `ana-${random.hex(17)}`, tokenValue: 'HIDDEN_DUE_TO_SECURITY_REASONS' },
  ],
  () => ['secretsmanager.GetSecretValue', { secretId: 'staging/shop/database' }],
  () => ['s3.PutBucketTagging', { bucketName: 'team-notes' }],
  () => ['athena.StartQueryExecution', { queryString: 'HIDDEN_DUE_TO_SECURITY_REASONS', workGroup: 'primary' }],
  () => ['logs.PutRetentionPolicy', { logGroupName: '/app/shop', retentionInDays: 90 }],
];

/** peopleOf gives the records of a day of people at their consoles and command lines: few at weekends. */
export function* peopleOf(random: Random, dayMs: number): Iterable<CloudTrailRecord> {
  const weekend = [0, 6].includes(new Date(dayMs).getUTCDay());
  for (const person of people) {
    if (weekend && !random.chance(0.12)) continue;
    for (let sitting = random.whole(2, 4); sitting > 0; sitting -= 1) yield* sittingOf(random, person, dayMs);
    if (random.chance(0.5)) yield* commandLineOf(random, person, dayMs);
  }
  if (!weekend) yield* auditorOf(random, dayMs);
}

function callerOf(random: Random, person: Person, account: string, since: number, console: boolean): Caller {
  const role = `AWSReservedSSO_${person.set}_${account.slice(0, 3)}0a1b2c3d4e5f6`;
  return {
    account,
    identity: roleIdentity(random, {
      account,
      role,
      session: `${person.name}@example.com`,
      since,
      path: 'aws-reserved/sso.amazonaws.com/eu-west-1/',
    }),
    address: random.chance(0.6) ? random.of(office) : person.home,
    agent: console
      ? browser
      : 'aws-cli/2.31.6 md/awscrt#0.27.6 ua/2.1 os/macos#24.6.0 md/arch#arm64 lang/python#3.13.7 cfg/retry-mode#standard',
    region: 'eu-west-1',
    console,
  };
}

function* sittingOf(random: Random, person: Person, dayMs: number): Iterable<CloudTrailRecord> {
  let atMs = dayMs + 7 * hour + random.whole(0, 9 * hour);
  const account = random.of([accounts.production, accounts.staging, accounts.staging, accounts.shared]);
  const caller = callerOf(random, person, account, atMs, true);
  yield recordOf(
    random,
    { ...caller, agent: browser },
    {
      atMs,
      name: 'sso.Federate',
      region: 'eu-west-1',
      more: { eventType: 'AwsServiceEvent', serviceEventDetails: { account_id: account, role_name: person.set } },
    },
  );
  yield recordOf(random, caller, {
    atMs: atMs + 2_000,
    name: 'signin.ConsoleLogin',
    answer: { ConsoleLogin: 'Success' },
    more: {
      additionalEventData: { LoginTo: 'https://console.aws.amazon.com', MobileVersion: 'No', MFAUsed: 'No' },
      eventType: 'AwsConsoleSignIn',
    },
  });
  for (let page = random.whole(4, 10); page > 0; page -= 1) {
    atMs += random.whole(20_000, 240_000);
    for (const name of random.of(pages)) {
      const refused = random.chance(person.denied)
        ? { error: random.of(['AccessDenied', 'Client.UnauthorizedOperation', 'AccessDeniedException']) }
        : {};
      yield recordOf(random, caller, { atMs: atMs + random.whole(0, 4_000), name, ...refused });
    }
  }
  if (random.chance(0.35)) {
    const [name, parameters, answer] = random.of(chores)(random);
    yield recordOf(random, caller, { atMs: atMs + 30_000, name, parameters, answer });
  }
}

function* commandLineOf(random: Random, person: Person, dayMs: number): Iterable<CloudTrailRecord> {
  let atMs = dayMs + 7 * hour + random.whole(0, 9 * hour);
  const caller = callerOf(random, person, random.of([accounts.staging, accounts.production]), atMs, false);
  yield recordOf(random, caller, { atMs, name: 'sts.GetCallerIdentity' });
  for (let calls = random.whole(5, 40); calls > 0; calls -= 1) {
    atMs += random.whole(1_000, 90_000);
    const name = random.of([
      's3.ListBuckets',
      'ec2.DescribeInstances',
      'logs.FilterLogEvents',
      'ecs.DescribeServices',
      'cloudformation.DescribeStacks',
      'ssm.GetParameter',
      'lambda.ListFunctions20150331',
      'dynamodb.DescribeTable',
      'iam.ListRoles',
      'organizations.ListAccounts',
    ]);
    const parameters = name === 'ssm.GetParameter' ? { name: '/shop/flags', withDecryption: true } : null;
    yield recordOf(random, caller, {
      atMs,
      name,
      parameters,
      ...(random.chance(person.denied / 3) && { error: 'AccessDenied' }),
    });
  }
}

/** An IAM user with a password and a second factor, as few companies manage to do without. Sometimes it is mistyped. */
function* auditorOf(random: Random, dayMs: number): Iterable<CloudTrailRecord> {
  if (!random.chance(0.3)) return;
  const account = accounts.shared;
  const caller: Caller = {
    account,
    identity: userIdentity(account, 'auditor', ''),
    address: '198.51.100.77',
    agent: browser,
    region: 'eu-west-1',
    console: true,
  };
  let atMs = dayMs + 9 * hour + random.whole(0, 4 * hour);
  const signIn = (failed: boolean): CloudTrailRecord =>
    recordOf(random, caller, {
      atMs,
      name: 'signin.ConsoleLogin',
      region: 'us-east-1',
      answer: { ConsoleLogin: failed ? 'Failure' : 'Success' },
      more: {
        ...(failed && { errorMessage: 'Failed authentication', responseElements: { ConsoleLogin: 'Failure' } }),
        additionalEventData: {
          LoginTo: 'https://console.aws.amazon.com',
          MobileVersion: 'No',
          MFAUsed: 'Yes',
          MFAIdentifier: `arn:aws:iam::${account}:mfa/auditor`,
        },
        eventType: 'AwsConsoleSignIn',
      },
    });
  for (let mistakes = random.whole(0, 2); mistakes > 0; mistakes -= 1) {
    yield signIn(true);
    atMs += 20_000;
  }
  yield signIn(false);
  for (const name of pages[2] ?? []) yield recordOf(random, caller, { atMs: (atMs += 3_000), name });
}
