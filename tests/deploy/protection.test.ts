import { describe, expect, test } from '@jest/globals';
import { functionResources } from '../../deploy/functions/resources.ts';
import { archive, stackResources } from '../../deploy/resources/index.ts';
import { subscriptions } from '../../deploy/resources/subscriptions.ts';
import { functionRows } from '../../deploy/functions/rows.ts';
import { ofType, statementsOf } from './checks.ts';
import { specificationProblems } from './specification.ts';
import { stageOf } from './stage-of.ts';

const key = 'arn:aws:kms:eu-west-1:111122223333:key/0f0e0d0c-0b0a-4900-8800-070605040302';

describe('one key for the state table and the queues', () => {
  const { Resources } = stackResources(stageOf({ dataKeyArn: key, trailBucket: 'example-trail' }));

  test('encrypts every one of them', () => {
    const queues = ofType(Resources, 'AWS::SQS::Queue').map(([, { Properties }]) => Properties);
    expect(queues.length).toBeGreaterThan(10);
    for (const queue of queues) expect(queue).toMatchObject({ KmsMasterKeyId: key, SqsManagedSseEnabled: false });
    expect(Resources['StateTable']?.Properties['SSESpecification']).toEqual({
      SSEEnabled: true,
      SSEType: 'KMS',
      KMSMasterKeyId: key,
    });
  });

  test('may be used by every function, and by no other role', () => {
    const able = ofType(Resources, 'AWS::IAM::Role')
      .filter(([, role]) => statementsOf(role).some(({ Resource }) => Resource === key))
      .map(([id]) => id);
    expect(able).toHaveLength(Object.keys(functionRows).length);
  });

  test('is not there by default: queues and table have keys of AWS', () => {
    const plain = stackResources(stageOf()).Resources;
    expect(JSON.stringify(plain)).not.toMatch(/UseDataKey|KMSMasterKeyId/);
    for (const [, { Properties }] of ofType(plain, 'AWS::SQS::Queue')) {
      expect(Properties).toMatchObject({ SqsManagedSseEnabled: true });
    }
  });
});

test('the state table is protected from deletion where the stage says so', () => {
  const protection = (given: Readonly<Record<string, string>>) =>
    stackResources(stageOf(given)).Resources['StateTable']?.Properties['DeletionProtectionEnabled'];
  expect([protection({}), protection({ protectState: 'true' })]).toEqual([undefined, true]);
});

describe('evidence', () => {
  const given = { trailBucket: 'example-trail', evidenceLockDays: '3650', evidenceLockMode: 'COMPLIANCE' };

  test('is locked in a bucket of its own, to which the function may write and nothing else', () => {
    const { Resources } = archive(stageOf(given));
    expect(Resources['EvidenceBucket']?.Properties).toMatchObject({
      ObjectLockEnabled: true,
      ObjectLockConfiguration: { Rule: { DefaultRetention: { Mode: 'COMPLIANCE', Days: 3650 } } },
      VersioningConfiguration: { Status: 'Enabled' },
    });
    const role = functionResources(stageOf(given)).Resources['ReportRole'];
    const touching = statementsOf(role).filter(({ Resource }) => JSON.stringify(Resource).includes('EvidenceBucket'));
    expect(touching).toEqual([
      {
        Sid: 'FileEvidence',
        Effect: 'Allow',
        Action: 's3:PutObject',
        Resource: { 'Fn::Sub': '${EvidenceBucket.Arn}/evidence/*' },
      },
    ]);
    expect(functionRows['report']?.environment(stageOf(given))['TRAILWATCH_EVIDENCE_BUCKET']).toEqual({
      'Fn::Sub': 'trailwatch-prod-evidence-${AWS::AccountId}-${AWS::Region}',
    });
  });

  test('is in the archive without a lock', () => {
    const stage = stageOf({ trailBucket: 'example-trail' });
    expect(archive(stage).Resources).not.toHaveProperty('EvidenceBucket');
    expect(functionRows['report']?.environment(stage)['TRAILWATCH_EVIDENCE_BUCKET']).toEqual({
      'Fn::Sub': 'trailwatch-prod-archive-${AWS::AccountId}-${AWS::Region}',
    });
  });

  test('has an access log, in a bucket that S3 alone writes to', () => {
    const { Resources } = archive(stageOf(given));
    for (const id of ['ArchiveBucket', 'EvidenceBucket']) {
      expect(Resources[id]?.Properties['LoggingConfiguration']).toMatchObject({
        DestinationBucketName: { Ref: 'AccessLogBucket' },
      });
    }
    expect(Resources['AccessLogBucketPolicy']?.Properties['PolicyDocument']).toMatchObject({
      Statement: [
        {
          Principal: { Service: 'logging.s3.amazonaws.com' },
          Action: 's3:PutObject',
          Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
        },
        { Effect: 'Deny' },
      ],
    });
    const buckets = Object.entries(Resources).filter(([id]) => /^(?:AccessLog|Archive|Evidence)Bucket/.test(id));
    expect(specificationProblems({ Resources: Object.fromEntries(buckets) })).toEqual([]);
  });
});

