import { beforeAll, describe, expect, test } from '@jest/globals';
import { referencesIn, type Statement, statementsOf } from './checks.ts';
import { resourcesOf } from './resource-file.ts';

// Who may do what, as a table: a function that gains a power fails here until somebody has written it down.

const detecting = ['logs-subscription', 'event-bus', 'kinesis', 'probe', 'report', 'verify', 'watch', 'trail-file'];
const telling = ['deliver', 'flush'];

interface Power {
  readonly power: string;
  readonly action: RegExp;
  /** What it is done on: a logical id, or part of an ARN; of the state table, its partitions. */
  readonly on: RegExp;
  readonly nobodyBut: readonly string[];
}

const powers: readonly Power[] = [
  {
    power: "read the trail's files",
    action: /^s3:Get(?:Object|ObjectVersion|BucketLocation)$|^s3:ListBucket$/,
    on: /s3:::example-trail/,
    nobodyBut: ['compact', 'report', 'trail-file', 'verify'],
  },
  {
    power: 'decrypt them',
    action: /^kms:Decrypt$/,
    on: /:key\/0f0e0d0c/,
    nobodyBut: ['compact', 'report', 'trail-file', 'verify'],
  },
  { power: 'ask for public keys', action: /^cloudtrail:ListPublicKeys$/, on: /^\*$/, nobodyBut: ['report', 'verify'] },
  { power: 'publish findings', action: /^events:PutEvents$/, on: /^FindingsBus/, nobodyBut: detecting },
  { power: 'send canaries', action: /^events:PutEvents$/, on: /event-bus\/default/, nobodyBut: ['watch'] },
  {
    power: 'read secrets',
    action: /^(?:ssm:GetParameter|secretsmanager:GetSecretValue)$/,
    on: /trailwatch\/prod\//,
    nobodyBut: telling,
  },
  { power: 'decrypt them, by their service alone', action: /^kms:Decrypt$/, on: /:key\/\*/, nobodyBut: telling },
  {
    power: 'tell people',
    action: /^(?:sns:Publish|securityhub:BatchImportFindings)$/,
    on: /./,
    nobodyBut: [...telling, 'report'],
  },
  {
    power: 'encrypt what people are told',
    action: /^kms:(?:Decrypt|GenerateDataKey)$/,
    on: /^AlertsKey/,
    nobodyBut: [...telling, 'report'],
  },
  {
    power: 'remember what was told',
    action: /^dynamodb:(?:(?:Get|Put|Update|Delete)Item|Query)$/,
    on: /^StateTable (?:circuit|due|failed|group|inhibit|member|seen|throttle)#/,
    nobodyBut: telling,
  },
  {
    power: 'correlate, and see what fell silent',
    action: /^dynamodb:(?:(?:Get|Put|Update)Item|Query)$/,
    on: /^StateTable (?:fired|heartbeat|instance|window)#/,
    nobodyBut: [...detecting, ...telling],
  },
  {
    power: 'look after the pipeline itself',
    action: /^dynamodb:(?:(?:Get|Put|Update|Delete)Item|Query)$/,
    on: /^StateTable (?:arrival|canary|tally|told|trial)#/,
    nobodyBut: ['watch', ...telling],
  },
  {
    power: 'keep account of the copy, and of reports',
    action: /^dynamodb:(?:(?:Get|Put|Update|Delete)Item|Query)$/,
    on: /^StateTable (?:archive|report)#/,
    nobodyBut: ['compact', 'report'],
  },
  {
    power: 'read a queue',
    action: /^sqs:(?:DeleteMessage|GetQueueAttributes|ReceiveMessage)$/,
    on: /^(?:Deliver|TrailFile)Queue/,
    nobodyBut: ['deliver', 'trail-file'],
  },
  { power: 'read the stream', action: /^kinesis:(?:Describe|Get|List)/, on: /^LogsStream/, nobodyBut: ['kinesis'] },
  {
    power: 'keep host logs',
    action: /^firehose:PutRecordBatch$/,
    on: /deliverystream\/trailwatch-prod-host-auth/,
    nobodyBut: ['logs-subscription', 'kinesis', 'trail-file'],
  },
  {
    power: 'keep when findings were told',
    action: /^firehose:PutRecordBatch$/,
    on: /deliverystream\/trailwatch-prod-deliveries/,
    nobodyBut: telling,
  },
  {
    power: 'ask Athena',
    action: /^athena:|^glue:Get/,
    on: /workgroup\/trailwatch-prod-reports|:glue:/,
    nobodyBut: ['compact', 'report'],
  },
  { power: 'make a table', action: /^glue:(?:Create|Update)Table$/, on: /:glue:/, nobodyBut: ['compact'] },
  {
    power: 'read and write the archive',
    action: /^s3:(?:AbortMultipartUpload|Get\w+|List\w+|PutObject)$/,
    on: /ArchiveBucket/,
    nobodyBut: ['compact', 'report'],
  },
  {
    power: 'delete of the archive, and only of the copy that can be made anew',
    action: /^s3:DeleteObject$/,
    on: /^\$\{ArchiveBucket\.Arn\}\/cloudtrail_columnar\/\*$/,
    nobodyBut: ['compact'],
  },
  { power: 'set findings aside', action: /^sqs:SendMessage$/, on: /^DeliverDeadLetters/, nobodyBut: telling },
];

