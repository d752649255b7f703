import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import type { LocalArchive } from '../../src/cli/report/local-engine.ts';
import { parseManifest } from '../../src/report/evidence/manifest.ts';
import { captureOutput, type CapturedOutput } from '../support/captured-output.ts';
import { startHttpServer } from '../support/http-server.ts';
import { openArchive, samplePaths } from '../support/local-archive.ts';
import { startLocalAthena, type LocalAthena } from '../support/local-athena.ts';
import { startLocalLambda, type LocalLambda } from './local-lambda.ts';

const bucket = 'trailwatch-dev-archive-111122223333-eu-west-1';
const own = {
  AWS_ENDPOINT_URL_ATHENA: '',
  AWS_ENDPOINT_URL_GLUE: '',
  TRAILWATCH_WORK_GROUP: 'trailwatch-dev-reports',
  TRAILWATCH_DATABASE: 'trailwatch_dev',
  TRAILWATCH_EVIDENCE_BUCKET: bucket,
};
/** What the rule of a weekly report puts in the place of its event. */
const scheduled = {
  report: 'root-activity',
  period: 'last month',
  parameters: {},
  id: '53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa',
  time: '2026-04-02T08:15:00Z',
};

let lambda: LocalLambda;
let athena: LocalAthena;
let glue: Awaited<ReturnType<typeof startHttpServer>>;
let archive: LocalArchive;
let s3: S3Client;
let output: CapturedOutput;
let handler: (event: unknown) => Promise<{ readonly rows: number; readonly evidence: string }>;

beforeAll(async () => {
  archive = await openArchive(samplePaths);
  athena = await startLocalAthena(archive.engine);
  // A stage whose columnar copy was never made.
  glue = await startHttpServer(() => ({
    status: 400,
    headers: { 'content-type': 'application/x-amz-json-1.1' },
    body: JSON.stringify({ __type: 'EntityNotFoundException', message: 'Entity Not Found' }),
  }));
  athena.hurry(true);
  lambda = await startLocalLambda();
  lambda.aws.createBucket(bucket);
  Object.assign(process.env, { ...own, AWS_ENDPOINT_URL_ATHENA: athena.url, AWS_ENDPOINT_URL_GLUE: glue.url });
  s3 = new S3Client({});
  handler = await lambda.load('report');
}, 30_000);
beforeEach(() => {
  output = captureOutput();
});
afterEach(() => {
  output.restore();
  lambda.bus.clear();
  athena.mood('works');
  athena.clear();
});
afterAll(async () => {
  s3.destroy();
  for (const name of Object.keys(own)) delete process.env[name];
  await Promise.all([lambda.close(), athena.close(), glue.close(), archive.close()]);
});

const findings = (): readonly {
  readonly rule: { readonly title: string; readonly level: string };
  readonly event: { readonly summary: readonly { readonly title: string; readonly lines: readonly string[] }[] };
}[] => lambda.bus.entries.map(({ Detail }) => JSON.parse(Detail) as never);

const keptBelow = async (prefix: string): Promise<readonly string[]> => {
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix }));
  return Contents.map(({ Key }) => Key ?? '').toSorted();
};
const contentOf = async (key: string): Promise<Uint8Array> => {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
  return (await Body?.transformToByteArray()) ?? new Uint8Array();
};

describe('a report that is run by its schedule', () => {
  test('is filed whole, in all forms, with a manifest that proves them', async () => {
    const { rows, evidence } = await handler(scheduled);
    expect(rows).toBe(1);
    expect(evidence).toMatch(
      /^s3:\/\/[^/]+\/evidence\/root-activity\/2026-03-01_2026-04-01\/\d{8}T\d{6}Z\/root-activity\.html$/,
    );
    const place = evidence.slice(`s3://${bucket}/`.length, -'root-activity.html'.length);
    expect(await keptBelow(place)).toEqual(
      ['manifest.json', 'root-activity.csv', 'root-activity.html', 'root-activity.json'].map((name) => place + name),
    );
    const manifest = parseManifest(Buffer.from(await contentOf(`${place}manifest.json`)).toString('utf8'));
    expect(manifest?.files).toHaveLength(3);
    for (const { path, sha256 } of manifest?.files ?? []) {
      expect(
        createHash('sha256')
          .update(await contentOf(place + path))
          .digest('hex'),
      ).toBe(sha256);
    }
  });

  test('asks Athena for the month before the schedule’s own time, with values beside the query', async () => {
    await handler(scheduled);
    const input = athena.calls.find(({ operation }) => operation === 'StartQueryExecution')?.input ?? {};
    expect(input).toMatchObject({
      WorkGroup: 'trailwatch-dev-reports',
      QueryExecutionContext: { Database: 'trailwatch_dev' },
    });
    expect(input['ExecutionParameters']).toEqual(
      expect.arrayContaining(["'2026-03-01T00:00:00Z'", "'2026-04-01T00:00:00Z'"]),
    );
    expect(input['QueryString']).toMatch(/^-- trailwatch report: root-activity\n/);
  });

  test('is told by a shipped rule: rows, bytes, cost, and a link that asks who opens it', async () => {
    await handler(scheduled);
    const [finding, ...others] = findings();
    expect(others).toEqual([]);
    expect(finding?.rule).toMatchObject({ title: 'Report filed', level: 'informational' });
    const lines = finding?.event.summary.flatMap((part) => part.lines) ?? [];
    expect(lines).toEqual(
      expect.arrayContaining([
        '1 row',
        expect.stringMatching(/^https:\/\/eu-west-1\.console\.aws\.amazon\.com\/s3\/object\/.*root-activity\.html$/),
        expect.stringMatching(/, 123 MB scanned, \$0\.0006$/),
      ]),
    );
  });
});

describe('a report that somebody asks for', () => {
  test('takes from, to and parameters', async () => {
    const { rows } = await handler({
      report: 'principal-timeline',
      from: '2026-03-11',
      to: '2026-03-11',
      parameters: { principal: 'prod-operations' },
    });
    expect(rows).toBeGreaterThan(0);
  });

  test.each([
    { rule: 'an unknown report', event: { report: 'nonsense' }, says: /unknown report/ },
    { rule: 'an unknown key', event: { report: 'root-activity', perod: '1d' }, says: /perod/ },
    {
      rule: 'a missing parameter',
      event: { report: 'principal-timeline' },
      says: /principal: required parameter is missing/,
    },
    { rule: 'no event at all', event: null, says: /the event/ },
  ])('$rule is refused before Athena is asked', async ({ event, says }) => {
    await expect(handler(event)).rejects.toThrow(says);
    expect(athena.calls).toEqual([]);
  });
});

describe('a report without an answer', () => {
  test.each([
    { rule: 'a query that fails', mood: 'fails' as const, says: /TABLE_NOT_FOUND/ },
    { rule: 'a cut-off', mood: 'exceeds the cut-off' as const, says: /cut-off stopped query .* after 123 MB/ },
  ])('$rule: nothing is filed, it is told, and the invocation fails', async ({ mood, says }) => {
    athena.mood(mood);
    const asked = { ...scheduled, report: 'deletions' };
    await expect(handler(asked)).rejects.toThrow(says);
    expect(await keptBelow('evidence/deletions/')).toEqual([]);
    const [finding] = findings();
    expect(finding?.rule).toMatchObject({ title: 'Report without an answer', level: 'medium' });
    expect(JSON.stringify(finding?.event.summary)).toMatch(says);
  });
});
