import type { RecordSource } from '../model/log-record.ts';
import { agentSources } from './formats/agent-log.ts';
import { connectionSource } from './formats/connection-log.ts';
import { dockerEvents } from './formats/docker-event.ts';
import { plainSource } from './formats/open-line.ts';
import { auditSource } from './formats/programs/auditd.ts';
import { programSources } from './formats/programs.ts';
import { diskUsage, systemLoad } from './formats/system-stats.ts';
import { webAccess } from './formats/web-access.ts';
import { webError } from './formats/web-error.ts';
import { cloudtrailSource } from './shapes/cloudtrail.ts';
import { eventBridgeSources } from './shapes/event-bridge.ts';
import { jsonSource } from './shapes/unknown.ts';

/** knownSources are the log sources of all records that ingest makes, but for those of EventBridge events that go by their source alone. */
export const knownSources: readonly RecordSource[] = [
  cloudtrailSource,
  ...eventBridgeSources,
  ...agentSources,
  ...programSources,
  auditSource,
  diskUsage,
  systemLoad,
  dockerEvents,
  webAccess,
  webError,
  connectionSource,
  plainSource,
  jsonSource,
];
