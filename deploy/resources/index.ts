import { combined, type Part } from '../cloudformation.ts';
import { functionResources } from '../functions/resources.ts';
import type { Stage } from '../stage.ts';
import { alerts } from './alerts.ts';
import { archiveBucket } from './archive-bucket.ts';
import { accessLogBucket } from './access-log-bucket.ts';
import { archiveStreams } from './archive-streams.ts';
import { budget } from './budget.ts';
import { canaryAlarm } from './canary-alarm.ts';
import { cisAlarms } from './cis-alarms.ts';
import { evidenceBucket } from './evidence-bucket.ts';
import { findingsAccess } from './findings-access.ts';
import { findingsBus } from './findings-bus.ts';
import { findingsSchema } from './findings-schema.ts';
import { logsStream } from './logs-stream.ts';
import { deadLetters } from './queues.ts';
import { savedQueries } from './reports.ts';
import { stateTable } from './state-table.ts';
import { subscriptions } from './subscriptions.ts';
import { tables } from './tables.ts';
import { trail } from './trail.ts';
import { trailFailuresAlarm } from './trail-failures-alarm.ts';
import { workGroup } from './work-group.ts';

/** stackResources gives everything in the stack of a stage except the functions themselves. */
export function stackResources(stage: Stage): Required<Part> {
  return combined([
    stateTable(stage),
    alerts(stage),
    findingsBus(stage),
    findingsAccess(stage),
    findingsSchema(stage),
    trail(stage),
    archive(stage),
    functionResources(stage),
    subscriptions(stage),
    canaryAlarm(stage),
    logsStream(stage),
    cisAlarms(stage),
    budget(stage),
  ]);
}

/** archive gives what makes years of trail answerable. All of it, except the dead letters, exists only with a trail's bucket. */
export function archive(stage: Stage): Part {
  const { trailBucket, dataKeyArn: key } = stage.params;
  const name = `${stage.prefix}-findings-table`;
  if (trailBucket === undefined) return { Resources: deadLetters('FindingsTable', name, { rules: [], key }) };
  return combined([
    accessLogBucket(stage),
    archiveBucket(stage),
    evidenceBucket(stage),
    trailFailuresAlarm(stage),
    tables(stage, trailBucket),
    archiveStreams(stage),
    { Resources: deadLetters('FindingsTable', name, { rules: ['FindingsTableRule'], key }) },
    workGroup(stage),
    savedQueries(stage),
  ]);
}
