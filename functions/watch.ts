import configuration from '#compiled-config';
import { createCanarySender } from '../src/aws/canary-sender.ts';
import { dynamodbClient, eventBridgeClient } from '../src/aws/clients.ts';
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

const { stage, stateTable } = readConfig(['stage', 'stateTable']);
const { examine, instruments } = await createDetection('watch');
const { tracing } = instruments;
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

/** handler looks after Trailwatch itself when its schedule says so. */
export const handler = instrument((event: unknown) => doRound(tasks, runOf(event), () => new Date()), instruments);
