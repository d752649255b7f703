import { describe, expect, test } from '@jest/globals';
import { functionResources } from '../../deploy/functions/resources.ts';
import { expectGolden } from '../support/golden.ts';
import { ofType, referencesIn, type Statement, statementsOf } from './checks.ts';
import { stageOf } from './stage-of.ts';

// Who may do what. The golden file lists each power of each function: a change of it is a change of powers, for a person to review.
// The table says who alone may have a power that matters; a function that gains one fails here until somebody has written it down.

const notifying = ['deliver', 'flush'];

interface Power {
  readonly power: string;
  readonly action: RegExp;
  /** What it is done on: a logical id, or part of an ARN; of the state table, its partitions. */
  readonly on: RegExp;
  /** Who may have it; any function that raises findings when absent. */
  readonly nobodyBut?: readonly string[];
}

const powers: readonly Power[] = [
  {
    power: "read the trail's files",
    action: /^s3:Get(?:Object|ObjectVersion|BucketLocation)$/,
    on: /s3:::example-trail/,
    nobodyBut: ['compact', 'report', 'trail-file', 'verify'],
  },
  {
    power: "list the trail's bucket",
    action: /^s3:ListBucket$/,
    on: /s3:::example-trail/,
    nobodyBut: ['compact', 'report', 'verify', 'watch'],
  },
  {
    power: 'decrypt them',
    action: /^kms:Decrypt$/,
    on: /:key\/0f0e0d0c/,
    nobodyBut: ['compact', 'report', 'trail-file', 'verify'],
  },
  { power: 'ask for public keys', action: /^cloudtrail:ListPublicKeys$/, on: /^\*$/, nobodyBut: ['report', 'verify'] },
  { power: 'publish findings', action: /^events:PutEvents$/, on: /^FindingsBus/ },
  { power: 'send canaries', action: /^events:PutEvents$/, on: /event-bus\/default/, nobodyBut: ['watch'] },
  {
    power: 'read secrets',
    action: /^(?:ssm:GetParameter|secretsmanager:GetSecretValue)$/,
    on: /trailwatch\/prod\//,
    nobodyBut: notifying,
  },
  { power: 'decrypt them, by their service alone', action: /^kms:Decrypt$/, on: /:key\/\*/, nobodyBut: notifying },
  {
    power: 'send notifications',
    action: /^(?:sns:Publish|securityhub:BatchImportFindings)$/,
    on: /./,
    nobodyBut: [...notifying, 'report'],
  },
  {
    power: 'encrypt notifications',
    action: /^kms:(?:Decrypt|GenerateDataKey)$/,
    on: /^AlertsKey/,
    nobodyBut: [...notifying, 'report'],
  },
  {
    power: 'record what was sent',
    action: /^dynamodb:(?:(?:Get|Put|Update|Delete)Item|Query)$/,
    on: /^StateTable (?:circuit|due|failed|group|inhibit|member|seen|throttle)#/,
    nobodyBut: notifying,
  },
  {
    power: 'correlate, and see what fell silent',
    action: /^dynamodb:(?:(?:Get|Put|Update)Item|Query)$/,
    on: /^StateTable (?:fired|heartbeat|instance|sighting|window)#/,
  },
  {
    power: 'check the pipeline itself',
    action: /^dynamodb:(?:(?:Get|Put|Update|Delete)Item|Query)$/,
    on: /^StateTable (?:arrival|canary|tally|told|trial)#/,
    nobodyBut: ['watch', ...notifying],
  },
  {
    power: 'record what was copied',
    action: /^dynamodb:(?:(?:Get|Put|Update|Delete)Item|Query)$/,
    on: /^StateTable archive#/,
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
    power: 'keep what was sent of findings',
    action: /^firehose:PutRecordBatch$/,
    on: /deliverystream\/trailwatch-prod-deliveries/,
    nobodyBut: notifying,
  },
  {
    power: 'ask Athena',
    action: /^athena:/,
    on: /workgroup\/trailwatch-prod-reports/,
    nobodyBut: ['compact', 'report'],
  },
  { power: 'see tables', action: /^glue:Get/, on: /:glue:/, nobodyBut: ['compact', 'report', 'watch'] },
  { power: 'make a table', action: /^glue:CreateTable$/, on: /:glue:/, nobodyBut: ['compact'] },
  { power: 'change a table', action: /^glue:UpdateTable$/, on: /:glue:/, nobodyBut: ['compact', 'watch'] },
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
  { power: 'set findings aside', action: /^sqs:SendMessage$/, on: /^DeliverDeadLetters/, nobodyBut: notifying },
];

/** Every function may do these, on what is its own. */
const own = [
  /^logs:(?:CreateLogStream|PutLogEvents) .*\/trailwatch-prod-[\w-]+:\*$/,
  /^xray:Put\w+ \*$/,
  /^sqs:SendMessage \w+DeadLetters/,
];

interface Deed {
  readonly who: string;
  readonly action: string;
  readonly on: string;
}

const { Resources } = functionResources(
  stageOf({
    trailBucket: 'example-trail',
    trailKeyArn: 'arn:aws:kms:eu-west-1:111122223333:key/0f0e0d0c-0b0a-4900-8800-070605040302',
    logGroups: '/hosts/auth',
    logsStream: 'true',
    slackWebhookParameter: '/trailwatch/prod/slack',
    tracing: 'Active',
  }),
);
const roles = ofType(Resources, 'AWS::IAM::Role').map(([, role]) => {
  const name = JSON.stringify(role.Properties['RoleName']);
  return { who: /trailwatch-prod-([\w-]+?)-\$/.exec(name)?.[1] ?? name, statements: statementsOf(role) };
});
const deeds = roles.flatMap(({ who, statements }) => statements.flatMap((statement) => deedsOf(who, statement)));

test('each function may do what the golden file says (UPDATE_GOLDEN=1 writes it anew)', () => {
  const text = roles.map(({ who, statements }) => `${who}\n${statements.map(lineOf).toSorted().join('')}`).join('\n');
  expectGolden('deploy/powers.txt', text);
});

describe('nobody but those named may', () => {
  test.each(
    powers.flatMap((power) => (power.nobodyBut === undefined ? [] : [{ ...power, nobodyBut: power.nobodyBut }])),
  )('$power', ({ action, on, nobodyBut }) => {
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

/** lineOf writes a statement on one line, ARNs without what all of them have. */
function lineOf({ Action, Resource, Condition }: Statement): string {
  const things = [Resource].flat().map((one) => nameOf(one).replace(/^arn:\$\{AWS::Partition\}:/, ''));
  const where = Condition === undefined ? '' : `, where ${JSON.stringify(Condition)}`;
  return `  ${[Action].flat().join(', ')}\n    on ${things.join(', ')}${where}\n`
    .replaceAll('${AWS::Region}:${AWS::AccountId}:', '')
    .replaceAll('arn:${AWS::Partition}:', '');
}

/** deedsOf parts a statement into single actions on single things; the state table's things are its partitions. */
function deedsOf(who: string, { Action, Resource, Condition }: Statement): readonly Deed[] {
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
