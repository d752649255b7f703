import compiled from '#compiled-reports';
import { tmpdir } from 'node:os';
import type { Context } from 'aws-lambda';
import { createAthenaEngine } from '../src/aws/athena/engine.ts';
import { athenaClient, dynamodbClient, glueClient, s3Client } from '../src/aws/clients.ts';
import { createDynamoCopyLedger } from '../src/aws/state-table/copy-ledger.ts';
import { createGlueCatalog } from '../src/aws/athena/glue-catalog.ts';
import { createS3Evidence } from '../src/aws/s3/evidence.ts';
import { ownRecord } from '../src/health/own-record.ts';
import { failedAnnouncement, filedAnnouncement, type Announcement } from '../src/report/stage/announcement.ts';
import { fileReport } from '../src/report/stage/file-report.ts';
import { readInvocation } from '../src/report/stage/invocation.ts';
import { readConfig } from '../src/runtime/config.ts';
import { instrument } from '../src/runtime/middleware.ts';
import { createDetection } from '../src/app/detection.ts';
import { pause } from '../src/time/pause.ts';

const config = readConfig(['stage', 'stateTable', 'workGroup', 'database', 'evidenceBucket', 'region']);
const { examine, instruments } = await createDetection('report');
const { logger, tracing } = instruments;
const { stage, region, workGroup, database } = config;
const state = { client: tracing.client(dynamodbClient()), table: config.stateTable };
const desk = {
  engine: createAthenaEngine({ client: tracing.client(athenaClient()), workGroup, database, wait: pause }),
  tables: {
    catalog: createGlueCatalog(tracing.client(glueClient()), database),
    ledgerOf: (location: string) => createDynamoCopyLedger(state, location),
  },
  evidence: createS3Evidence(tracing.client(s3Client()), config.evidenceBucket, region),
  temporaryFolder: tmpdir(),
  stage,
  version: compiled.version,
  now: () => new Date(),
};

/** Time for the query: the rest is left to file the answer and to announce it, or the failure. */
const askingMs = (ms: number): number => ms - Math.min(90_000, ms / 3);

/** handler answers one report, when a schedule or a person asks for it, files its evidence and announces where it lies. */
export const handler = instrument(async (event: unknown, context: Context) => {
  const invocation = readInvocation(event, compiled.reports, desk.now());
  const account = context.invokedFunctionArn.split(':')[4] ?? '';
  const announce = async ({ fact, fields }: Announcement): Promise<void> => {
    const record = ownRecord(fact, desk.now().toISOString(), fields, { account, region });
    await examine([{ kind: 'record', record }]);
  };
  const filed = await fileReport(invocation, desk, askingMs(context.getRemainingTimeInMillis())).catch(
    async (error: unknown) => {
      if (error instanceof Error) await announce(failedAnnouncement(invocation.prepared, error, invocation.time));
      throw error;
    },
  );
  const { report, hash, statistics, rows } = filed.run;
  logger.info('report filed', { report: report.name, rows: rows.length, hash, address: filed.address, ...statistics });
  await announce(filedAnnouncement(filed));
  return { report: report.name, rows: rows.length, sha256: hash, evidence: filed.address };
}, instruments);
