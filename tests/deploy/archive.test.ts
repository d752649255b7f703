import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from '@jest/globals';
import type { Resource } from './packaged.ts';
import { packaged } from './stages.ts';

type Resources = Readonly<Record<string, Resource>>;
let without: Resources;
let single: Resources;
let organization: Resources;

beforeAll(async () => {
  without = (await packaged('dev')).template.Resources;
  single = (await packaged('dev with a trail')).template.Resources;
  organization = (await packaged('prod of an organization')).template.Resources;
}, 300_000);

interface TableInput {
  readonly Name: string;
  readonly PartitionKeys: readonly { readonly Name: string }[];
  readonly Parameters: Readonly<Record<string, unknown>>;
  readonly StorageDescriptor: { readonly Columns: readonly { readonly Name: string; readonly Type: string }[] };
}
const table = (resources: Resources, id: string): TableInput => resources[id]?.Properties['TableInput'] as TableInput;
const substituted = (value: unknown): string => (value as { readonly 'Fn::Sub': string })['Fn::Sub'];

interface Statement {
  readonly Sid: string;
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
}
const statementsOf = (resources: Resources, role: string): readonly Statement[] => {
  const policies = propertyOf(resources, role, 'Policies') as readonly {
    readonly PolicyDocument: { readonly Statement: readonly Statement[] };
  }[];
  return policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
};

const variablesOf = (resources: Resources, id: string): Readonly<Record<string, unknown>> => {
  const environment = propertyOf(resources, id, 'Environment') as {
    readonly Variables: Readonly<Record<string, unknown>>;
  };
  return environment.Variables;
};

