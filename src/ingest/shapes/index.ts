import type { Fields, Ingested } from '../../model/log-record.ts';
import type { OpenOrigin, Opener } from '../ingested.ts';
import {
  isBulkAction,
  isEmptyAnswer,
  isLookupSummary,
  isPublicKeyList,
  openBulkAction,
  openEmptyAnswer,
  openLookupSummary,
  openPublicKeyList,
} from './answer-part.ts';
import * as cloudtrail from './cloudtrail.ts';
import { isConfigFile, openConfigFile } from './config.ts';
import * as docker from './docker.ts';
import * as eventBridge from './event-bridge.ts';
import { isHostLine, openHostLine } from './host-line.ts';
import * as journald from './journald.ts';
import { isLogEvent, openLogEvent } from './log-event.ts';
import * as logs from './logs-subscription.ts';
import * as queue from './queue-message.ts';
import { isRespelledRecord, openRespelledRecord } from './spellings/index.ts';
import * as stats from './system-stats.ts';
import { isWebAccess, openWebAccess } from './web-access-json.ts';

/** Shape is one kind of JSON object that holds records. */
export interface Shape {
  readonly name: string;
  readonly recognise: (value: Fields) => boolean;
  readonly open: (value: Fields, origin: OpenOrigin, open: Opener) => Iterable<Ingested>;
}

/** Shapes that a value has of itself, a row each. The first row that recognises it opens it; the most frequent comes first. */
export const shapes: readonly Shape[] = [
  { name: 'CloudTrail record', recognise: cloudtrail.isCloudTrailRecord, open: cloudtrail.openCloudTrailRecord },
  { name: 'EventBridge event', recognise: eventBridge.isEventBridgeEvent, open: eventBridge.openEventBridgeEnvelope },
  {
    name: 'CloudTrail file',
    recognise: cloudtrail.isTrailFile,
    open: (value, at, open) => open.value(value['Records'], at),
  },
  { name: 'CloudTrail digest file', recognise: cloudtrail.isDigestFile, open: cloudtrail.openDigestFile },
  {
    name: 'LookupEvents answer',
    recognise: cloudtrail.isLookupEvents,
    open: (value, at, open) => open.value(value['Events'], at),
  },
  { name: 'looked-up event', recognise: cloudtrail.isLookedUpEvent, open: cloudtrail.openLookedUpEvent },
  { name: 'CloudWatch Logs subscription event', recognise: logs.isSubscriptionEvent, open: logs.openSubscriptionEvent },
  {
    name: 'CloudWatch Logs subscription payload',
    recognise: logs.isSubscriptionPayload,
    open: logs.openSubscriptionPayload,
  },
  { name: 'AWS Config file', recognise: isConfigFile, open: openConfigFile },
  { name: 'CloudTrail record of another schema', recognise: isRespelledRecord, open: openRespelledRecord },
  { name: 'SQS message', recognise: queue.isSqsMessage, open: queue.openSqsMessage },
  { name: 'SNS record', recognise: queue.isSnsRecord, open: queue.openSnsRecord },
  { name: 'SNS notification', recognise: queue.isSnsNotification, open: queue.openSnsNotification },
  { name: 'S3 notification', recognise: queue.isS3EventRecord, open: queue.openS3Notice },
  { name: 'S3 test event', recognise: queue.isS3TestEvent, open: queue.openS3Notice },
  { name: 'journal entry', recognise: journald.isJournalEntry, open: journald.openJournalEntry },
  { name: "host's line as JSON", recognise: isHostLine, open: openHostLine },
  { name: 'Docker event', recognise: docker.isDockerEvent, open: docker.openDockerEvent },
  { name: "line of Docker's json-file", recognise: docker.isJsonFileLine, open: docker.openJsonFileLine },
  { name: 'disk usage', recognise: stats.isDiskUsage, open: stats.openDiskUsage },
  { name: 'request of a web server', recognise: isWebAccess, open: openWebAccess },
  { name: 'system load', recognise: stats.isSystemLoad, open: stats.openSystemLoad },
];

/** What only a person hands over: events as the answers of stores and queues hold them. */
export const answerShapes: readonly Shape[] = [
  ...shapes,
  { name: 'event of a store, a queue or a stream', recognise: isLogEvent, open: openLogEvent },
  { name: 'event of LookupEvents without its record', recognise: isLookupSummary, open: openLookupSummary },
  { name: "line of Elasticsearch's bulk format", recognise: isBulkAction, open: openBulkAction },
  { name: "public keys of CloudTrail's digests", recognise: isPublicKeyList, open: openPublicKeyList },
  { name: 'answer without events', recognise: isEmptyAnswer, open: openEmptyAnswer },
];
