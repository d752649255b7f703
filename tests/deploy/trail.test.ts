import { describe, expect, test } from '@jest/globals';
import { specificationProblems } from './specification.ts';
import { type Made, resourcesOf } from './resource-file.ts';

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
  trailPrefix: 'audit/',
  trailRetentionDays: '3650',
};
const propertiesOf = ({ Resources }: Made, id: string): Readonly<Record<string, unknown>> =>
  Resources[id]?.Properties ?? {};

describe('a trail of the stage', () => {
  test.each([
    { what: 'without any option', parameters: bare },
    { what: 'with every option', parameters: full },
    { what: 'with a key that there is', parameters: { ...bare, trailKeyArn: keyArn() } },
  ])('$what is as AWS specifies it', async ({ parameters }) => {
    expect(specificationProblems(await resourcesOf('trail.cjs', parameters))).toEqual([]);
  });

  test('is made only when it is asked for', async () => {
    expect(await resourcesOf('trail.cjs', { trailBucket: 'example-audit-trail' })).toEqual({ Resources: {} });
  });

  test('outlives the stack, with all that it needs to go on recording', async () => {
    const { Resources } = await resourcesOf('trail.cjs', full);
    const policies = Object.values(Resources).map((resource) => {
      const { DeletionPolicy, UpdateReplacePolicy } = resource as unknown as Readonly<Record<string, unknown>>;
      return [DeletionPolicy, UpdateReplacePolicy];
    });
    expect(policies.length).toBeGreaterThan(5);
    expect(policies).toEqual(policies.map(() => ['Retain', 'Retain']));
  });

  test('records every region, with digests, and for whole organizations', async () => {
    expect(propertiesOf(await resourcesOf('trail.cjs', full), 'Trail')).toMatchObject({
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

  test('records what happens to objects in the buckets that are named, beside all that it records anyway', async () => {
    const selectors = async (parameters: Readonly<Record<string, string>>): Promise<unknown> =>
      propertiesOf(await resourcesOf('trail.cjs', parameters), 'Trail')['EventSelectors'];
    const objectsOf = (bucket: string): object => ({ 'Fn::Sub': `arn:\${AWS::Partition}:s3:::${bucket}/` });
    expect(await selectors(full)).toEqual([
      {
        IncludeManagementEvents: true,
        ReadWriteType: 'All',
        DataResources: [
          { Type: 'AWS::S3::Object', Values: [objectsOf('example-payroll'), objectsOf('example-backups')] },
        ],
      },
    ]);
    // Management events, as every trail.
    expect(await selectors(bare)).toBeUndefined();
  });

  test('has a bucket that nobody else sees, that tells of new files, and that locks them', async () => {
    expect(propertiesOf(await resourcesOf('trail.cjs', full), 'TrailBucket')).toMatchObject({
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
    const { ObjectLockEnabled } = propertiesOf(await resourcesOf('trail.cjs', bare), 'TrailBucket');
    expect(ObjectLockEnabled).toBeUndefined();
  });

  test('lets only its own trail write, below the folders of the account and the organization', async () => {
    const { PolicyDocument } = propertiesOf(await resourcesOf('trail.cjs', full), 'TrailBucketPolicy') as {
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
  ])('files that are $why move to $classes', async ({ days, classes }) => {
    const made = await resourcesOf('trail.cjs', { ...bare, trailRetentionDays: days });
    const { Rules } = propertiesOf(made, 'TrailBucket')['LifecycleConfiguration'] as {
      Rules: readonly { readonly Transitions?: readonly { readonly StorageClass: string }[] }[];
    };
    expect(Rules[0]?.Transitions?.map(({ StorageClass }) => StorageClass)).toEqual(classes);
  });

  test.each([
    { given: { createTrail: 'true' }, says: 'parameter createTrail: name the bucket to make' },
    { given: { trailLockDays: '7' }, says: 'parameter trailLockDays: it is for a trail that the stage makes' },
    { given: { trailDataBuckets: 'example-payroll' }, says: 'parameter trailDataBuckets: it is for a trail that' },
    { given: { ...bare, trailDataBuckets: 'a, B' }, says: `parameter trailDataBuckets: "a" is no bucket's name` },
    {
      given: { ...bare, trailDataBuckets: 'example-payroll,example-audit-trail' },
      says: 'parameter trailDataBuckets: example-audit-trail is where the trail writes',
    },
    { given: { ...bare, trailBucket: 'trailwatch-prod-trail' }, says: "trailwatch-prod-trail is Trailwatch's own" },
    { given: { ...full, trailKeyArn: keyArn() }, says: 'parameter createTrailKey: there is a key already' },
    { given: { ...full, trailRetentionDays: '90' }, says: "files are locked for 365 days, and can't go after 90" },
    { given: { ...bare, trailBucket: 'No_Bucket' }, says: `parameter trailBucket: "No_Bucket" is no bucket's name` },
  ])('$given is refused: $says', async ({ given, says }) => {
    await expect(resourcesOf('trail.cjs', given)).rejects.toThrow(says);
  });

  test('the readers of the trail may decrypt with the key that is made', async () => {
    const { Resources } = await resourcesOf('roles.cjs', { ...bare, createTrailKey: 'true' });
    expect(JSON.stringify(Resources['TrailFileRole'])).toContain(
      '{"Sid":"DecryptTrail","Effect":"Allow","Action":"kms:Decrypt","Resource":{"Fn::GetAtt":["TrailKey","Arn"]}}',
    );
  });
});

function keyArn(): string {
  return 'arn:aws:kms:eu-west-1:111122223333:key/0f0e0d0c-0b0a-4900-8800-070605040302';
}