/** propertyOf reads a property of a resource, which must be there. */
function propertyOf(resources: Resources, id: string, name: string): unknown {
  const resource = resources[id];
  if (resource === undefined) throw new Error(`${id}: not in the template`);
  return resource.Properties[name];
}

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
      // Every region: IAM, the root user and console sign-ins are recorded in us-east-1, wherever the stage is.
      'projection.region.values': expect.stringMatching(
        /^af-south-1,.*eu-west-1,.*us-east-1,us-east-2,us-west-1,us-west-2$/,
      ),
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

  test('the bucket is closed to the public and to plain text, and keeps what was deleted for a while', () => {
    const { ArchiveBucket, ArchiveBucketPolicy } = organization;
    expect(ArchiveBucket).toMatchObject({
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
      Properties: {
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true,
          BlockPublicPolicy: true,
          IgnorePublicAcls: true,
          RestrictPublicBuckets: true,
        },
        VersioningConfiguration: { Status: 'Enabled' },
        BucketEncryption: {
          ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
        },
      },
    });
    expect(ArchiveBucketPolicy?.Properties['PolicyDocument']).toMatchObject({
      Statement: [{ Effect: 'Deny', Principal: '*', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }],
    });
  });

  test('evidence is kept as long as its stage says, colder with age and always readable; results are forgotten', () => {
    const rules = (resources: Resources): Readonly<Record<string, Record<string, unknown>>> => {
      const { Rules } = propertyOf(resources, 'ArchiveBucket', 'LifecycleConfiguration') as {
        readonly Rules: readonly (Record<string, unknown> & { readonly Id: string })[];
      };
      return Object.fromEntries(Rules.map((rule) => [rule.Id, rule]));
    };
    expect(rules(organization)).toMatchObject({
      results: { Prefix: 'results/', ExpirationInDays: 90 },
      findings: {
        ExpirationInDays: 2557,
        Transitions: [
          { StorageClass: 'STANDARD_IA', TransitionInDays: 90 },
          { StorageClass: 'GLACIER_IR', TransitionInDays: 365 },
        ],
      },
      host_auth: { Prefix: 'host_auth/', ExpirationInDays: 2557 },
      leftovers: { NoncurrentVersionExpiration: { NoncurrentDays: 30 } },
    });
    expect(rules(single)).toMatchObject({
      results: { ExpirationInDays: 7 },
      findings: { ExpirationInDays: 90, Transitions: [{ StorageClass: 'STANDARD_IA', TransitionInDays: 30 }] },
    });
    // The table of the copy knows each of its files: one that went by its age would make it unreadable.
    for (const resources of [single, organization]) {
      expect(rules(resources)['cloudtrail_columnar']).not.toHaveProperty('ExpirationInDays');
      expect(rules(resources)['cloudtrail_columnar']).toHaveProperty('Transitions');
    }
  });

  test('host logs have a table only where they can come, and those who read them may write to its stream, and nothing else', () => {
    expect(Object.keys(single).filter((id) => id.startsWith('HostAuth'))).toEqual([]);
    const schema = JSON.parse(
      readFileSync(new URL('../../schemas/tables/host_auth.json', import.meta.url), 'utf8'),
    ) as Record<'columns', readonly { readonly name: string; readonly type: string }[]>;
    const made = table(organization, 'HostAuthTable').StorageDescriptor.Columns;
    expect(made.map(({ Name, Type }) => [Name, Type])).toEqual(schema.columns.map(({ name, type }) => [name, type]));
    expect(organization['HostAuthStream']?.Properties).toMatchObject({
      DeliveryStreamName: 'trailwatch-prod-host-auth',
      ExtendedS3DestinationConfiguration: { Prefix: 'host_auth/!{timestamp:yyyy/MM/dd}/' },
    });
    const stream = (resources: Resources, id: string): unknown =>
      variablesOf(resources, `${id}LambdaFunction`)['TRAILWATCH_HOST_AUTH_STREAM'];
    for (const id of ['LogsSubscription', 'Kinesis', 'TrailFile']) {
      expect([id, stream(organization, id), stream(single, id)]).toEqual([id, 'trailwatch-prod-host-auth', '']);
      const firehose = statementsOf(organization, `${id}Role`).filter(({ Sid }) => Sid === 'KeepHostLogs');
      expect(firehose).toEqual([
        {
          Sid: 'KeepHostLogs',
          Effect: 'Allow',
          Action: 'firehose:PutRecordBatch',
          Resource: expect.objectContaining({
            'Fn::Sub': expect.stringMatching(/:deliverystream\/trailwatch-prod-host-auth$/),
          }),
        },
      ]);
    }
  });

  test('the columnar copy is filled by a function that may change its own table and folder alone', () => {
    expect(Object.keys(without).filter((id) => id.startsWith('CompactRule'))).toEqual([]);
    expect(organization['CompactRule']?.Properties).toMatchObject({
      ScheduleExpression: 'cron(20 2-7 * * ? *)',
      Targets: [{ DeadLetterConfig: { Arn: { 'Fn::GetAtt': ['CompactDeadLetters', 'Arn'] } } }],
    });
    const statements = statementsOf(organization, 'CompactRole');
    const allowed = (action: RegExp): readonly string[] =>
      statements
        .filter(({ Action }) => [Action].flat().some((one) => action.test(one)))
        .flatMap(({ Resource: resources }) => [resources].flat().map((one) => JSON.stringify(one)));
    for (const resource of allowed(/^s3:(?:Put|Delete)/)) {
      expect(resource).toMatch(/\$\{ArchiveBucket\.Arn\}\/(?:results|cloudtrail_columnar)\/\*/);
    }
    expect(allowed(/^s3:Delete/)).toEqual(['{"Fn::Sub":"${ArchiveBucket.Arn}/cloudtrail_columnar/*"}']);
    for (const resource of allowed(/^glue:(?:Create|Update)/)) {
      expect(resource).toMatch(/:(?:catalog|database\/trailwatch_prod|table\/trailwatch_prod\/cloudtrail_columnar)"/);
    }
    expect(statements.some(({ Action }) => [Action].flat().some((one) => /^glue:Delete|\*/.test(one)))).toBe(false);
    expect(variablesOf(organization, 'CompactLambdaFunction')).toMatchObject({
      TRAILWATCH_WORK_GROUP: organization['QueryWorkGroup']?.Properties['Name'],
      TRAILWATCH_DATABASE: 'trailwatch_prod',
      TRAILWATCH_ARCHIVE_DAYS: '2557',
    });
  });

  test('canaries are kept out of the findings table, by the id that their rule has', () => {
    const rule = readFileSync(new URL('../../rules/pipeline/canary.yml', import.meta.url), 'utf8');
    const [, id] = /^id: (\S+)$/m.exec(rule) ?? [];
    expect(organization['FindingsTableRule']?.Properties['EventPattern']).toMatchObject({
      detail: { rule: { id: [{ 'anything-but': id }] } },
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
});
