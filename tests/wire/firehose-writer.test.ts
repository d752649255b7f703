import { FirehoseClient } from '@aws-sdk/client-firehose';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { createFirehoseWriter } from '../../src/aws/firehose-writer.ts';
import type { FirehoseWriter } from '../../src/aws/firehose-writer.ts';
import { startLocalFirehose } from '../support/local-firehose.ts';
import type { LocalFirehose } from '../support/local-firehose.ts';

let firehose: LocalFirehose;
let client: FirehoseClient;
let writer: FirehoseWriter;
const waits: number[] = [];

beforeAll(async () => {
  firehose = await startLocalFirehose();
  client = new FirehoseClient({
    endpoint: firehose.url,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  });
  writer = createFirehoseWriter({
    client,
    stream: 'host-auth',
    random: () => 0.5,
    sleep: async (ms) => void waits.push(ms),
    maxTries: 3,
  });
});
afterEach(() => {
  firehose.clear();
  waits.splice(0);
});
afterAll(async () => {
  client.destroy();
  await firehose.close();
});

/** A line of so many bytes. */
const line = (bytes: number, mark = 'x'): string => `${mark.repeat(bytes - 1)}\n`;

describe('createFirehoseWriter', () => {
  test('lines share records, and records calls, within what Firehose takes', async () => {
    const lines = Array.from({ length: 100 }, (_, n) => line(100_000, String(n % 10)));
    await writer.write(lines);
    expect(firehose.taken.join('')).toBe(lines.join(''));
    for (const call of firehose.calls) {
      expect(call.length).toBeLessThanOrEqual(500);
      expect(call.reduce((sum, text) => sum + text.length, 0)).toBeLessThanOrEqual(4 * 1024 * 1024);
      for (const record of call) expect(record.endsWith('\n') && record.length <= 1_000 * 1_024).toBe(true);
    }
    expect(firehose.calls).toHaveLength(3);
  });

  test('no lines, no call', async () => {
    await writer.write([]);
    expect(firehose.calls).toEqual([]);
  });

  test('what an answer names as failed is sent again, and only that', async () => {
    const lines = ['a', 'b', 'c'].map((mark) => line(200_000, mark));
    firehose.refuse([0, 2], [1]);
    await writer.write(lines);
    expect(firehose.calls.map((call) => call.map((text) => text[0]))).toEqual([['a', 'b', 'c'], ['a', 'c'], ['c']]);
    expect(firehose.taken.toSorted()).toEqual(lines);
    expect(waits).toHaveLength(2);
  });

  test('what is refused again and again fails the write', async () => {
    firehose.refuse([0], [0], [0]);
    await expect(writer.write([line(10)])).rejects.toThrow(
      'stream host-auth: 1 of 1 records not taken: ServiceUnavailableException: Slow down.',
    );
  });

  test('a call that is refused as a whole fails the write, and says why', async () => {
    firehose.refuse('AccessDeniedException');
    await expect(writer.write([line(10)])).rejects.toThrow(/stream host-auth: AccessDeniedException: refused/);
  });
});
