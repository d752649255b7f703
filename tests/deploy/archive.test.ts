import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openWorkshop, type Resource, type Workshop } from './packaged.ts';

const trail = {
  trailBucket: 'example-trail',
  trailPrefix: 'audit',
  trailOrganization: 'o-a1b2c3d4e5',
  trailAccounts: '444455556666, 111122223333',
  trailRegions: 'us-east-1,eu-west-1',
};

type Resources = Readonly<Record<string, Resource>>;
let workshop: Workshop;
let without: Resources;
let single: Resources;
let organization: Resources;

beforeAll(async () => {
  workshop = openWorkshop();
  without = (await workshop.package('dev')).template.Resources;
  single = (await workshop.package('dev', { trailBucket: 'example-trail' })).template.Resources;
  organization = (await workshop.package('prod', trail)).template.Resources;
}, 120_000);
afterAll(() => workshop.remove());

interface TableInput {
  readonly Name: string;
  readonly PartitionKeys: readonly { readonly Name: string }[];
  readonly Parameters: Readonly<Record<string, unknown>>;
  readonly StorageDescriptor: { readonly Columns: readonly { readonly Name: string; readonly Type: string }[] };
}
const table = (resources: Resources, id: string): TableInput => resources[id]?.Properties['TableInput'] as TableInput;
const substituted = (value: unknown): string => (value as { readonly 'Fn::Sub': string })['Fn::Sub'];

