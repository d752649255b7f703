import { describe, expect, test } from '@jest/globals';
import { functionResources } from '../../deploy/functions/resources.ts';
import StackPlugin from '../../deploy/plugin.ts';
import { archive } from '../../deploy/resources/index.ts';
import { trail } from '../../deploy/resources/trail.ts';
import type { Serverless } from '../../deploy/serverless.ts';
import { completeStack, type Template } from '../../deploy/stack/complete.ts';
import { trailAccess } from '../../deploy/stack/trail-access.ts';
import { xmlOf } from '../support/cloudformation/xml.ts';
import { type Answer, startHttpServer } from '../support/http-server.ts';
import type { Template as Deployed } from './packaged.ts';
import { stageOf } from './stage-of.ts';

/** remove runs the hooks round `serverless remove` of a stack that is deployed (or isn't), and gives what they say. */
async function remove(
  stack?: ReturnType<typeof deployed>,
): Promise<{ before: readonly string[]; after: readonly string[]; warnings: readonly string[] }> {
  const said = { before: new Array<string>(), after: new Array<string>(), warnings: new Array<string>() };
  let now = said.before;
  const cloudFormation = await startHttpServer(({ body }) => {
    const asked = new URLSearchParams(body);
    const action = asked.get('Action') ?? '';
    if (stack === undefined)
      return xml(400, 'ErrorResponse', { Error: { Code: 'ValidationError', Message: 'no such stack' } });
    return xml(200, `${action}Response`, { [`${action}Result`]: stack(action, asked.get('NextToken') ?? undefined) });
  });
  const provider = {
    naming: { getStackName: () => 'trailwatch-prod' },
    getAwsSdkV3Config: async () => ({
      endpoint: cloudFormation.url,
      region: 'eu-west-1',
      credentials: { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'example' },
    }),
  };
  const log = { notice: (text: string) => now.push(text), warning: (text: string) => said.warnings.push(text) };
  const { hooks } = new StackPlugin(
    { getProvider: () => provider, classes: { Error } } as unknown as Serverless,
    {},
    { log },
  );
  try {
    await hooks['before:remove:remove']?.();
    now = said.after;
    await hooks['after:remove:remove']?.();
  } finally {
    await cloudFormation.close();
  }
  return said;
}

function xml(status: number, root: string, content: unknown): Answer {
  return { status, body: xmlOf(root, content), headers: { 'content-type': 'text/xml' } };
}

function deployed(
  Resources: Deployed['Resources'],
  names: Readonly<Record<string, string>>,
): (action: string, next?: string) => object {
  const all = Object.entries(names).map(([LogicalResourceId, PhysicalResourceId]) => ({
    LogicalResourceId,
    PhysicalResourceId,
  }));
  return (action, next) => {
    if (action === 'GetTemplate') return { TemplateBody: JSON.stringify({ Resources }) };
    // CloudFormation lists a hundred at a time.
    return next === undefined
      ? { StackResourceSummaries: all.slice(0, 1), NextToken: 'more' }
      : { StackResourceSummaries: all.slice(1) };
  };
}