/** Every function may do these, on what is its own. */
const own = [
  /^logs:(?:CreateLogStream|PutLogEvents) .*\/trailwatch-prod-[\w-]+:\*$/,
  /^xray:Put\w+ \*$/,
  /^sqs:SendMessage \w+DeadLetters/,
];

let deeds: readonly { readonly who: string; readonly action: string; readonly on: string }[];
beforeAll(async () => {
  const { Resources } = await resourcesOf('roles.cjs', {
    trailBucket: 'example-trail',
    trailRegions: 'eu-west-1',
    trailKeyArn: 'arn:aws:kms:eu-west-1:111122223333:key/0f0e0d0c-0b0a-4900-8800-070605040302',
    logGroups: '/hosts/auth',
    logsStream: 'true',
    slackWebhookParameter: '/trailwatch/prod/slack',
    tracing: 'Active',
  });
  deeds = Object.values(Resources).flatMap((role) => {
    const name = JSON.stringify(role.Properties['RoleName']);
    const who = /trailwatch-prod-([\w-]+?)-\$/.exec(name)?.[1] ?? name;
    return statementsOf(role).flatMap((statement) => deedsOf(who, statement));
  });
}, 30_000);

describe('nobody but those named may', () => {
  test.each(powers)('$power', ({ action, on, nobodyBut }) => {
    const able = deeds.filter((deed) => action.test(deed.action) && on.test(deed.on)).map(({ who }) => who);
    expect([...new Set(able)].filter((who) => !nobodyBut.includes(who))).toEqual([]);
  });

  test('anything that is not in the table', () => {
    const unlisted = deeds
      .filter(({ action, on }) => !powers.some((power) => power.action.test(action) && power.on.test(on)))
      .filter(({ action, on }) => !own.some((pattern) => pattern.test(`${action} ${on}`)))
      .map(({ who, action, on }) => `${who} may ${action} on ${on}`);
    expect(unlisted).toEqual([]);
  });

  test('write the logs of another function', () => {
    const others = deeds.filter(({ who, action, on }) => action.startsWith('logs:') && !on.includes(`-${who}:*`));
    expect(others).toEqual([]);
  });
});

/** deedsOf parts a statement into single actions on single things; the state table's things are its partitions. */
function deedsOf(who: string, { Action, Resource, Condition }: Statement): typeof deeds {
  const keys = (Condition as { 'ForAllValues:StringLike'?: Record<string, string[]> } | undefined)?.[
    'ForAllValues:StringLike'
  ];
  const partitions = keys?.['dynamodb:LeadingKeys'];
  const things = partitions?.map((partition) => `StateTable ${partition}`) ?? [Resource].flat().map(nameOf);
  return [Action].flat().flatMap((action) => things.map((on) => ({ who, action, on })));
}

function nameOf(resource: unknown): string {
  if (typeof resource === 'string') return resource;
  const text = (resource as { readonly 'Fn::Sub'?: string })['Fn::Sub'];
  return text ?? referencesIn(resource).join();
}
