import { PutRecordBatchCommand } from '@aws-sdk/client-firehose';
import type { FirehoseClient } from '@aws-sdk/client-firehose';
import { setTimeout as wait } from 'node:timers/promises';
import { backoffMs } from '../retry/backoff.ts';
import type { Random, Sleep } from '../retry/backoff.ts';

/** FirehoseError says that lines could not be handed over: writing them again later may help. */
class FirehoseError extends Error {
  override readonly name = 'FirehoseError';
}

export interface FirehoseWriterOptions {
  readonly client: Pick<FirehoseClient, 'send'>;
  readonly stream: string;
  readonly sleep?: Sleep;
  readonly random?: Random;
  /** How often a record is tried before the write fails. */
  readonly maxTries?: number;
}

/** FirehoseWriter hands lines over to a delivery stream. */
export interface FirehoseWriter {
  /**
   * write returns when the stream has every line; each ends itself, by a line feed.
   * @throws {FirehoseError} when it hasn't. Some lines may be there then, and come twice when all are written again.
   */
  write(lines: readonly string[]): Promise<void>;
}

// https://docs.aws.amazon.com/firehose/latest/APIReference/API_PutRecordBatch.html
const maxRecords = 500;
const maxRequestBytes = 4 * 1024 * 1024;
// Each record is billed as a multiple of 5 KB: lines that share one cost a fraction.
const recordBytes = 256 * 1024;

/** createFirehoseWriter puts many lines into each record and many records into each call, and sends again only what failed. */
export function createFirehoseWriter(options: FirehoseWriterOptions): FirehoseWriter {
  const {
    client,
    stream,
    sleep = (ms, signal) => wait(ms, undefined, { signal }),
    random = Math.random,
    maxTries = 5,
  } = options;

  async function put(records: readonly Buffer[]): Promise<void> {
    let pending = records;
    for (let attempt = 1; ; attempt++) {
      const { left, reason } = await tried(pending);
      if (left.length === 0) return;
      if (attempt >= maxTries) {
        throw new FirehoseError(`stream ${stream}: ${left.length} of ${records.length} records not taken: ${reason}`);
      }
      pending = left;
      await sleep(backoffMs(attempt, random));
    }
  }

  /** The answer may be 200 with failures inside. */
  async function tried(
    records: readonly Buffer[],
  ): Promise<{ readonly left: readonly Buffer[]; readonly reason: string }> {
    try {
      const { FailedPutCount = 0, RequestResponses = [] } = await client.send(
        new PutRecordBatchCommand({ DeliveryStreamName: stream, Records: records.map((Data) => ({ Data })) }),
      );
      if (FailedPutCount === 0) return { left: [], reason: '' };
      const failed = RequestResponses.find(({ ErrorCode }) => ErrorCode !== undefined);
      return {
        left: records.filter((_, index) => RequestResponses[index]?.ErrorCode !== undefined),
        reason: `${failed?.ErrorCode ?? 'unknown'}: ${failed?.ErrorMessage ?? ''}`,
      };
    } catch (cause) {
      const { name, message } = cause as Error;
      throw new FirehoseError(`stream ${stream}: ${name}: ${message}`, { cause });
    }
  }

  return {
    async write(lines) {
      for (const batch of batchesOf(recordsOf(lines))) await put(batch);
    },
  };
}

function recordsOf(lines: readonly string[]): readonly Buffer[] {
  const records: Buffer[] = [];
  let text: string[] = [];
  let bytes = 0;
  const end = (): void => {
    if (text.length > 0) records.push(Buffer.from(text.join('')));
    text = [];
    bytes = 0;
  };
  for (const line of lines) {
    const size = Buffer.byteLength(line);
    if (bytes + size > recordBytes) end();
    text.push(line);
    bytes += size;
  }
  end();
  return records;
}

function batchesOf(records: readonly Buffer[]): readonly (readonly Buffer[])[] {
  const batches: Buffer[][] = [];
  let bytes = 0;
  for (const record of records) {
    const batch = batches.at(-1);
    if (batch === undefined || batch.length === maxRecords || bytes + record.length > maxRequestBytes) {
      batches.push([record]);
      bytes = record.length;
    } else {
      batch.push(record);
      bytes += record.length;
    }
  }
  return batches;
}