describe('serverless remove', () => {
  test('says before and after what stays, and how to delete it', async () => {
    const { Resources } = trail(stageOf({ createTrail: 'true', trailBucket: 'example-audit-trail' }));
    const stage = { ...Resources, StateTable: { Type: 'AWS::DynamoDB::Table', Properties: {} } };
    const { before, after, warnings } = await remove(
      deployed(stage, {
        StateTable: 'trailwatch-prod-state',
        TrailBucket: 'example-audit-trail',
        TrailBucketPolicy: 'example-audit-trail',
        Trail: 'trailwatch-prod-trail',
      }),
    );
    expect(warnings).toEqual([]);
    expect(before.join('\n').split('\n')).toEqual([
      'These stay, since they hold or record evidence:',
      expect.stringMatching(
        /^ {2}example-audit-trail \(AWS::S3::Bucket\)\. To delete it: aws s3 rb s3:\/\/example-audit/,
      ),
      '  example-audit-trail (AWS::S3::BucketPolicy). To delete it: goes with its bucket',
      expect.stringMatching(
        /^ {2}trailwatch-prod-trail \(AWS::CloudTrail::Trail\)\. .* nothing is recorded from then on$/,
      ),
    ]);
    expect(after.join('\n').split('\n')).toEqual([
      'These still exist:',
      ...before.join('\n').split('\n').slice(1),
      expect.stringMatching(/^To deploy this stage again: /),
    ]);
  });

  test('refuses a stack whose table is protected, before anything is deleted', async () => {
    const Properties = { TableName: 'trailwatch-prod-state', DeletionProtectionEnabled: true };
    const stage = { StateTable: { Type: 'AWS::DynamoDB::Table', Properties } };
    await expect(remove(deployed(stage, { StateTable: 'trailwatch-prod-state' }))).rejects.toThrow(
      'trailwatch-prod: the table trailwatch-prod-state is protected from deletion; deploy with --param="protectState=false" first',
    );
  });

  test('says nothing of a stack that leaves nothing behind', async () => {
    const stage = { StateTable: { Type: 'AWS::DynamoDB::Table', Properties: {} } };
    const { before, after } = await remove(deployed(stage, { StateTable: 'trailwatch-prod-state' }));
    expect([...before, ...after]).toEqual([]);
  });

  test('goes on where the stack can not be asked, and says so', async () => {
    const { warnings, after } = await remove();
    expect(warnings).toEqual(["Can't list what stays of trailwatch-prod: no such stack"]);
    expect(after).toEqual([]);
  });

  test.each([
    {
      part: 'archive',
      make: archive,
      given: { trailBucket: 'example-trail' },
      stays: ['ArchiveBucket', 'AccessLogBucket'],
    },
    {
      part: 'locked evidence',
      make: archive,
      given: { trailBucket: 'example-trail', evidenceLockDays: '365' },
      stays: ['EvidenceBucket'],
    },
    {
      part: 'trail',
      make: trail,
      given: { createTrail: 'true', trailBucket: 'example-trail' },
      stays: ['Trail', 'TrailBucket', 'TrailBucketPolicy'],
    },
  ])('what holds evidence stays: $stays of the $part', ({ make, given, stays }) => {
    const kept = Object.entries(make(stageOf(given)).Resources)
      .filter(([, { DeletionPolicy }]) => DeletionPolicy === 'Retain')
      .map(([id]) => id);
    expect(kept).toEqual(expect.arrayContaining(stays));
  });
});

describe("a trail's bucket in another account", () => {
  const { Resources } = functionResources(stageOf({ trailBucket: 'example-trail' }));

  test('has to allow what the roles need that read it', () => {
    const { Value } = trailAccess(Resources, 'example-trail')['TrailBucketStatements'] ?? {};
    const statements = JSON.parse((Value as { 'Fn::Sub': string })['Fn::Sub']) as unknown[];
    expect(statements).toContainEqual({
      Effect: 'Allow',
      Principal: { AWS: expect.arrayContaining(['${VerifyRole.Arn}', '${TrailFileRole.Arn}']) },
      Action: ['s3:GetObject', 's3:GetObjectVersion'],
      Resource: ['arn:${AWS::Partition}:s3:::example-trail/*'],
    });
    expect(JSON.stringify(statements)).not.toContain('DeliverRole');
  });

  test.each([
    { given: { trailBucket: '' }, why: 'there is none' },
    { given: { trailBucket: 'example-trail', createTrail: 'true' }, why: 'it is in this account' },
  ])('has nothing to allow when $why', ({ given }) => {
    expect(completeStack<Template>({ Resources: {} }, stageOf(given)).Outputs).toEqual({});
  });
});
