import { GlueClient, type TableInput } from '@aws-sdk/client-glue';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startFauxqs, type FauxqsServer } from 'fauxqs';
import { coverFoundAccounts } from '../../src/archive/trail/table-span.ts';
import { createGlueTrailTables } from '../../src/aws/athena/trail-tables.ts';
import { createS3TrailFolders } from '../../src/aws/s3/trail-folders.ts';
import { startHttpServer } from '../support/http-server.ts';

const region = 'eu-west-1';
const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
const location = 's3://example-trail/audit/AWSLogs/o-a1b2c3d4e5/';

let aws: FauxqsServer;
let catalog: Awaited<ReturnType<typeof startHttpServer>>;
let s3: S3Client;
let glue: GlueClient;
const tables = new Map<string, TableInput & { VersionId?: string }>();
const changes: string[] = [];

beforeAll(async () => {
  aws = await startFauxqs({ port: 0, logger: false, host: '127.0.0.1', defaultRegion: region });
  aws.createBucket('example-trail');
  s3 = new S3Client({ endpoint: `http://127.0.0.1:${aws.port}`, region, credentials, forcePathStyle: true });
  catalog = await startHttpServer(({ headers, body }) => {
    const asked = JSON.parse(body) as { Name?: string; TableInput?: TableInput; VersionId?: string };
    const found = tables.get(asked.Name ?? asked.TableInput?.Name ?? '');
    if (found === undefined)
      return { status: 400, body: JSON.stringify({ __type: 'EntityNotFoundException', message: 'no' }) };
    if (String(headers['x-amz-target']).endsWith('.GetTable'))
      return { status: 200, body: JSON.stringify({ Table: found }) };
    expect(asked.VersionId).toBe(found.VersionId);
    changes.push(found.Name ?? '');
    tables.set(found.Name ?? '', {
      ...asked.TableInput,
      Name: found.Name,
      VersionId: `${Number(found.VersionId) + 1}`,
    });
    return { status: 200, body: '{}' };
  });
  glue = new GlueClient({ endpoint: catalog.url, region, credentials });
  for (const name of ['cloudtrail', 'cloudtrail_insights']) {
    tables.set(name, {
      Name: name,
      TableType: 'EXTERNAL_TABLE',
      VersionId: '4',
      PartitionKeys: [{ Name: 'account', Type: 'string' }],
      StorageDescriptor: { Location: location, Columns: [{ Name: 'eventid', Type: 'string' }] },
      Parameters: { EXTERNAL: 'TRUE', 'projection.account.values': '111122223333', 'trailwatch.accounts': 'found' },
    });
  }
  const files = [
    ...['2026/11/03', '2026/11/04'].map((day) => `222233334444/CloudTrail/us-east-1/${day}/a.json.gz`),
    '222233334444/CloudTrail/eu-west-1/2026/11/05/a.json.gz',
    '222233334444/CloudTrail-Digest/us-east-1/2026/11/02/a.json.gz',
    '111122223333/CloudTrail/us-east-1/2024/01/01/a.json.gz',
    // No folder of an account, and one of another service alone.
    'notes/CloudTrail/us-east-1/2026/01/01/a.json.gz',
    '333344445555/vpcflowlogs/us-east-1/2026/01/01/a.log.gz',
  ];
  for (const file of files) {
    await s3.send(
      new PutObjectCommand({ Bucket: 'example-trail', Key: `audit/AWSLogs/o-a1b2c3d4e5/${file}`, Body: 'x' }),
    );
  }
});
afterAll(async () => {
  s3.destroy();
  glue.destroy();
  await Promise.all([aws.stop(), catalog.close()]);
});

test('an account that joined is in every table, with nothing else of them changed; a second round changes nothing', async () => {
  const before = new Map(tables);
  const follow = () => coverFoundAccounts(createGlueTrailTables(glue, 'trailwatch_dev'), createS3TrailFolders(s3));
  expect(await follow()).toEqual([{ account: '222233334444', since: '2026/11/03' }]);
  for (const [name, table] of tables) {
    const { Parameters, VersionId: _before, ...rest } = before.get(name) ?? {};
    expect(table).toMatchObject({
      ...rest,
      Parameters: {
        ...Parameters,
        'projection.account.values': '111122223333,222233334444',
        'trailwatch.since.222233334444': '2026/11/03',
      },
    });
  }
  expect(await follow()).toEqual([]);
  // The table that is asked first is changed last: a round that breaks off in between is done again.
  expect(changes).toEqual(['cloudtrail_insights', 'cloudtrail']);
});
