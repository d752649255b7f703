import type { Context } from 'aws-lambda';
import { folderAfter } from '../src/archive/copy/copy-days.ts';
import { copyTrail, lastWholeDays } from '../src/archive/copy/copy-trail.ts';
import { createAthenaStatements } from '../src/aws/athena/statements.ts';
import { athenaClient, dynamodbClient, glueClient } from '../src/aws/clients.ts';
import { createDynamoCopyLease, createDynamoCopyLedger } from '../src/aws/state-table/copy-ledger.ts';
import { createGlueCatalog } from '../src/aws/athena/glue-catalog.ts';
import { readConfig } from '../src/runtime/config.ts';
import { createLogger } from '../src/runtime/logger.ts';
import { createMeter } from '../src/runtime/metrics.ts';
import { instrument } from '../src/runtime/middleware.ts';
import { createTracing } from '../src/runtime/tracing.ts';
import { pause } from '../src/time/pause.ts';
import { dayOf, folderOf } from '../src/time/days.ts';

const config = readConfig(['stage', 'stateTable', 'workGroup', 'database', 'archiveDays', 'tracing', 'logLevel']);
const logger = createLogger('compact', config);
const meter = createMeter('compact', config);
const tracing = await createTracing(config);
const state = { client: tracing.client(dynamodbClient()), table: config.stateTable };
const { workGroup, database } = config;
const parts = {
  statements: createAthenaStatements({ client: tracing.client(athenaClient()), workGroup, database, wait: pause }),
  catalog: createGlueCatalog(tracing.client(glueClient()), database),
  ledgerOf: (location: string) => createDynamoCopyLedger(state, location),
  lease: createDynamoCopyLease(state),
  now: () => new Date(),
};

/** How far back it looks: runs that failed for days are caught up with. What is older is for `trailwatch archive compact`. */
const days = 7;
/** A statement that begins has this long at least; what then still runs is stopped, and done again by the next run. */
const leastMs = 300_000;
const stopMs = 10_000;

/** handler brings the columnar copy up to date; what it can't do in its time is for the next run. */
export const handler = instrument(
  async (_event: unknown, context: Context) => {
    const now = parts.now();
    const ms = context.getRemainingTimeInMillis();
    const keep = Number(config.archiveDays);
    const request = {
      range: lastWholeDays(now, days),
      holder: context.awsRequestId,
      until: new Date(now.getTime() + ms - leastMs),
      signal: AbortSignal.timeout(ms - stopMs),
      ...(keep > 0 && { keepFrom: folderAfter(folderOf(dayOf(now)), -keep) }),
    };
    const run = await copyTrail({ ...request, onEvent: (event) => logger.info(event.kind, { ...event }) }, parts);
    meter.count('DaysCopied', run.copied.length);
    meter.count('DaysUncopied', run.left.length);
    logger.info('the columnar copy', { ...run });
  },
  { logger, meter, tracing },
);
