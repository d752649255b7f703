import type { Template } from '../deploy/packaged.ts';
import { startHttpServer, type Answer, type Asked } from './http-server.ts';

/** LocalAccount is an AWS account in which one stage is deployed and all is well, until told otherwise. */
export interface LocalAccount {
  readonly url: string;
  /** What was asked, as IAM names it: `cloudtrail:GetTrailStatus`. */
  readonly asked: readonly string[];
  /** answer replaces what a call answers. A call that answers with an Error fails with its name. */
  answer(call: string, answer: (input: Input) => unknown): void;
  /** deny refuses calls as IAM does; without any, all of them. */
  deny(...calls: readonly string[]): void;
  /** hang never answers a call. */
  hang(call: string): void;
  /** Milliseconds that the account's clock is ahead. */
  clock(aheadMs: number): void;
  reset(): void;
  close(): Promise<void>;
}

export type Input = Readonly<Record<string, unknown>>;

export interface LocalAccountOptions {
  readonly stage: string;
  readonly region: string;
  readonly template: Template;
  readonly trailBucket: string;
  readonly now: Date;
}

const account = '111122223333';

/** startLocalAccount answers what the doctor asks, in each service's own protocol, from a packaged template. */
export async function startLocalAccount(options: LocalAccountOptions): Promise<LocalAccount> {
  const healthy = healthyAnswers(options);
  const asked: string[] = [];
  const changed = new Map<string, (input: Input) => unknown>();
  const denied = new Set<string>();
  const hanging = new Set<string>();
  let all = false;
  let aheadMs = 0;

  const { url, close } = await startHttpServer(async (request) => {
    const { call, input, protocol } = callOf(request);
    asked.push(call);
    // A promise that nothing keeps: the server's end breaks the connection off.
    if (hanging.has(call)) await new Promise(() => undefined);
    const date = { date: new Date(Date.now() + aheadMs).toUTCString() };
    const answered = ((): Answer => {
      if (denied.has(call) || (all && call !== 'sts:GetCallerIdentity')) {
        const arn = `arn:aws:sts::${account}:assumed-role/viewer/alice`;
        return protocol.fail(403, 'AccessDenied', `User: ${arn} is not authorized to perform: ${call} on resource: *`);
      }
      const answer = (changed.get(call) ?? healthy[call])?.(input);
      if (answer === undefined) return protocol.fail(400, 'UnknownOperationException', `${call} is not answered here`);
      if (answer instanceof Error) return protocol.fail(400, answer.name, answer.message);
      return protocol.succeed(call, answer);
    })();
    return { ...answered, headers: { ...answered.headers, ...date } };
  });

  return {
    url,
    asked,
    answer: (call, answer) => void changed.set(call, answer),
    deny: (...calls) => {
      all = calls.length === 0;
      for (const call of calls) denied.add(call);
    },
    hang: (call) => void hanging.add(call),
    clock: (ms) => void (aheadMs = ms),
    reset() {
      changed.clear();
      denied.clear();
      hanging.clear();
      asked.splice(0);
      all = false;
      aheadMs = 0;
    },
    close,
  };
}

/** failure is an answer that a call can be given: an error with AWS's name for it. */
export function failure(name: string, message = 'no'): Error {
  return Object.assign(new Error(message), { name });
}

