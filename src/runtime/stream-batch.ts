import type { KinesisStreamBatchResponse, KinesisStreamEvent, KinesisStreamRecord } from 'aws-lambda';
import { errorFacts, type Logger } from './logger.ts';
import type { Meter } from './metrics.ts';

/**
 * eachStreamRecord handles a batch of one shard in its order, and reports the first record that failed: Lambda brings that
 * one and all behind it again, in smaller batches, and sets it aside when that doesn't help. What comes behind it is handled
 * now all the same, where the failure is the record's own: a bad record should not hold up the alerts behind it.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-batchfailurereporting.html
 */
export async function eachStreamRecord(
  event: KinesisStreamEvent,
  { logger, meter }: { readonly logger: Logger; readonly meter: Meter },
  handle: (record: KinesisStreamRecord) => Promise<unknown>,
  isOfRecord: (error: unknown) => boolean,
): Promise<KinesisStreamBatchResponse> {
  let failed: string | undefined;
  for (const record of event.Records) {
    try {
      await handle(record);
    } catch (error) {
      const { sequenceNumber } = record.kinesis;
      // Without its number Lambda can't say which record failed: then the whole batch has.
      if (!sequenceNumber) throw error;
      failed ??= sequenceNumber;
      meter.count('MessagesFailed', 1);
      logger.error('a record failed; the stream will bring it again, with all behind it', {
        record: record.eventID,
        error: errorFacts(error),
      });
      if (!isOfRecord(error)) break;
    }
  }
  return { batchItemFailures: failed === undefined ? [] : [{ itemIdentifier: failed }] };
}