describe('the archive', () => {
  test('is there only with a trail bucket', () => {
    const types = Object.values(without).map(({ Type }) => Type);
    expect(types.filter((type) => /Glue|Athena|Firehose/.test(type))).toEqual([]);
    expect(Object.keys(single)).toEqual(expect.arrayContaining(['CloudTrailTable', 'FindingsTable', 'QueryWorkGroup']));
  });

  test.each(['cloudtrail', 'findings'])('table %s has the columns and partitions that its schema describes', (name) => {
    const schema = JSON.parse(
      readFileSync(new URL(`../../schemas/tables/${name}.json`, import.meta.url), 'utf8'),
    ) as Record<'columns' | 'partitions', readonly { readonly name: string; readonly type: string }[]>;
    const made = table(single, name === 'cloudtrail' ? 'CloudTrailTable' : 'FindingsTable');
    expect(made.Name).toBe(name);
    const namesAndTypes = made.StorageDescriptor.Columns.map((column) => [column.Name, column.Type]);
    expect(namesAndTypes).toEqual(schema.columns.map((column) => [column.name, column.type]));
    expect(made.PartitionKeys.map((key) => key.Name)).toEqual(schema.partitions.map((key) => key.name));
  });

  test('partitions are computed from the folders of a trail: of one account, or of an organization below a prefix', () => {
    expect(table(single, 'CloudTrailTable').Parameters).toMatchObject({
      'projection.enabled': 'true',
      'projection.account.values': { Ref: 'AWS::AccountId' },
      'projection.day.format': 'yyyy/MM/dd',
    });
    expect(substituted(table(single, 'CloudTrailTable').Parameters['storage.location.template'])).toBe(
      's3://example-trail/AWSLogs/${!account}/CloudTrail/${!region}/${!day}',
    );
    const { Parameters } = table(organization, 'CloudTrailTable');
    expect(Parameters).toMatchObject({
      'projection.account.values': '111122223333,444455556666',
      'projection.region.values': 'eu-west-1,us-east-1',
    });
    expect(substituted(Parameters['storage.location.template'])).toBe(
      's3://example-trail/audit/AWSLogs/o-a1b2c3d4e5/${!account}/CloudTrail/${!region}/${!day}',
    );
  });

  test('insights and network activity have tables of their own, over their own folders', () => {
    const places = ['CloudtrailInsightsTable', 'CloudtrailNetworkActivityTable'].map((id) =>
      substituted(table(single, id).Parameters['storage.location.template']),
    );
    expect(places[0]).toContain('/CloudTrail-Insight/');
    expect(places[1]).toContain('/CloudTrail-NetworkActivity/');
  });

  test('no partition of a table is without its projection', () => {
    for (const [id, { Type, Properties }] of Object.entries(organization)) {
      if (Type !== 'AWS::Glue::Table') continue;
      const { PartitionKeys, Parameters } = Properties['TableInput'] as TableInput;
      for (const { Name } of PartitionKeys) {
        expect([id, Parameters[`projection.${Name}.type`]]).toEqual([id, expect.any(String)]);
        expect(substituted(Parameters['storage.location.template'])).toContain(`\${!${Name}}`);
      }
    }
  });

  test('a query is stopped at the cut-off of its stage, and nobody lifts it', () => {
    const settings = (resources: Resources): unknown =>
      resources['QueryWorkGroup']?.Properties['WorkGroupConfiguration'];
    expect(settings(single)).toMatchObject({
      EnforceWorkGroupConfiguration: true,
      BytesScannedCutoffPerQuery: 20 * 1024 ** 3,
      ResultConfiguration: { EncryptionConfiguration: { EncryptionOption: 'SSE_S3' } },
    });
    expect(settings(organization)).toMatchObject({ BytesScannedCutoffPerQuery: 1000 * 1024 ** 3 });
  });

  test('the bucket is closed to the public and to plain text, forgets results, keeps findings', () => {
    const { ArchiveBucket, ArchiveBucketPolicy } = organization;
    expect(ArchiveBucket).toMatchObject({
      DeletionPolicy: 'Retain',
      Properties: {
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true,
          BlockPublicPolicy: true,
          IgnorePublicAcls: true,
          RestrictPublicBuckets: true,
        },
        LifecycleConfiguration: {
          Rules: expect.arrayContaining([expect.objectContaining({ Prefix: 'results/', ExpirationInDays: 90 })]),
        },
      },
    });
    expect(ArchiveBucketPolicy?.Properties['PolicyDocument']).toMatchObject({
      Statement: [{ Effect: 'Deny', Principal: '*', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }],
    });
  });

  test('each finding on the bus becomes a line with every column of the findings table', () => {
    const targets = (organization['FindingsTableRule']?.Properties['Targets'] ?? []) as readonly {
      readonly InputTransformer: { readonly InputPathsMap: Record<string, string>; readonly InputTemplate: string };
    }[];
    const columns = table(organization, 'FindingsTable').StorageDescriptor.Columns.map(({ Name }) => Name);
    const { InputPathsMap: paths, InputTemplate: template } = targets[0]?.InputTransformer ?? {
      InputPathsMap: {},
      InputTemplate: '',
    };
    expect(Object.keys(paths)).toEqual(columns);
    expect(paths).toMatchObject({ published: '$.time', time: '$.detail.time', rule: '$.detail.rule' });
    const line = JSON.parse(template.replaceAll(/<(\w+)>/g, '"$1"')) as Record<string, string>;
    expect(line).toEqual(Object.fromEntries(columns.map((name) => [name, name])));
  });

  test.each([
    { parameter: 'trailAccounts', value: '1234', says: /parameter trailAccounts: "1234" is no account id/ },
    { parameter: 'trailRegions', value: 'ireland', says: /parameter trailRegions: "ireland" is no region/ },
    {
      parameter: 'trailOrganization',
      value: 'ou-1',
      says: /parameter trailOrganization: "ou-1" is no organization's id/,
    },
    { parameter: 'trailSince', value: '2024-01-01', says: /parameter trailSince: "2024-01-01" is no day/ },
    {
      parameter: 'queryCutoffGigabytes',
      value: '0',
      says: /parameter queryCutoffGigabytes: "0" is not a whole number/,
    },
  ])('packaging refuses $parameter=$value', async ({ parameter, value, says }) => {
    const refused = await workshop
      .package('dev', { trailBucket: 'example-trail', [parameter]: value })
      .catch((error: { stdout: string; stderr: string }) => error.stdout + error.stderr);
    expect(refused).toMatch(says);
  });
});
