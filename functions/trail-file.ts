import type { SQSEvent } from 'aws-lambda';
import { s3Client } from '../src/aws/clients.ts';
import { createS3ObjectSource, keyOf, s3Path } from '../src/aws/s3/object-source.ts';
import { isOwnBucket } from '../src/ingest/own-output.ts';
import { openS3Notification, type S3ObjectRef } from '../src/ingest/envelopes/s3-notification.ts';
import { readLogStream } from '../src/ingest/files/read-log-stream.ts';
import { isTrailKey, reasonToSkip, trailFileKind } from '../src/ingest/files/trail-file-name.ts';
import { readConfig } from '../src/runtime/config.ts';
import { instrument } from '../src/runtime/middleware.ts';
import { eachMessage } from '../src/runtime/sqs-batch.ts';
import { createDetection } from '../src/app/detection.ts';

const { stage, trailFolder } = readConfig(['stage', 'trailFolder']);
const { examine, instruments, opener } = await createDetection('trail-file', {
  isTrail: (path) => isTrailKey(keyOf(path), trailFolder),
});
const { logger, meter, tracing } = instruments;
const objects = createS3ObjectSource(tracing.client(s3Client()));

/** handler reads the log files that S3 announces by a queue: a message whose files could not all be read comes again. */
export const handler = instrument(
  (event: SQSEvent, context) =>
    eachMessage(event, instruments, context, async (message, signal) => {
      for (const ref of openS3Notification(message.body)) await examineObject(ref, signal);
    }),
  instruments,
);

async function examineObject(ref: S3ObjectRef, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const path = s3Path(ref);
  if (isOwnBucket(ref.bucket, stage)) {
    meter.count('OwnIgnored', 1);
    logger.warn("ignored Trailwatch's own output; remove this log group or bucket from its sources", { path });
    return;
  }
  const reason = reasonToSkip(ref.key);
  if (reason !== undefined) {
    meter.count('ObjectsSkipped', 1);
    logger.info('skipped', { path, reason });
    return;
  }
  const kind = trailFileKind(ref.key);
  if (kind !== 'unknown' && !opener.at({ kind: 'path', name: path }).configured) {
    throw new Error(
      `${path}: named as CloudTrail names its files, but neither below AWSLogs/ nor below ${trailFolder || 'a trailPrefix'}: ` +
        'set the parameter trailPrefix, or give the path a row in `logs:` with `format: cloudtrail`',
    );
  }
  const { body, time, brokenOff } = await tracing.segment('open', { path }, () => objects.open(ref, signal));
  // A bucket may hold more than a trail. A file that isn't a log is left alone, unless CloudTrail's own name says that it is one.
  const tally = await examine(
    readLogStream(body, path, { ...(time && { time }), onlyLogs: kind === 'unknown', opener }),
  );
  const broken = brokenOff();
  if (broken !== undefined) throw broken;
  if (tally.records === 0 && tally.skipped > 0 && kind !== 'unknown') throw new Error(`${path}: holds no records`);
  meter.count(tally.records > 0 ? 'ObjectsRead' : 'ObjectsSkipped', 1);
  logger.info('read', { path, ...tally });
}