function healthyAnswers({
  stage,
  region,
  template,
  trailBucket,
  now,
}: LocalAccountOptions): Readonly<Record<string, (input: Input) => unknown>> {
  const stack = `trailwatch-${stage}`;
  const resources = Object.entries(template.Resources).map(([id, { Type, Properties }]) => ({
    LogicalResourceId: id,
    PhysicalResourceId: physicalId(id, Type, Properties, region),
    ResourceType: Type,
    ResourceStatus: 'CREATE_COMPLETE',
    LastUpdatedTimestamp: now.toISOString(),
  }));
  const named = (type: string): readonly string[] =>
    resources.filter(({ ResourceType }) => ResourceType === type).map(({ PhysicalResourceId: id }) => id);
  const policy = {
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Principal: { Service: 'cloudtrail.amazonaws.com' }, Action: 's3:GetBucketAcl' },
      { Effect: 'Allow', Principal: { Service: 'cloudtrail.amazonaws.com' }, Action: 's3:PutObject' },
    ],
  };
  const properties = (type: string): readonly Input[] =>
    Object.values(template.Resources).flatMap(({ Type, Properties }) => (Type === type ? [Properties] : []));
  const topic = `arn:aws:sns:${region}:${account}:${stack}-alerts`;

  return {
    'sts:GetCallerIdentity': () => ({
      Account: account,
      Arn: `arn:aws:sts::${account}:assumed-role/viewer/alice`,
      UserId: 'AROAEXAMPLE:alice',
    }),
    'cloudformation:DescribeStacks': () => ({
      Stacks: [
        {
          StackName: stack,
          StackId: `arn:aws:cloudformation:${region}:${account}:stack/${stack}/6f1c0b2e`,
          StackStatus: 'UPDATE_COMPLETE',
          CreationTime: now.toISOString(),
          LastUpdatedTime: now.toISOString(),
          DriftInformation: { StackDriftStatus: 'IN_SYNC' },
          Outputs: [{ OutputKey: 'AlertsTopicArn', OutputValue: topic }],
          Tags: [{ Key: 'version', Value: '0.1.0' }],
        },
      ],
    }),
    'cloudformation:ListStackResources': () => ({ StackResourceSummaries: resources }),
    'cloudformation:GetTemplate': () => ({ TemplateBody: JSON.stringify(template) }),
    'cloudtrail:DescribeTrails': () => ({
      trailList: [
        {
          Name: 'organisation',
          TrailARN: `arn:aws:cloudtrail:${region}:${account}:trail/organisation`,
          HomeRegion: region,
          S3BucketName: trailBucket,
          LogFileValidationEnabled: true,
          IsMultiRegionTrail: true,
          IncludeGlobalServiceEvents: true,
          IsOrganizationTrail: false,
        },
      ],
    }),
    'cloudtrail:GetTrailStatus': () => ({ IsLogging: true, LatestDeliveryTime: now.getTime() / 1000 - 300 }),
    'cloudtrail:GetEventSelectors': () => ({
      EventSelectors: [{ ReadWriteType: 'All', IncludeManagementEvents: true }],
    }),
    's3:GetBucketPolicy': () => policy,
    's3:GetBucketNotification': () =>
      '<NotificationConfiguration><EventBridgeConfiguration/></NotificationConfiguration>',
    's3:GetBucketPolicyStatus': () => '<PolicyStatus><IsPublic>false</IsPublic></PolicyStatus>',
    's3:GetBucketPublicAccessBlock': () => publicAccessBlock(true),
    'logs:DescribeLogGroups': ({ logGroupNamePrefix }) => ({ logGroups: [{ logGroupName: logGroupNamePrefix }] }),
    'logs:DescribeSubscriptionFilters': () => ({ subscriptionFilters: [{ filterName: stack }] }),
    'events:DescribeRule': ({ Name }) => ({ Name, State: 'ENABLED' }),
    'events:ListRules': () => ({ Rules: named('AWS::Events::Rule').map((Name) => ({ Name })) }),
    'events:ListRuleNamesByTarget': () => ({ RuleNames: ['trailwatch-forward'] }),
    'cloudwatch:GetMetricData': ({ MetricDataQueries }) => ({
      MetricDataResults: (MetricDataQueries as readonly Query[]).map(({ Id, MetricStat }) => ({
        Id,
        Values: MetricStat.Metric.MetricName === 'Invocations' ? [3, 4] : [],
      })),
    }),
    'cloudwatch:DescribeAlarms': ({ AlarmNames }) => ({
      MetricAlarms: (AlarmNames as readonly string[]).map((AlarmName) => ({
        AlarmName,
        StateValue: 'OK',
        StateReason: 'fine',
        ActionsEnabled: true,
      })),
    }),
    'sns:ListSubscriptionsByTopic': () => ({
      Subscriptions: [
        { Protocol: 'email', Endpoint: 'security@example.com', SubscriptionArn: `${topic}:0b8f`, TopicArn: topic },
      ],
    }),
    'ssm:DescribeParameters': ({ ParameterFilters }) => ({
      Parameters: (ParameterFilters as readonly { readonly Values: readonly string[] }[]).map(({ Values: [Name] }) => ({
        Name,
        Type: 'SecureString',
      })),
    }),
    'secretsmanager:DescribeSecret': ({ SecretId }) => ({ Name: SecretId }),
    'sqs:GetQueueAttributes': () => ({
      Attributes: { ApproximateNumberOfMessages: '0', ApproximateNumberOfMessagesNotVisible: '0' },
    }),
    'lambda:GetAccountSettings': () => ({
      AccountLimit: { ConcurrentExecutions: 1000, UnreservedConcurrentExecutions: 900 },
    }),
    'lambda:GetFunctionConfiguration': () => ({ State: 'Active' }),
    'lambda:GetFunctionConcurrency': () => ({}),
    'lambda:ListEventSourceMappings': () => ({
      EventSourceMappings: [
        { UUID: '5d7b0f1e', EventSourceArn: `arn:aws:sqs:${region}:${account}:${stack}-deliver`, State: 'Enabled' },
      ],
    }),
    'servicequotas:GetServiceQuota': () => ({ Quota: { Value: 300 } }),
    'dynamodb:DescribeTable': ({ TableName }) => ({ Table: { TableName, TableStatus: 'ACTIVE' } }),
    'dynamodb:DescribeTimeToLive': () => ({ TimeToLiveDescription: { TimeToLiveStatus: 'ENABLED' } }),
    'athena:GetWorkGroup': ({ WorkGroup }) => ({ WorkGroup: { Name: WorkGroup, State: 'ENABLED' } }),
    'glue:GetDatabase': ({ Name }) => ({ Database: { Name } }),
    'glue:GetTables': () => ({
      TableList: properties('AWS::Glue::Table').map(({ TableInput }) => ({ Name: (TableInput as Input)['Name'] })),
    }),
  };
}

