import type { AuditEvent } from '../model/audit-event.ts';
import type { LogRecord } from '../model/log-record.ts';
import { describeAwsEvent, isReadAwsEvent } from './aws-events/aws-event.ts';
import { describeAuthentication } from './host/authentication.ts';
import { describeCloudTrail } from './cloudtrail/cloudtrail.ts';
import type { Description } from './description.ts';
import { describeInstanceState, isInstanceState } from './instance/state-change.ts';
import { describeGeneric } from './generic.ts';
import { describeDocker } from './host/docker.ts';
import { describeMeasurement } from './host/measurement.ts';
import { describeCanary, describePipeline } from './trailwatch/pipeline.ts';
import { describeProbe } from './trailwatch/probe.ts';
import { describeVerification } from './trailwatch/verification.ts';
import { describeWebAccess } from './web-access.ts';

interface Describer {
  readonly covers: (record: LogRecord) => boolean;
  readonly describe: (record: LogRecord) => Description;
}

/** From special to general: the first row that covers a record describes it. A new source is a row and a file. */
const describers: readonly Describer[] = [
  { covers: (record) => isInstanceState(record.fields), describe: describeInstanceState },
  { covers: ({ source }) => source.services.includes('cloudtrail'), describe: describeCloudTrail },
  { covers: ({ source }) => source.category === 'webserver', describe: describeWebAccess },
  { covers: ({ source }) => source.product === 'docker', describe: describeDocker },
  {
    covers: ({ source }) => source.product === 'linux' && source.services.includes('system'),
    describe: describeMeasurement,
  },
  { covers: ({ source }) => source.product === 'linux', describe: describeAuthentication },
  {
    covers: ({ source }) => source.product === 'trailwatch' && source.services.includes('probe'),
    describe: describeProbe,
  },
  {
    covers: ({ source }) => source.product === 'trailwatch' && source.services.includes('verify'),
    describe: describeVerification,
  },
  {
    covers: ({ source }) => source.product === 'trailwatch' && source.services.includes('pipeline'),
    describe: describePipeline,
  },
  {
    covers: ({ source }) => source.product === 'trailwatch' && source.services.includes('canary'),
    describe: describeCanary,
  },
  { covers: isReadAwsEvent, describe: describeAwsEvent },
  { covers: () => true, describe: describeGeneric },
];

/** describe says of any record who did what to what, from where, and how it ended. It never throws, whatever the fields hold. */
export function describe(record: LogRecord): AuditEvent {
  const describer = describers.find(({ covers }) => covers(record));
  return {
    id: record.id,
    time: record.time,
    source: record.source,
    ...(describer?.describe ?? describeGeneric)(record),
    origin: record.origin,
    raw: record.fields,
  };
}
