import { describe, expect, test } from '@jest/globals';
import type { Part } from '../../deploy/cloudformation.ts';
import { functionResources } from '../../deploy/functions/resources.ts';
import { trail } from '../../deploy/resources/trail.ts';
import { specificationProblems } from './specification.ts';
import { stageOf } from './stage-of.ts';

const bare = { createTrail: 'true', trailBucket: 'example-audit-trail' };
const full = {
  ...bare,
  createTrailKey: 'true',
  trailDataBuckets: 'example-payroll, example-backups',
  trailInsights: 'true',
  trailLockDays: '365',
  trailLockMode: 'COMPLIANCE',
  trailLogGroup: '/aws/cloudtrail/example',
  trailOrganization: 'o-a1b2c3d4e5',
  trailAccounts: '111122223333',
  trailPrefix: 'audit/',
  trailRetentionDays: '3650',
};
const trailOf = (given: Readonly<Record<string, string>>): Part => trail(stageOf(given));
const propertiesOf = ({ Resources }: Part, id: string): Readonly<Record<string, unknown>> =>
  Resources[id]?.Properties ?? {};

describe('a trail of the stage', () => {
  test.each([
    { what: 'without any option', parameters: bare },
    { what: 'with every option', parameters: full },
    { what: 'with a key that there is', parameters: { ...bare, trailKeyArn: keyArn() } },
  ])('$what is as AWS specifies it', ({ parameters }) => {
    expect(specificationProblems(trailOf(parameters))).toEqual([]);
  });

  test('is made only when it is asked for', () => {
    expect(trailOf({ trailBucket: 'example-audit-trail' })).toEqual({ Resources: {} });
  });

  test('outlives the stack, with all that it needs to go on recording', () => {
    const { Resources } = trailOf(full);
    const policies = Object.values(Resources).map((resource) => {
      const { DeletionPolicy, UpdateReplacePolicy } = resource;
      return [DeletionPolicy, UpdateReplacePolicy];
    });
    expect(policies.length).toBeGreaterThan(5);
    expect(policies).toEqual(policies.map(() => ['Retain', 'Retain']));
  });

  test('records every region, with digests, and for whole organizations', () => {
    expect(propertiesOf(trailOf(full), 'Trail')).toMatchObject({
      IsLogging: true,
      IsMultiRegionTrail: true,
      IncludeGlobalServiceEvents: true,
      EnableLogFileValidation: true,
      IsOrganizationTrail: true,
      S3KeyPrefix: 'audit',
      KMSKeyId: { 'Fn::GetAtt': ['TrailKey', 'Arn'] },
      InsightSelectors: [{ InsightType: 'ApiCallRateInsight' }, { InsightType: 'ApiErrorRateInsight' }],
      CloudWatchLogsLogGroupArn: { 'Fn::GetAtt': ['TrailLogGroup', 'Arn'] },
    });
  });

  test('records what happens to objects in the buckets that are named, in addition to management events', () => {
    const selectors = (parameters: Readonly<Record<string, string>>): unknown =>
      propertiesOf(trailOf(parameters), 'Trail')['EventSelectors'];
    const objectsOf = (bucket: string): object => ({ 'Fn::Sub': `arn:\${AWS::Partition}:s3:::${bucket}/` });
    expect(selectors(full)).toEqual([
      {
        IncludeManagementEvents: true,
        ReadWriteType: 'All',
        DataResources: [
          { Type: 'AWS::S3::Object', Values: [objectsOf('example-payroll'), objectsOf('example-backups')] },
        ],
      },
    ]);
    // Management events, as every trail.
    expect(selectors(bare)).toBeUndefined();
  });

  test('has a bucket that is closed to the public, notifies of new files, and locks them', () => {
    expect(propertiesOf(trailOf(full), 'TrailBucket')).toMatchObject({
      BucketName: 'example-audit-trail',
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [
          { ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms' }, BucketKeyEnabled: true },
        ],
      },
      NotificationConfiguration: { EventBridgeConfiguration: { EventBridgeEnabled: true } },
      ObjectLockConfiguration: { Rule: { DefaultRetention: { Mode: 'COMPLIANCE', Days: 365 } } },
      PublicAccessBlockConfiguration: { BlockPublicPolicy: true, RestrictPublicBuckets: true },
      VersioningConfiguration: { Status: 'Enabled' },
      LifecycleConfiguration: { Rules: [expect.objectContaining({ ExpirationInDays: 3650 })] },
    });
    const { ObjectLockEnabled } = propertiesOf(trailOf(bare), 'TrailBucket');
    expect(ObjectLockEnabled).toBeUndefined();
  });

  test('lets only its own trail write, below the folders of the account and the organization', () => {
    const { PolicyDocument } = propertiesOf(trailOf(full), 'TrailBucketPolicy') as {
      PolicyDocument: { Statement: readonly Record<string, unknown>[] };
    };
    const trail = {
      'Fn::Sub': 'arn:${AWS::Partition}:cloudtrail:${AWS::Region}:${AWS::AccountId}:trail/trailwatch-prod-trail',
    };
    expect(PolicyDocument.Statement).toEqual([
      expect.objectContaining({ Action: 's3:GetBucketAcl', Condition: { StringEquals: { 'aws:SourceArn': trail } } }),
      expect.objectContaining({
        Action: 's3:PutObject',
        Resource: [
          { 'Fn::Sub': '${TrailBucket.Arn}/audit/AWSLogs/${AWS::AccountId}/*' },
          { 'Fn::Sub': '${TrailBucket.Arn}/audit/AWSLogs/o-a1b2c3d4e5/*' },
        ],
        Condition: { StringEquals: { 'aws:SourceArn': trail, 's3:x-amz-acl': 'bucket-owner-full-control' } },
      }),
      expect.objectContaining({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
    ]);
  });

  test.each([
    { days: '', classes: ['STANDARD_IA', 'GLACIER_IR'], why: 'kept for ever' },
    { days: '365', classes: ['STANDARD_IA'], why: 'deleted before the second class is worth it' },
    { days: '90', classes: undefined, why: 'deleted before the first is' },
  ])('files that are $why move to $classes', ({ days, classes }) => {
    const made = trailOf({ ...bare, trailRetentionDays: days });
    const { Rules } = propertiesOf(made, 'TrailBucket')['LifecycleConfiguration'] as {
      Rules: readonly { readonly Transitions?: readonly { readonly StorageClass: string }[] }[];
    };
    expect(Rules[0]?.Transitions?.map(({ StorageClass }) => StorageClass)).toEqual(classes);
  });

  test.each([
    { given: { createTrail: 'true' }, says: 'parameter createTrail: requires trailBucket' },
    { given: { trailLockDays: '7' }, says: 'parameter trailLockDays: requires createTrail=true' },
    { given: { trailDataBuckets: 'example-payroll' }, says: 'parameter trailDataBuckets: requires createTrail=true' },
    {
      given: { ...bare, trailDataBuckets: 'a, B' },
      says: /parameter trailDataBuckets: expected a bucket name .*, got "a"/,
    },
    {
      given: { ...bare, trailDataBuckets: 'example-payroll,example-audit-trail' },
      says: 'parameter trailDataBuckets: the trail writes to example-audit-trail',
    },
    { given: { ...bare, trailBucket: 'trailwatch-prod-trail' }, says: "trailwatch-prod-trail is Trailwatch's own" },
    { given: { ...full, trailKeyArn: keyArn() }, says: 'parameter createTrailKey: trailKeyArn names a key already' },
    {
      given: { ...full, trailRetentionDays: '90' },
      says: 'parameter trailRetentionDays: expected 365 (trailLockDays) or more, got 90',
    },
    {
      given: { ...bare, trailBucket: 'No_Bucket' },
      says: /parameter trailBucket: expected a bucket name .*, got "No_Bucket"/,
    },
  ])('$given is refused: $says', ({ given, says }) => {
    expect(() => trailOf(given)).toThrow(says);
  });

  test('the readers of the trail may decrypt with the key that is made', () => {
    const { Resources } = functionResources(stageOf({ ...bare, createTrailKey: 'true' }));
    expect(JSON.stringify(Resources['TrailFileRole'])).toContain(
      '{"Sid":"DecryptTrail","Effect":"Allow","Action":"kms:Decrypt","Resource":{"Fn::GetAtt":["TrailKey","Arn"]}}',
    );
  });
});

function keyArn(): string {
  return 'arn:aws:kms:eu-west-1:111122223333:key/0f0e0d0c-0b0a-4900-8800-070605040302';
}