/** publicAccessBlock is S3's answer with all four switches on, or off. */
export function publicAccessBlock(on: boolean): string {
  const switches = ['BlockPublicAcls', 'IgnorePublicAcls', 'BlockPublicPolicy', 'RestrictPublicBuckets'];
  const body = switches.map((name) => `<${name}>${on}</${name}>`).join('');
  return `<PublicAccessBlockConfiguration>${body}</PublicAccessBlockConfiguration>`;
}

interface Query {
  readonly Id: string;
  readonly MetricStat: { readonly Metric: { readonly MetricName: string } };
}

/** What CloudFormation would have named a resource. */
function physicalId(id: string, type: string, properties: Input, region: string): string {
  const name = ['FunctionName', 'QueueName', 'TableName', 'AlarmName', 'Name', 'RoleName', 'TopicName']
    .map((key) => properties[key])
    .find((value) => typeof value === 'string');
  if (type === 'AWS::SQS::Queue') return `https://sqs.${region}.amazonaws.com/${account}/${name}`;
  if (type === 'AWS::Events::Rule' && properties['EventBusName'] !== undefined) return `bus|${name}`;
  if (type === 'AWS::Glue::Database') return String((properties['DatabaseInput'] as Input)['Name']);
  return name ?? id;
}

interface Protocol {
  succeed(call: string, answer: unknown): Answer;
  fail(status: number, code: string, message: string): Answer;
}

interface Call {
  readonly call: string;
  readonly input: Input;
  readonly protocol: Protocol;
}

const json: Protocol = {
  succeed: (_call, answer) => ({
    status: 200,
    body: JSON.stringify(answer),
    headers: { 'content-type': 'application/json' },
  }),
  fail: (status, code, message) => ({
    status,
    body: JSON.stringify({ __type: code, message }),
    headers: { 'content-type': 'application/json', 'x-amzn-errortype': code },
  }),
};

