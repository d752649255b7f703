import type { KinesisStreamEvent } from 'aws-lambda';
import { openKinesisRecord } from '../src/ingest/envelopes/kinesis.ts';
import { instrument } from '../src/runtime/middleware.ts';
import { eachStreamRecord } from '../src/runtime/stream-batch.ts';
import { createDetection, UnreadableError } from '../src/app/detection.ts';

const { examine, instruments, opener } = await createDetection('kinesis');

/** handler reads a stream that other accounts' log subscriptions, or producers of their own, write to. */
export const handler = instrument(
  (event: KinesisStreamEvent) =>
    eachStreamRecord(
      event,
      instruments,
      (record) => examine(openKinesisRecord(record, opener)),
      (error) => error instanceof UnreadableError,
    ),
  instruments,
);
