import { describe, expect, test } from '@jest/globals';
import type { Template } from './packaged.ts';
import { requireOfDeploy, resourcesOf } from './resource-file.ts';

type Request = (service: string, operation: string, of: { readonly NextToken?: string }) => Promise<unknown>;
type Hook = () => Promise<void> | void;
type Plugin = new (
  serverless: object,
  options: object,
  tools: object,
) => { readonly hooks: Readonly<Record<string, Hook>> };
const StackPlugin = requireOfDeploy('./stack-plugin.cjs') as Plugin;

/** remove runs the hooks round `serverless remove` of a stack that is deployed, and gives what they say. */
async function remove(request: Request): Promise<{ before: string[]; after: string[]; warnings: string[] }> {
  const [before, after, warnings]: string[][] = [[], [], []];
  let said = before;
  const provider = { request, naming: { getStackName: () => 'trailwatch-prod' }, getStage: () => 'prod' };
  const log = { notice: (text: string) => said?.push(text), warning: (text: string) => warnings?.push(text) };
  const { hooks } = new StackPlugin({ getProvider: () => provider }, {}, { log });
  await hooks['before:remove:remove']?.();
  said = after;
  await hooks['after:remove:remove']?.();
  return { before: before ?? [], after: after ?? [], warnings: warnings ?? [] };
}

function deployed(Resources: Template['Resources'], names: Readonly<Record<string, string>>): Request {
  const all = Object.entries(names).map(([LogicalResourceId, PhysicalResourceId]) => ({
    LogicalResourceId,
    PhysicalResourceId,
  }));
  return async (_service, operation, { NextToken }) => {
    if (operation === 'getTemplate') return { TemplateBody: JSON.stringify({ Resources }) };
    // CloudFormation lists a hundred at a time.
    return NextToken === undefined
      ? { StackResourceSummaries: all.slice(0, 1), NextToken: 'more' }
      : { StackResourceSummaries: all.slice(1) };
  };
}

describe('serverless remove', () => {
  test('says before and after what stays, and how to delete it', async () => {
    const { Resources } = await resourcesOf('trail.cjs', { createTrail: 'true', trailBucket: 'example-audit-trail' });
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
      'These stay, since they hold evidence, or record it:',
      expect.stringMatching(
        /^ {2}example-audit-trail \(AWS::S3::Bucket\)\. To delete it: aws s3 rb s3:\/\/example-audit/,
      ),
      '  example-audit-trail (AWS::S3::BucketPolicy). To delete it: goes with its bucket',
      expect.stringMatching(
        /^ {2}trailwatch-prod-trail \(AWS::CloudTrail::Trail\)\. .* nothing is recorded from then on$/,
      ),
    ]);
    expect(after.join('\n').split('\n')).toEqual(['These are still there:', ...before.join('\n').split('\n').slice(1)]);
  });

  test('says nothing of a stack that leaves nothing behind', async () => {
    const stage = { StateTable: { Type: 'AWS::DynamoDB::Table', Properties: {} } };
    const { before, after } = await remove(deployed(stage, { StateTable: 'trailwatch-prod-state' }));
    expect([...before, ...after]).toEqual([]);
  });

  test('goes on where the stack can not be asked, and says so', async () => {
    const { warnings, after } = await remove(() => Promise.reject(new Error('Stack trailwatch-prod does not exist')));
    expect(warnings).toEqual(['What stays of trailwatch-prod is not known: Stack trailwatch-prod does not exist']);
    expect(after).toEqual([]);
  });

  test.each([
    {
      file: 'archive.cjs',
      given: { trailBucket: 'example-trail', trailRegions: 'eu-west-1' },
      stays: ['ArchiveBucket'],
    },
    {
      file: 'trail.cjs',
      given: { createTrail: 'true', trailBucket: 'example-trail' },
      stays: ['Trail', 'TrailBucket', 'TrailBucketPolicy'],
    },
  ])('what holds evidence stays: $stays of $file', async ({ file, given, stays }) => {
    const { Resources } = await resourcesOf(file, given);
    const kept = Object.entries(Resources)
      .filter(([, resource]) => (resource as { readonly DeletionPolicy?: string }).DeletionPolicy === 'Retain')
      .map(([id]) => id);
    expect(kept).toEqual(expect.arrayContaining(stays));
  });
});

describe("a trail's bucket in another account", () => {
  const { trailAccess } = requireOfDeploy('./stack/trail-access.cjs') as {
    readonly trailAccess: (
      resources: Template['Resources'],
      stage: object,
    ) => Readonly<Record<string, { Value: unknown }>>;
  };
  const stage = { createTrail: 'false', trailBucket: 'example-trail' };

  test('is told which roles read it, and what they need', async () => {
    const { Resources } = await resourcesOf('roles.cjs', { trailBucket: 'example-trail' });
    const { Value } = trailAccess(Resources, stage)['TrailBucketStatements'] ?? {};
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
    { given: { ...stage, trailBucket: '' }, why: 'there is none' },
    { given: { ...stage, createTrail: 'true' }, why: 'it is in this account' },
  ])('is told nothing when $why', async ({ given }) => {
    const { Resources } = await resourcesOf('roles.cjs', { trailBucket: 'example-trail' });
    expect(trailAccess(Resources, given)).toEqual({});
  });
});