/** The query protocol: forms in, XML out. */
const query: Protocol = {
  succeed: (call, answer) => {
    const name = call.split(':')[1] ?? '';
    return xmlAnswer(200, `<${name}Response>${xml(`${name}Result`, answer)}</${name}Response>`);
  },
  fail: (status, code, message) =>
    xmlAnswer(
      status,
      `<ErrorResponse><Error><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`,
    ),
};

const s3: Protocol = {
  succeed: (_call, answer) => xmlAnswer(200, typeof answer === 'string' ? answer : JSON.stringify(answer)),
  fail: (status, code, message) =>
    xmlAnswer(status, `<Error><Code>${code}</Code><Message>${message}</Message></Error>`),
};

function xmlAnswer(status: number, body: string): Answer {
  return { status, body, headers: { 'content-type': 'text/xml' } };
}

function xml(name: string, value: unknown): string {
  if (value === undefined) return '';
  if (Array.isArray(value)) return `<${name}>${value.map((one) => xml('member', one)).join('')}</${name}>`;
  if (typeof value === 'object' && value !== null) {
    const inner = Object.entries(value).map(([key, each]) => xml(key, each));
    return `<${name}>${inner.join('')}</${name}>`;
  }
  return `<${name}>${(typeof value === 'string' ? value : JSON.stringify(value)).replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</${name}>`;
}

/** Services by how they name themselves on the wire. */
const targets: Readonly<Record<string, string>> = {
  CloudTrail_20131101: 'cloudtrail',
  Logs_20140328: 'logs',
  AWSEvents: 'events',
  AmazonSSM: 'ssm',
  AWSGlue: 'glue',
  AmazonAthena: 'athena',
  ServiceQuotasV20190624: 'servicequotas',
  secretsmanager: 'secretsmanager',
  AmazonSQS: 'sqs',
  DynamoDB_20120810: 'dynamodb',
  GraniteServiceVersion20100801: 'cloudwatch',
};

const versions: Readonly<Record<string, string>> = {
  '2011-06-15': 'sts',
  '2010-05-15': 'cloudformation',
  '2010-03-31': 'sns',
};

const lambdaCalls: readonly (readonly [RegExp, string])[] = [
  [/\/account-settings\/?$/, 'GetAccountSettings'],
  [/\/event-source-mappings\/?\?/, 'ListEventSourceMappings'],
  [/\/functions\/[^/]+\/concurrency$/, 'GetFunctionConcurrency'],
  [/\/functions\/[^/]+\/configuration$/, 'GetFunctionConfiguration'],
];

const s3Calls: Readonly<Record<string, string>> = {
  policy: 'GetBucketPolicy',
  notification: 'GetBucketNotification',
  policyStatus: 'GetBucketPolicyStatus',
  publicAccessBlock: 'GetBucketPublicAccessBlock',
};

function callOf({ path, headers, body }: Asked): Call {
  const target = headers['x-amz-target'];
  if (typeof target === 'string') {
    const [service = '', operation] = target.split('.').slice(-2);
    return { call: `${targets[service] ?? service}:${operation}`, input: JSON.parse(body) as Input, protocol: json };
  }
  if (String(headers['content-type']).startsWith('application/x-www-form-urlencoded')) {
    const input = Object.fromEntries(new URLSearchParams(body));
    return { call: `${versions[input['Version'] ?? '']}:${input['Action']}`, input, protocol: query };
  }
  if (/^\/20\d\d-\d\d-\d\d\//.test(path)) {
    const operation = lambdaCalls.find(([pattern]) => pattern.test(path))?.[1] ?? path;
    const url = new URL(path, 'http://localhost');
    const input = { FunctionName: url.pathname.split('/')[3], ...Object.fromEntries(url.searchParams) };
    return { call: `lambda:${operation}`, input, protocol: json };
  }
  const asked = Object.keys(s3Calls).find((name) => new URL(path, 'http://localhost').searchParams.has(name));
  return { call: `s3:${s3Calls[asked ?? ''] ?? path}`, input: {}, protocol: s3 };
}