describe('what the trail-file function reads', () => {
  const keysOf = (given: Readonly<Record<string, string>>): unknown => {
    const { TrailFileRule } = functionResources(stageOf({ trailBucket: 'example-trail', ...given })).Resources;
    const pattern = TrailFileRule?.Properties['EventPattern'] as
      { readonly detail: { readonly object: unknown } } | undefined;
    return pattern?.detail.object;
  };

  test.each([
    { given: {}, keys: [{ prefix: 'AWSLogs/' }] },
    { given: { trailPrefix: 'audit' }, keys: [{ prefix: 'audit/AWSLogs/' }] },
  ])('is below the folder of the trail alone: $keys', ({ given, keys }) => {
    expect(keysOf(given)).toEqual({ key: keys });
  });

  test('and what a path of the configuration names, if it is one of a bucket', () => {
    const { configuration, ...stage } = stageOf({ trailBucket: 'example-trail' });
    const row = { groups: [], format: 'lines' } as const;
    const paths = ['hosts/*.log', '*/messages', 's3://example-trail/other/*', 's3://another/*', 'kinesis:orders/*'];
    const logs = [{ ...row, paths }];
    const { TrailFileRule } = functionResources({ ...stage, configuration: { ...configuration, logs } }).Resources;
    expect(TrailFileRule?.Properties['EventPattern']).toMatchObject({
      detail: {
        object: {
          key: [
            { prefix: 'AWSLogs/' },
            { wildcard: '*hosts/*.log' },
            { wildcard: '*/messages' },
            { wildcard: 'other/*' },
          ],
        },
      },
    });
  });
});

describe('subscriptions', () => {
  const groups = (count: number) => Array.from({ length: count }, (_one, index) => `/app/${index}`).join(',');

  test.each([
    { count: 20, permissions: 20 },
    { count: 90, permissions: 1 },
  ])('$count log groups need $permissions permissions', ({ count, permissions }) => {
    const { Resources } = subscriptions(stageOf({ logGroups: groups(count) }));
    const made = ofType(Resources, 'AWS::Lambda::Permission');
    expect(made).toHaveLength(permissions);
    for (const [, { Properties }] of made) expect(Properties).toHaveProperty('SourceAccount');
    const filters = ofType(Resources, 'AWS::Logs::SubscriptionFilter');
    expect(filters).toHaveLength(count);
    for (const [, { DependsOn }] of filters) expect(Object.keys(Resources)).toContain(DependsOn);
    // Lambda's policy of a function holds 20 KB; a statement is written with the ARN of the function and the account.
    expect(JSON.stringify(made).length + made.length * 300).toBeLessThan(20_000);
  });
});
