import configuration from '#compiled-config';
import { createCanarySender } from '../src/aws/canary-sender.ts';
import { dynamodbClient, eventBridgeClient, glueClient, s3Client } from '../src/aws/clients.ts';
import { createDynamoCanaryLog } from '../src/aws/state-table/canary-log.ts';
import { createDynamoHeartbeatStore } from '../src/aws/state-table/heartbeat-store.ts';
import { createDynamoNotifiedOnce } from '../src/aws/state-table/notified-once.ts';
import { createDynamoTallies } from '../src/aws/state-table/tally-store.ts';
import { createDynamoTrialLog } from '../src/aws/state-table/trial-log.ts';
import { doRound, watchTasks } from '../src/health/watch.ts';
import { createDecider } from '../src/notify/index.ts';
import { runOf } from '../src/probe/run.ts';
import { readConfig } from '../src/runtime/config.ts';
import { instrument } from '../src/runtime/middleware.ts';
import { createDetection } from '../src/app/detection.ts';
import { coverFoundAccounts } from '../src/archive/trail/table-span.ts';
import { createGlueTrailTables } from '../src/aws/athena/trail-tables.ts';
import { createS3TrailFolders } from '../src/aws/s3/trail-folders.ts';

const { stage, stateTable, trailBucket, database } = readConfig(['stage', 'stateTable', 'trailBucket', 'database']);
const { examine, instruments } = await createDetection('watch');
const { logger, tracing } = instruments;
const state = { client: tracing.client(dynamodbClient()), table: stateTable };
const { expired, trials: ended } = createDecider(configuration);

const tasks = watchTasks({
  heartbeats: createDynamoHeartbeatStore(state),
  tallies: createDynamoTallies({ ...state, random: Math.random }),
  trials: createDynamoTrialLog(state),
  notifiedOnce: createDynamoNotifiedOnce(state),
  canaries: createDynamoCanaryLog(state),
  sendCanary: createCanarySender({ client: tracing.client(eventBridgeClient()), stage }),
  publish: async (records) => void (await examine(records.map((record) => ({ kind: 'record', record })))),
  silence: configuration.silence,
  digest: configuration.digest,
  suppressions: configuration.suppressions,
  expired,
  ended,
});

/** Accounts that joined the trail since the last round. */
const followAccounts = {
  name: 'accounts',
  work: async () => {
    if (trailBucket === '') return;
    const tables = createGlueTrailTables(tracing.client(glueClient()), database);
    const added = await coverFoundAccounts(tables, createS3TrailFolders(tracing.client(s3Client())));
    if (added.length > 0) logger.info('the tables cover more accounts', { added });
  },
};

/** handler looks after Trailwatch itself when its schedule says so. */
export const handler = instrument(
  (event: unknown) => doRound([...tasks, followAccounts], runOf(event), () => new Date()),
  instruments,
);
